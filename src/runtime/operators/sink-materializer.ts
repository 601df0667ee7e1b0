// SinkUpsertMaterializer: where a sink's primary key is not the changelog's own key, keeps the rows of each sink key and
// lets through what the sink should see of them (org.apache.flink.table.runtime.operators.sink.SinkUpsertMaterializer).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keptKey, keyOf, type RowKey, rowsEqual } from '../row-key.ts';

/** @param inputKey columns by which the input's rows are told apart, or null: the whole row */
export function sinkMaterializerOperator(
  sinkKey: readonly number[],
  inputKey: readonly number[] | null,
  output: Output,
): Operator {
  const keyFor = keyOf(sinkKey);
  const isSame = comparison(inputKey);
  /** Keys of one row, as nearly all are; and those of several, in the order of arrival. */
  const ones = new Map<RowKey, Row>();
  const lists = new Map<RowKey, Row[]>();
  const out = new BatchBuilder();

  function add(key: RowKey, row: Row): void {
    const only = ones.get(key);
    const rows = only === undefined ? lists.get(key) : undefined;
    if (rows !== undefined) addToList(rows, row);
    else if (only === undefined) ones.set(keptKey(key), row);
    else if (inputKey !== null && isSame(only, row)) ones.set(key, row);
    else {
      ones.delete(key);
      lists.set(keptKey(key), [only, row]);
    }
    const isNew = only === undefined && rows === undefined;
    out.addKind(row, isNew ? RowKind.INSERT : RowKind.UPDATE_AFTER);
  }

  function addToList(rows: Row[], row: Row): void {
    const at = inputKey === null ? -1 : rows.findIndex((r) => isSame(r, row));
    if (at < 0) rows.push(row);
    else rows[at] = row;
  }

  function retract(key: RowKey, row: Row): void {
    const only = ones.get(key);
    if (only === undefined) {
      const rows = lists.get(key);
      if (rows !== undefined) retractFromList(key, rows, row);
    } else if (isSame(only, row)) {
      ones.delete(key);
      out.addKind(row, RowKind.DELETE);
    }
  }

  function retractFromList(key: RowKey, rows: Row[], row: Row): void {
    const at = rows.findIndex((r) => isSame(r, row));
    if (at < 0) return;
    rows.splice(at, 1);
    if (at === rows.length) out.addKind(rows[at - 1]!, RowKind.UPDATE_AFTER);
    if (rows.length > 1) return;
    lists.delete(key);
    ones.set(keptKey(key), rows[0]!);
  }

  return {
    process(batch) {
      for (let i = 0; i < batch.rows.length; i++) {
        const row = batch.rows[i]!;
        const kind = kindAt(batch, i);
        if (kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER) add(keyFor(row), row);
        else retract(keyFor(row), row);
      }
      return emit(out.take(), output);
    },
    *snapshot() {
      for (const row of ones.values()) yield [row];
      // A copy: the lists go on changing while a checkpoint is written.
      for (const rows of lists.values()) yield [...rows];
    },
    stateKey: (rows) => keyFor((rows as Row[])[0]!),
    restore(entries) {
      for (const rows of entries as Row[][]) {
        const key = keyFor(rows[0]!);
        if (rows.length === 1) ones.set(key, rows[0]!);
        else lists.set(key, [...rows]);
      }
    },
  };
}

function comparison(inputKey: readonly number[] | null): (a: Row, b: Row) => boolean {
  if (inputKey === null) return rowsEqual;
  const keyFor = keyOf(inputKey);
  return (a, b) => keyFor(a) === keyFor(b);
}
