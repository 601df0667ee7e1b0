// What a row must be before a sink takes it: NOT NULL columns, lengths of CHAR, VARCHAR, BINARY and VARBINARY
// (org.apache.flink.table.runtime.operators.sink.ConstraintEnforcer).
import type { ConstraintEnforcer } from '../../plan/nodes.ts';
import { TableError } from '../../types/errors.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';

/** @returns null when there is nothing to check */
export function constraintEnforcerOperator(enforcer: ConstraintEnforcer, output: Output): Operator | null {
  const lengths = enforcer.onLength === 'IGNORE' ? [] : enforcer.lengths;
  if (enforcer.notNull.length === 0 && lengths.length === 0) return null;
  return {
    process(batch) {
      const checked = enforceNotNull(batch, enforcer);
      return emit(lengths.length === 0 ? checked : enforceLengths(checked, enforcer), output);
    },
  };
}

function enforceNotNull(batch: RowBatch, { notNull, onNull }: ConstraintEnforcer): RowBatch {
  let keep: Row[] | null = null;
  let kinds: Uint8Array | null = null;
  for (let i = 0; i < batch.rows.length; i++) {
    const row = batch.rows[i]!;
    const bad = firstNull(row, notNull);
    if (bad === null) {
      if (keep === null) continue;
      if (kinds !== null) kinds[keep.length] = batch.kinds![i]!;
      keep.push(row);
      continue;
    }
    if (onNull === 'ERROR') throw nullError(bad);
    if (keep === null) {
      keep = batch.rows.slice(0, i);
      kinds = batch.kinds === null ? null : batch.kinds.slice();
    }
  }
  if (keep === null) return batch;
  return { rows: keep, kinds: kinds === null ? null : kinds.subarray(0, keep.length) };
}

function firstNull(row: Row, columns: ConstraintEnforcer['notNull']): string | null {
  for (let c = 0; c < columns.length; c++) if (row[columns[c]!.index] === null) return columns[c]!.name;
  return null;
}

function nullError(column: string): TableError {
  return new TableError(
    `Column '${column}' is NOT NULL, however, a null value is being written into it. You can set job configuration 'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such records silently.`,
  );
}

function enforceLengths(batch: RowBatch, enforcer: ConstraintEnforcer): RowBatch {
  return { rows: batch.rows.map((row) => enforceRow(row, enforcer)), kinds: batch.kinds };
}

function enforceRow(row: Row, { lengths, onLength }: ConstraintEnforcer): Row {
  let out: unknown[] | null = null;
  for (const column of lengths) {
    const value = row[column.index];
    if (value === null) continue;
    const fitted = resize(value, column.length, column.pad);
    if (fitted === value) continue;
    if (onLength === 'ERROR') {
      throw new TableError(
        `Column '${column.name}' is limited to ${column.length} characters or bytes, however, a value of another length is being written into it. You can set job configuration 'table.exec.sink.type-length-enforcer'='TRIM_PAD' to cut and pad such values.`,
      );
    }
    out ??= [...row];
    out[column.index] = fitted;
  }
  return out ?? row;
}

/** The value cut to `length`, and padded when the type has a fixed length. The same object when it fits. */
function resize(value: unknown, length: number, pad: boolean): unknown {
  if (typeof value === 'string') return resizeText(value, length, pad);
  const bytes = value as Uint8Array;
  if (bytes.length > length) return bytes.subarray(0, length);
  if (bytes.length === length || !pad) return bytes;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
}

function resizeText(text: string, length: number, pad: boolean): string {
  // Lengths are in code points; a text of fewer UTF-16 units than that cannot be too long.
  const points = text.length <= length && !pad ? null : [...text];
  if (points === null || points.length === length) return text;
  if (points.length > length) return points.slice(0, length).join('');
  return pad ? text + ' '.repeat(length - points.length) : text;
}
