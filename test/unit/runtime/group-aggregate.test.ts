// GroupAggregate against groups that are counted anew, for every cut into batches and over a restore.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateCall } from '../../../src/plan/aggregate-call.ts';
import { AGGREGATES } from '../../../src/plan/aggregates/built-in.ts';
import type { GroupAggregateNode } from '../../../src/plan/nodes.ts';
import { decodeValue, encodeValue } from '../../../src/runtime/checkpoint/value-codec.ts';
import { groupAggregateOperator } from '../../../src/runtime/operators/group-aggregate.ts';
import { ChangelogMode } from '../../../src/types/changelog-mode.ts';
import { BOOLEAN, INT, type LogicalType, STRING } from '../../../src/types/logical-type.ts';
import type { Row } from '../../../src/types/row.ts';
import { batches, type Change, changesOf, changeText } from '../../support/memory-tables.ts';

const [I, UB, UA, D] = [0, 1, 2, 3] as const;

function call(name: string, args: readonly number[], more: Partial<AggregateCall> = {}): AggregateCall {
  const argTypes: LogicalType[] = args.map((i) => (i === 0 ? STRING : INT));
  const fn = AGGREGATES.get(name)!;
  const type = fn.resultType(argTypes, true);
  return { fn, args, argTypes, distinct: false, filter: null, type, name, ...more };
}

const schema = { fields: [] };
/** Columns: k STRING, v INT, wanted BOOLEAN. */
const input = {
  kind: 'values',
  tuples: [],
  upsertKeys: [],
  schema: {
    fields: [
      { name: 'k', type: STRING },
      { name: 'v', type: INT },
      { name: 'wanted', type: BOOLEAN },
    ],
  },
} as const;

function node(
  aggregates: readonly AggregateCall[],
  inputMode = ChangelogMode.all,
  grouping = [0],
): GroupAggregateNode {
  return {
    kind: 'groupAggregate',
    schema,
    upsertKeys: [],
    changelogMode: ChangelogMode.all,
    input: { ...input, changelogMode: inputMode },
    grouping,
    aggregates,
  };
}

/** Runs it; before batch `restoreAt` what is there is taken down and put up again from its state. */
function run(node: GroupAggregateNode, changes: readonly Change[], size = 1, restoreAt = -1): Change[] {
  const out: Change[] = [];
  const start = () => groupAggregateOperator(node, (batch) => void out.push(...changesOf(batch)));
  let operator = start();
  for (const [i, batch] of batches(changes, size).entries()) {
    if (i === restoreAt) {
      const state: unknown = JSON.parse(JSON.stringify([...operator.snapshot!()].map(encodeValue)));
      operator = start();
      operator.restore!((state as unknown[]).map(decodeValue));
    }
    void operator.process(batch);
  }
  return out;
}

const AGGREGATED = node([
  call('COUNT', []),
  call('SUM', [1]),
  call('COUNT', [1], { distinct: true }),
  call('SUM', [1], { filter: 2 }),
]);

function expected(rows: readonly Row[]): Row[] {
  return [...Map.groupBy(rows, (row) => row[0])].map(([key, members]) => {
    const values = members.map((row) => row[1] as number | null).filter((v) => v !== null);
    const wanted = members.flatMap((row) => (row[2] === true && row[1] !== null ? [row[1] as number] : []));
    const sum = (numbers: number[]) => (numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0));
    return [key, BigInt(members.length), sum(values), BigInt(new Set(values).size), sum(wanted)];
  });
}

/** What a changelog leaves; each row that it takes back must be there. */
function left(changes: readonly Change[]): Row[] {
  const rows = new Map<unknown, Row>();
  for (const [kind, row] of changes) {
    const known = rows.get(row[0]);
    if (kind === UB || kind === D) {
      expect(row).toEqual(known);
      if (kind === D) rows.delete(row[0]);
    } else {
      expect(known === undefined).toBe(kind === I);
      rows.set(row[0], row);
    }
  }
  return [...rows.values()];
}

const byKey = (a: Row, b: Row) => (String(a[0]) < String(b[0]) ? -1 : 1);

/** A table of rows, told as it grows and shrinks. */
const table = fc
  .array(
    fc.record({
      remove: fc.boolean(),
      at: fc.nat(20),
      row: fc.tuple(
        fc.constantFrom(
          'a',
          'b',
          'a key of more than thirteen characters',
          'ключ длиннее тринадцати букв',
          null,
        ),
        fc.option(fc.integer({ min: -3, max: 3 })),
        fc.option(fc.boolean()),
      ),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const rows: Row[] = [];
    const changes: Change[] = [];
    for (const { remove, at, row } of steps) {
      if (remove && rows.length > 0) changes.push([D, rows.splice(at % rows.length, 1)[0]!]);
      else {
        rows.push(row);
        changes.push([I, row]);
      }
    }
    return { changes, rows };
  });

describe('GroupAggregate', () => {
  test('law: what it tells adds up to the groups of the rows that are left', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), fc.nat(20), ({ changes, rows }, size, restoreAt) => {
        const told = left(run(AGGREGATED, changes, size, restoreAt));
        expect(told.toSorted(byKey)).toEqual(expected(rows).toSorted(byKey));
      }),
    );
  });

  test('a row that changes no result is not told', () => {
    const sums = node([call('SUM', [1])]);
    const changes: Change[] = [
      [I, ['a', 1, null]],
      [I, ['a', 0, null]],
      [I, ['a', null, null]],
      [UB, ['a', 1, null]],
      [UA, ['a', 2, null]],
    ];
    expect(run(sums, changes).map(changeText)).toEqual([
      '+I[a, 1]',
      '-U[a, 1]',
      '+U[a, 0]',
      '-U[a, 0]',
      '+U[a, 2]',
    ]);
  });

  test('rows that were told stay as they were when their group goes on', () => {
    const out = run(node([call('COUNT', [])], ChangelogMode.insertOnly), [
      [I, ['a', 1, null]],
      [I, ['a', 1, null]],
    ]);
    expect(out).toEqual([
      [I, ['a', 1n]],
      [UB, ['a', 1n]],
      [UA, ['a', 2n]],
    ]);
  });

  test('keys of one column: one zero, one NaN, NULL is a key of its own', () => {
    const counts = node([call('COUNT', [])], ChangelogMode.insertOnly, [1]);
    const keys = [0, -0, Number.NaN, Number.NaN, null, null];
    const told = left(
      run(
        counts,
        keys.map((key): Change => [I, ['', key, null]]),
      ),
    );
    expect(told).toEqual([
      [0, 2n],
      [Number.NaN, 2n],
      [null, 2n],
    ]);
  });
});
