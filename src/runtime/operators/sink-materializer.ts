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
  const inputKeyFor = inputKey === null ? null : keyOf(inputKey);
  const state = new Map<RowKey, Row[]>();
  const out = new BatchBuilder();

  function find(rows: readonly Row[], row: Row): number {
    if (inputKeyFor === null) return rows.findIndex((r) => rowsEqual(r, row));
    const wanted = inputKeyFor(row);
    return rows.findIndex((r) => inputKeyFor(r) === wanted);
  }

  function add(key: RowKey, row: Row): void {
    const rows = state.get(key);
    if (rows === undefined) {
      state.set(keptKey(key), [row]);
      out.addKind(row, RowKind.INSERT);
      return;
    }
    const at = inputKeyFor === null ? -1 : find(rows, row);
    if (at < 0) rows.push(row);
    else rows[at] = row;
    out.addKind(row, RowKind.UPDATE_AFTER);
  }

  function retract(key: RowKey, row: Row): void {
    const rows = state.get(key);
    const at = rows === undefined ? -1 : find(rows, row);
    if (rows === undefined || at < 0) return;
    rows.splice(at, 1);
    if (rows.length === 0) {
      state.delete(key);
      out.addKind(row, RowKind.DELETE);
    } else if (at === rows.length) {
      out.addKind(rows[at - 1]!, RowKind.UPDATE_AFTER);
    }
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
      // A copy: the lists go on changing while a checkpoint is written.
      for (const rows of state.values()) yield [...rows];
    },
    restore(entries) {
      for (const rows of entries as Row[][]) state.set(keyFor(rows[0]!), [...rows]);
    },
  };
}
