// DropUpdateBefore: an upsert consumer needs no -U.
import { type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';

export function dropUpdateBeforeOperator(output: Output): Operator {
  return { process: (batch) => emit(dropUpdateBefore(batch), output) };
}

function dropUpdateBefore(batch: RowBatch): RowBatch {
  const kinds = batch.kinds;
  if (kinds === null || !kinds.includes(RowKind.UPDATE_BEFORE)) return batch;
  const rows: Row[] = [];
  const kept = new Uint8Array(batch.rows.length);
  for (let i = 0; i < batch.rows.length; i++) {
    if (kinds[i] === RowKind.UPDATE_BEFORE) continue;
    kept[rows.length] = kinds[i]!;
    rows.push(batch.rows[i]!);
  }
  return { rows, kinds: kept.subarray(0, rows.length) };
}
