// GroupAggregate: one accumulator a group and aggregate, updates as changes (GroupAggFunction).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Accumulator, AggregateCall } from '../../plan/aggregate-call.ts';
import type { GroupAggregateNode } from '../../plan/nodes.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keyOf, rowsEqual } from '../row-key.ts';

interface Group {
  /** Rows in the group; it goes when none is left. */
  count: number;
  readonly key: Row;
  readonly accumulators: readonly Accumulator[];
  /** For DISTINCT: how often each argument list is in the group. */
  readonly distinct: readonly (Map<string, number> | null)[];
  /** The result last given out. */
  last: Row | null;
}

type GroupState = [count: number, key: Row, states: unknown[], distinct: unknown[], last: Row | null];

export function groupAggregateOperator(node: GroupAggregateNode, output: Output): Operator {
  const { grouping, aggregates } = node;
  const keyFor = keyOf(grouping);
  const withBefore = node.changelogMode.contains(RowKind.UPDATE_BEFORE);
  const retractable = !node.input.changelogMode.containsOnly(RowKind.INSERT);
  const groups = new Map<string, Group>();
  const out = new BatchBuilder();

  function groupOf(id: string, row: Row): Group {
    let group = groups.get(id);
    if (group === undefined) {
      group = newGroup(
        grouping.map((i) => row[i]),
        aggregates,
        retractable,
      );
      groups.set(id, group);
    }
    return group;
  }

  function change(row: Row, isAdd: boolean): void {
    const id = keyFor(row);
    // A retraction of what never came is of no group.
    if (!isAdd && !groups.has(id)) return;
    const group = groupOf(id, row);
    group.count += isAdd ? 1 : -1;
    for (let a = 0; a < aggregates.length; a++) apply(group, a, aggregates[a]!, row, isAdd);
    if (group.count === 0) {
      groups.delete(id);
      if (group.last !== null) out.addKind(group.last, RowKind.DELETE);
      return;
    }
    give(group);
  }

  function give(group: Group): void {
    const result = [...group.key, ...group.accumulators.map((a) => a.value())];
    const last = group.last;
    group.last = result;
    if (last === null) out.addKind(result, RowKind.INSERT);
    else if (!rowsEqual(last, result)) {
      if (withBefore) out.addKind(last, RowKind.UPDATE_BEFORE);
      out.addKind(result, RowKind.UPDATE_AFTER);
    }
  }

  return {
    process(batch) {
      for (let i = 0; i < batch.rows.length; i++) {
        const kind = kindAt(batch, i);
        change(batch.rows[i]!, kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER);
      }
      return emit(out.take(), output);
    },
    *snapshot() {
      for (const g of groups.values()) yield groupState(g);
    },
    restore(entries) {
      const ordinals = grouping.map((_, i) => i);
      const restoredKey = keyOf(ordinals);
      for (const state of entries as GroupState[]) {
        const group = restoredGroup(state, aggregates, retractable);
        groups.set(restoredKey(group.key), group);
      }
    },
  };
}

function newGroup(key: Row, aggregates: readonly AggregateCall[], retractable: boolean): Group {
  return {
    count: 0,
    key,
    accumulators: aggregates.map((a) => a.fn.createAccumulator(a.argTypes, retractable)),
    distinct: aggregates.map((a) => (a.distinct ? new Map() : null)),
    last: null,
  };
}

function apply(group: Group, a: number, call: AggregateCall, row: Row, isAdd: boolean): void {
  if (call.filter !== null && row[call.filter] !== true) return;
  const args = call.args.map((i) => row[i]);
  const seen = group.distinct[a];
  if (seen !== null && seen !== undefined && !countDistinct(seen, args, isAdd)) return;
  const accumulator = group.accumulators[a]!;
  if (isAdd) accumulator.accumulate(args);
  else accumulator.retract(args);
}

/** Whether this is the first of its kind to come, or the last to go. */
function countDistinct(seen: Map<string, number>, args: readonly unknown[], isAdd: boolean): boolean {
  const id = keyOf(args.map((_, i) => i))(args);
  const before = seen.get(id) ?? 0;
  const after = before + (isAdd ? 1 : -1);
  if (after <= 0) seen.delete(id);
  else seen.set(id, after);
  return isAdd ? before === 0 : before === 1;
}

function groupState(g: Group): GroupState {
  return [
    g.count,
    g.key,
    g.accumulators.map((a) => a.snapshot()),
    g.distinct.map((d) => (d === null ? null : [...d])),
    g.last,
  ];
}

function restoredGroup(state: GroupState, aggregates: readonly AggregateCall[], retractable: boolean): Group {
  const [count, key, states, distinct, last] = state;
  const group = {
    count,
    key,
    accumulators: aggregates.map((a) => a.fn.createAccumulator(a.argTypes, retractable)),
    distinct: distinct.map((d) => (d === null ? null : new Map(d as [string, number][]))),
    last,
  };
  for (const [i, accumulator] of group.accumulators.entries()) accumulator.restore(states[i]);
  return group;
}
