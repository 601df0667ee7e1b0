// Deduplicate: the first or the last row of each key, by arrival (ProcTimeDeduplicateKeepFirstRowFunction and
// ProcTimeDeduplicateKeepLastRowFunction).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { DeduplicateNode } from '../../plan/nodes.ts';
import { type Row, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keptKey, keyOf, type RowKey, rowsEqual } from '../row-key.ts';

export function deduplicateOperator(node: DeduplicateNode, output: Output): Operator {
  return node.keep === 'first' ? keepFirst(node, output) : keepLast(node, output);
}

/** The keys are all the state. */
function keepFirst({ key }: DeduplicateNode, output: Output): Operator {
  const keyFor = keyOf(key);
  const seen = new Set<RowKey>();
  return {
    process(batch) {
      const rows = batch.rows.filter((row) => {
        const id = keyFor(row);
        if (seen.has(id)) return false;
        seen.add(keptKey(id));
        return true;
      });
      return emit({ rows, kinds: null }, output);
    },
    snapshot: () => seen,
    stateKey: (id) => id as RowKey,
    restore(entries) {
      for (const id of entries as RowKey[]) seen.add(id);
    },
  };
}

function keepLast(node: DeduplicateNode, output: Output): Operator {
  const keyFor = keyOf(node.key);
  const withBefore = node.changelogMode.contains(RowKind.UPDATE_BEFORE);
  const last = new Map<RowKey, Row>();
  const out = new BatchBuilder();
  return {
    process(batch) {
      for (const row of batch.rows) {
        const id = keyFor(row);
        const previous = last.get(id);
        last.set(previous === undefined ? keptKey(id) : id, row);
        if (previous === undefined) out.add(row);
        else if (!rowsEqual(previous, row)) {
          if (withBefore) out.addKind(previous, RowKind.UPDATE_BEFORE);
          out.addKind(row, RowKind.UPDATE_AFTER);
        }
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
