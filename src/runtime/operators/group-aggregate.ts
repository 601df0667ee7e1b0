// GroupAggregate: one accumulator a group and aggregate, updates as changes (GroupAggFunction).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Accumulator, AggregateCall } from '../../plan/aggregate-call.ts';
import type { GroupAggregateNode } from '../../plan/nodes.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import { ownValue } from '../../types/text/own-text.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keptKey, keyOf, type RowKey, valuesEqual } from '../row-key.ts';

/** What is fresh for every row dies young; a group is changed in place, so that it does not leave old copies behind. */
interface Group {
  /** Rows in the group; it goes when none is left. */
  count: number;
  readonly key: Row;
  readonly accumulators: readonly Accumulator[];
  /** For DISTINCT: how often each argument list is in the group; null where no aggregate asks. */
  readonly distinct: readonly (Map<RowKey, number> | null)[] | null;
  /** The results last given out; null before the first. */
  given: unknown[] | null;
}

type DistinctState = readonly (readonly (readonly [RowKey, number])[] | null)[] | null;
type GroupState = readonly [count: number, key: Row, states: readonly unknown[], distinct: DistinctState];

export function groupAggregateOperator(node: GroupAggregateNode, output: Output): Operator {
  const { grouping } = node;
  const calls = node.aggregates.map(boundCall);
  const keyFor = keyOf(grouping);
  const groupKey = keyOf(grouping.map((_, i) => i));
  const withBefore = node.changelogMode.contains(RowKind.UPDATE_BEFORE);
  const retractable = !node.input.changelogMode.containsOnly(RowKind.INSERT);
  const groups = new Map<RowKey, Group>();
  const out = new BatchBuilder();

  function change(row: Row, isAdd: boolean): void {
    const id = keyFor(row);
    let group = groups.get(id);
    if (group === undefined) {
      if (!isAdd) return; // a retraction of what never came
      const key = grouping.map((i) => ownValue(row[i]));
      group = newGroup(key, node.aggregates, retractable);
      groups.set(groupKey(key), group);
    }
    group.count += isAdd ? 1 : -1;
    for (let a = 0; a < calls.length; a++) {
      const call = calls[a]!;
      if (!counts(call, row, group.distinct?.[a] ?? null, isAdd)) continue;
      if (isAdd) group.accumulators[a]!.accumulate(call.values);
      else group.accumulators[a]!.retract(call.values);
    }
    if (group.count > 0) give(group);
    else {
      groups.delete(id);
      if (group.given !== null) out.addKind(resultRow(group.key, group.given), RowKind.DELETE);
    }
  }

  function give(group: Group): void {
    const { key, accumulators, given } = group;
    if (given === null) {
      group.given = accumulators.map((a) => a.value());
      out.add(resultRow(key, group.given));
      return;
    }
    let changed = false;
    for (let a = 0; a < accumulators.length; a++) {
      const value = accumulators[a]!.value();
      if (valuesEqual(given[a], value)) continue;
      if (!changed && withBefore) out.addKind(resultRow(key, given), RowKind.UPDATE_BEFORE);
      changed = true;
      given[a] = value;
    }
    if (changed) out.addKind(resultRow(key, given), RowKind.UPDATE_AFTER);
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
      for (const group of groups.values()) yield groupState(group);
    },
    stateKey: (state) => groupKey((state as GroupState)[1]),
    restore(entries) {
      for (const state of entries as GroupState[]) {
        const group = restoredGroup(state, node.aggregates, retractable);
        groups.set(groupKey(group.key), group);
      }
    },
  };
}

/** How a row is put to one aggregate. */
interface BoundCall {
  readonly args: readonly number[];
  readonly filter: number | null;
  /** The row's arguments, filled anew for each row. */
  readonly values: unknown[];
  readonly keyFor: (values: Row) => RowKey;
}

function boundCall({ args, filter }: AggregateCall): BoundCall {
  return { args, filter, values: args.map(() => null), keyFor: keyOf(args.map((_, i) => i)) };
}

/** Whether the aggregate has to hear of the row. Fills `call.values`. */
function counts(call: BoundCall, row: Row, seen: Map<RowKey, number> | null, isAdd: boolean): boolean {
  const { args, filter, values } = call;
  if (filter !== null && row[filter] !== true) return false;
  for (let i = 0; i < args.length; i++) values[i] = row[args[i]!];
  return seen === null || countDistinct(seen, call.keyFor(values), isAdd);
}

/** Whether this is the first of its kind to come, or the last to go. */
function countDistinct(seen: Map<RowKey, number>, id: RowKey, isAdd: boolean): boolean {
  const before = seen.get(id) ?? 0;
  const after = before + (isAdd ? 1 : -1);
  if (after <= 0) seen.delete(id);
  else seen.set(before === 0 ? keptKey(id) : id, after);
  return isAdd ? before === 0 : before === 1;
}

function resultRow(key: Row, results: readonly unknown[]): Row {
  const row = new Array<unknown>(key.length + results.length);
  for (let i = 0; i < key.length; i++) row[i] = key[i];
  for (let i = 0; i < results.length; i++) row[key.length + i] = results[i];
  return row;
}

function newGroup(key: Row, aggregates: readonly AggregateCall[], retractable: boolean): Group {
  return {
    count: 0,
    key,
    accumulators: aggregates.map((a) => a.fn.createAccumulator(a.argTypes, retractable)),
    distinct: aggregates.some((a) => a.distinct)
      ? aggregates.map((a) => (a.distinct ? new Map() : null))
      : null,
    given: null,
  };
}

function groupState(group: Group): GroupState {
  return [
    group.count,
    group.key,
    group.accumulators.map((a) => a.snapshot()),
    group.distinct?.map((d) => (d === null ? null : [...d])) ?? null,
  ];
}

function restoredGroup(state: GroupState, aggregates: readonly AggregateCall[], retractable: boolean): Group {
  const [count, key, states, distinct] = state;
  const group = newGroup(key, aggregates, retractable);
  group.count = count;
  for (const [i, accumulator] of group.accumulators.entries()) accumulator.restore(states[i]);
  for (const [i, entries] of (distinct ?? []).entries()) {
    for (const [id, times] of entries ?? []) group.distinct![i]!.set(id, times);
  }
  // What was given out last is what the accumulators say now.
  group.given = group.accumulators.map((a) => a.value());
  return group;
}
