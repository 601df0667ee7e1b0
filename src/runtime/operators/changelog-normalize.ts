// ChangelogNormalize: the last row of each key in state turns an upsert stream (or one with repeated events) into a full
// changelog, and gives deletes their whole row (ProcTimeDeduplicateKeepLastRowFunction).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { ChangelogNormalizeNode } from '../../plan/nodes.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keptKey, keyOf, type RowKey, rowsEqual } from '../row-key.ts';

export function changelogNormalizeOperator(node: ChangelogNormalizeNode, output: Output): Operator {
  const keyFor = keyOf(node.key);
  const withBefore = node.changelogMode.contains(RowKind.UPDATE_BEFORE);
  const last = new Map<RowKey, Row>();
  const out = new BatchBuilder();

  function change(row: Row, kind: RowKind): void {
    const key = keyFor(row);
    const previous = last.get(key);
    if (kind === RowKind.DELETE || kind === RowKind.UPDATE_BEFORE) {
      if (previous === undefined) return;
      last.delete(key);
      out.addKind(previous, RowKind.DELETE);
      return;
    }
    last.set(previous === undefined ? keptKey(key) : key, row);
    if (previous === undefined) out.addKind(row, RowKind.INSERT);
    else if (!rowsEqual(previous, row)) {
      if (withBefore) out.addKind(previous, RowKind.UPDATE_BEFORE);
      out.addKind(row, RowKind.UPDATE_AFTER);
    }
  }

  return {
    process(batch) {
      for (let i = 0; i < batch.rows.length; i++) {
        const kind = kindAt(batch, i);
        // The +U that follows carries all that is needed; a lone -U is a delete.
        if (kind === RowKind.UPDATE_BEFORE && isFollowedByAfter(batch.rows, batch.kinds, i, keyFor)) continue;
        change(batch.rows[i]!, kind);
      }
      return emit(out.take(), output);
    },
    snapshot: () => last.values(),
    stateKey: (row) => keyFor(row as Row),
    restore(entries) {
      for (const row of entries as Row[]) last.set(keyFor(row), row);
    },
  };
}

function isFollowedByAfter(
  rows: readonly Row[],
  kinds: Uint8Array | null,
  i: number,
  keyFor: (row: Row) => RowKey,
): boolean {
  return (
    kinds !== null &&
    i + 1 < rows.length &&
    kinds[i + 1] === RowKind.UPDATE_AFTER &&
    keyFor(rows[i]!) === keyFor(rows[i + 1]!)
  );
}
