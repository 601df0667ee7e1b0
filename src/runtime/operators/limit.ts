// Limit(offset=[…], fetch=[…]): the first rows in the order of arrival; what leaves makes room for what waits.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { LimitNode } from '../../plan/nodes.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { rowsEqual } from '../row-key.ts';

export function limitOperator(node: LimitNode, output: Output): Operator {
  return node.input.changelogMode.containsOnly(RowKind.INSERT)
    ? insertOnlyLimit(node, output)
    : changelogLimit(node, output);
}

/** Nothing can leave: a counter is all the state. */
function insertOnlyLimit({ offset, fetch }: LimitNode, output: Output): Operator {
  let seen = 0;
  const end = fetch === null ? Number.POSITIVE_INFINITY : offset + fetch;
  return {
    process(batch) {
      const from = Math.max(0, offset - seen);
      const to = Math.max(0, Math.min(batch.rows.length, end - seen));
      seen += batch.rows.length;
      return emit({ rows: from < to ? batch.rows.slice(from, to) : [], kinds: null }, output);
    },
    snapshot: () => [seen],
    restore([count]) {
      seen = count as number;
    },
  };
}

function changelogLimit({ offset, fetch }: LimitNode, output: Output): Operator {
  const rows: Row[] = [];
  const end = fetch === null ? Number.POSITIVE_INFINITY : offset + fetch;
  const out = new BatchBuilder();

  function remove(row: Row): void {
    const at = rows.findIndex((r) => rowsEqual(r, row));
    if (at < 0 || at >= end) {
      if (at >= 0) rows.splice(at, 1);
      return;
    }
    const leaving = rows[Math.max(at, offset)];
    const coming = rows[end];
    rows.splice(at, 1);
    if (leaving !== undefined) out.addKind(leaving, RowKind.DELETE);
    if (coming !== undefined) out.addKind(coming, RowKind.INSERT);
  }

  return {
    process(batch) {
      for (let i = 0; i < batch.rows.length; i++) {
        const row = batch.rows[i]!;
        const kind = kindAt(batch, i);
        if (kind === RowKind.DELETE || kind === RowKind.UPDATE_BEFORE) remove(row);
        else {
          const at = rows.push(row) - 1;
          if (at >= offset && at < end) out.addKind(row, RowKind.INSERT);
        }
      }
      return emit(out.take(), output);
    },
    snapshot: () => rows,
    restore(entries) {
      rows.push(...(entries as Row[]));
    },
  };
}
