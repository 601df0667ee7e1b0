// Rank and Deduplicate against the sorted rows of each partition, for every cut into batches and over a restore.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeduplicateNode, RankNode } from '../../../src/plan/nodes.ts';
import type { Operator } from '../../../src/runtime/operator.ts';
import { deduplicateOperator } from '../../../src/runtime/operators/deduplicate.ts';
import { rankOperator } from '../../../src/runtime/operators/rank.ts';
import { ChangelogMode } from '../../../src/types/changelog-mode.ts';
import { INT, STRING } from '../../../src/types/logical-type.ts';
import type { Row, RowBatch } from '../../../src/types/row.ts';
import { batches, type Change, changesOf, changeText } from '../../support/memory-tables.ts';

const [I, UB, UA, D] = [0, 1, 2, 3] as const;
const schema = {
  fields: [
    { name: 'k', type: STRING },
    { name: 'v', type: INT },
    { name: 'id', type: INT },
  ],
};
const base = { schema, upsertKeys: [], changelogMode: ChangelogMode.all };
const inputOf = (changelogMode: ChangelogMode) =>
  ({ ...base, changelogMode, kind: 'values', tuples: [] }) as const;

function rank(more: Partial<RankNode>, inputMode = ChangelogMode.all): RankNode {
  return {
    ...base,
    kind: 'rank',
    input: inputOf(inputMode),
    partition: [0],
    order: [{ column: 1, descending: true, nullsFirst: false }],
    newestFirst: false,
    start: 1,
    end: 2,
    withNumber: false,
    ...more,
  };
}

/** Runs it; at `restoreAt` what is there is taken down and put up again from its state. */
function run(
  make: (out: (b: RowBatch) => void) => Operator,
  changes: readonly Change[],
  size = 1,
  restoreAt = -1,
): Change[] {
  const out: Change[] = [];
  const start = () => make((batch) => void out.push(...changesOf(batch)));
  let operator = start();
  for (const [i, batch] of batches(changes, size).entries()) {
    if (i === restoreAt) {
      const state = [...operator.snapshot!()];
      operator = start();
      operator.restore!(state);
    }
    void operator.process(batch);
  }
  return out;
}

/** What is left of a changelog: rows as texts, in no order. */
function materialize(changes: readonly Change[]): string[] {
  const rows: string[] = [];
  for (const [kind, row] of changes) {
    const text = row.join(' ');
    if (kind === I || kind === UA) rows.push(text);
    else {
      const at = rows.indexOf(text);
      expect(at, `${text} is taken back but is not there`).toBeGreaterThanOrEqual(0);
      rows.splice(at, 1);
    }
  }
  return rows.sort();
}

describe('what is told', () => {
  test('a first row that another displaces is an update', () => {
    const node = rank({ end: 1 }, ChangelogMode.insertOnly);
    const changes: Change[] = [1, 3, 2, 3].map((v, i) => [I, ['a', v, i]]);
    expect(run((out) => rankOperator(node, out), changes).map(changeText)).toEqual([
      '+I[a, 1, 0]',
      '-U[a, 1, 0]',
      '+U[a, 3, 1]',
    ]);
    const upsert = { ...node, changelogMode: ChangelogMode.upsert };
    expect(run((out) => rankOperator(upsert, out), changes).map(changeText)).toEqual([
      '+I[a, 1, 0]',
      '+U[a, 3, 1]',
    ]);
  });
  test('of several, one goes and another comes', () => {
    const changes: Change[] = [1, 3, 2].map((v, i) => [I, ['a', v, i]]);
    expect(run((out) => rankOperator(rank({}), out), changes).map(changeText)).toEqual([
      '+I[a, 1, 0]',
      '+I[a, 3, 1]',
      '-D[a, 1, 0]',
      '+I[a, 2, 2]',
    ]);
  });
  test('numbers of rows that are passed change', () => {
    const changes: Change[] = [
      [I, ['a', 1, 0]],
      [I, ['a', 3, 1]],
      [D, ['a', 3, 1]],
    ];
    expect(run((out) => rankOperator(rank({ withNumber: true }), out), changes).map(changeText)).toEqual([
      '+I[a, 1, 0, 1]',
      '-U[a, 1, 0, 1]',
      '+U[a, 3, 1, 1]',
      '+I[a, 1, 0, 2]',
      '-U[a, 3, 1, 1]',
      '+U[a, 1, 0, 1]',
      '-D[a, 1, 0, 2]',
    ]);
  });
  test('an update is told as one, and one that changes nothing not at all', () => {
    const changes: Change[] = [
      [I, ['a', 5, 0]],
      [I, ['a', 4, 1]],
      [UB, ['a', 5, 0]],
      [UA, ['a', 6, 0]],
      [UB, ['a', 6, 0]],
      [UA, ['a', 6, 0]],
      [UB, ['a', 6, 0]],
      [UA, ['a', 1, 0]],
    ];
    expect(run((out) => rankOperator(rank({ end: 1 }), out), changes).map(changeText)).toEqual([
      '+I[a, 5, 0]',
      '-U[a, 5, 0]',
      '+U[a, 6, 0]',
      '-U[a, 6, 0]',
      '+U[a, 4, 1]',
    ]);
  });
});

test('a deduplication keeps the first or the last row by arrival', () => {
  const changes: Change[] = [
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['a', 2],
  ].map((row) => [I, row]);
  const node: DeduplicateNode = {
    ...base,
    kind: 'deduplicate',
    input: inputOf(ChangelogMode.insertOnly),
    key: [0],
    keep: 'first',
  };
  for (const restoreAt of [-1, 1, 2, 3]) {
    const first = run((out) => deduplicateOperator(node, out), changes, 1, restoreAt);
    expect(first.map(changeText)).toEqual(['+I[a, 1]', '+I[b, 1]']);
    const last = run((out) => deduplicateOperator({ ...node, keep: 'last' }, out), changes, 1, restoreAt);
    expect(last.map(changeText)).toEqual(['+I[a, 1]', '+I[b, 1]', '-U[a, 1]', '+U[a, 2]']);
  }
});

/** A changelog of a table with primary key id, and the rows that it leaves, in the order in which they came. */
const changelogs = fc
  .array(
    fc.record({
      id: fc.nat(6),
      k: fc.constantFrom('a', 'b', null),
      v: fc.option(fc.nat(3)),
      remove: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const table = new Map<number, Row>();
    const changes: Change[] = [];
    for (const { id, k, v, remove } of steps) {
      const before = table.get(id);
      const after: Row = [k, v, id];
      table.delete(id);
      if (!remove) table.set(id, after);
      if (before === undefined && !remove) changes.push([I, after]);
      else if (before !== undefined)
        changes.push(
          ...((remove
            ? [[D, before]]
            : [
                [UB, before],
                [UA, after],
              ]) as Change[]),
        );
    }
    return { changes, rows: [...table.values()] };
  });

function sorted(rows: readonly Row[], node: RankNode): string[] {
  const partitions = new Map<unknown, Row[]>();
  for (const row of rows) partitions.set(row[0], [...(partitions.get(row[0]) ?? []), row]);
  const { descending, nullsFirst } = node.order[0] ?? { descending: false, nullsFirst: false };
  const value = (row: Row) => {
    if (node.order.length === 0) return 0;
    if (row[1] === null) return nullsFirst === descending ? 1e9 : -1e9;
    return row[1] as number;
  };
  const out: string[] = [];
  for (const partition of partitions.values()) {
    const arrived = node.newestFirst ? [...partition].reverse() : partition;
    const ordered = arrived.toSorted((a, b) => (value(a) - value(b)) * (descending ? -1 : 1));
    for (const [i, row] of ordered.slice(node.start - 1, node.end).entries()) {
      out.push([...row, ...(node.withNumber ? [node.start + i] : [])].join(' '));
    }
  }
  return out.sort();
}

const ranks = fc.record({
  start: fc.integer({ min: 1, max: 3 }),
  more: fc.nat(2),
  order: fc.option(fc.record({ column: fc.constant(1), descending: fc.boolean(), nullsFirst: fc.boolean() })),
  newestFirst: fc.boolean(),
  withNumber: fc.boolean(),
});

test('law: what is told adds up to the ranks of the rows that are left', () => {
  fc.assert(
    fc.property(
      changelogs,
      ranks,
      fc.integer({ min: 1, max: 9 }),
      fc.nat(20),
      (log, spec, size, restoreAt) => {
        const { start, more, order, newestFirst, withNumber } = spec;
        const node = rank({
          start,
          end: start + more,
          order: order === null ? [] : [order],
          newestFirst,
          withNumber,
        });
        const told = run((out) => rankOperator(node, out), log.changes, size, restoreAt);
        expect(materialize(told)).toEqual(sorted(log.rows, node));
        const inserts = log.changes
          .filter(([kind]) => kind === I || kind === UA)
          .map(([, row]): Change => [I, row]);
        const fast = { ...node, input: inputOf(ChangelogMode.insertOnly) };
        const toldOfInserts = run((out) => rankOperator(fast, out), inserts, size, restoreAt);
        expect(materialize(toldOfInserts)).toEqual(
          sorted(
            inserts.map(([, row]) => row),
            fast,
          ),
        );
      },
    ),
    { numRuns: 500 },
  );
});
