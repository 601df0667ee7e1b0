import { describe, expect, test } from 'vitest';
import { KNOWN_MISS, type LookupAttempt, type LookupFunction } from '../../../src/connector/lookup.ts';
import type { LookupJoinNode } from '../../../src/plan/nodes.ts';
import { MetricRegistry } from '../../../src/runtime/metrics.ts';
import { LookupJoinOperator } from '../../../src/runtime/operators/lookup-join.ts';
import { ChangelogMode } from '../../../src/types/changelog-mode.ts';
import { BOOLEAN, INT, STRING } from '../../../src/types/logical-type.ts';
import type { Row, RowBatch } from '../../../src/types/row.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { batchOf, type Change, changesOf, changeText } from '../../support/memory-tables.ts';

interface Asked {
  readonly keys: readonly Row[];
  readonly attempt: LookupAttempt | undefined;
  answer(rows: (key: unknown) => readonly Row[]): void;
  fail(error: Error): void;
}

/** A dimension table whose answers the test gives, when it wants to. */
function setUp(more: Partial<LookupJoinNode> = {}, columns: readonly number[] | null = null) {
  const asked: Asked[] = [];
  const lookup: LookupFunction = {
    async open() {},
    lookup: (keys, attempt) =>
      new Promise((resolve, reject) => {
        asked.push({ keys, attempt, answer: (rows) => resolve(keys.map((k) => rows(k[0]))), fail: reject });
      }),
    async close() {},
  };
  const stream = {
    fields: [
      { name: 'k', type: STRING },
      { name: 'n', type: INT },
    ],
  };
  const dimension = {
    fields: [
      { name: 'id', type: STRING },
      { name: 'v', type: STRING },
    ],
  };
  const base = { upsertKeys: [], changelogMode: ChangelogMode.all };
  const node: LookupJoinNode = {
    ...base,
    kind: 'lookupJoin',
    schema: { fields: [...stream.fields, ...dimension.fields] },
    input: { ...base, kind: 'values', schema: stream, tuples: [] },
    table: { catalog: 'c', database: 'd', object: 'dim' },
    source: {
      kind: 'lookup',
      resolveKeys: (keys) => keys,
      async: false,
      explain: [],
      warnings: [],
      createLookup: () => lookup,
    },
    joinType: 'INNER',
    keys: [{ column: 0, value: { kind: 'input', index: 0, type: STRING } }],
    dimension,
    condition: null,
    async: null,
    retry: null,
    ...more,
  };
  const clock = new ManualClock();
  const failures: Error[] = [];
  const out: string[] = [];
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const context = {
    clock,
    logger: quiet,
    metrics: new MetricRegistry(clock).group('join'),
    timeZone: 'UTC',
    fail: (e: Error) => failures.push(e),
    stdout() {},
    stderr() {},
  };
  const evalContext = { timeZone: 'UTC', now: () => clock.now(), queryStart: 0 };
  const handOn = (batch: RowBatch) => {
    out.push(...changesOf(batch).map(changeText));
  };
  const operator = new LookupJoinOperator(node, context, evalContext, handOn, columns);
  const settle = () => new Promise(setImmediate);
  return { operator, asked, out, failures, clock, settle };
}

/** A dimension table with a third column, and a condition on it. */
const ONLY_GOOD: Partial<LookupJoinNode> = {
  condition: { kind: 'input', index: 4, type: BOOLEAN },
  dimension: {
    fields: [
      { name: 'id', type: STRING },
      { name: 'v', type: STRING },
      { name: 'good', type: BOOLEAN },
    ],
  },
};

const rows = (...keys: (string | null)[]): Change[] => keys.map((k, i) => [0, [k, i]]);
const known = (key: unknown): Row[] => (key === 'x' ? [] : [[String(key), `v${key}`]]);

test('INNER drops misses and null keys, LEFT pads them; null keys are not asked for', async () => {
  for (const joinType of ['INNER', 'LEFT'] as const) {
    const { operator, asked, out } = setUp({ joinType });
    await operator.process(batchOf(rows('a', 'x', null, 'b')));
    expect(asked[0]!.keys).toEqual([['a'], ['x'], ['b']]);
    asked[0]!.answer(known);
    await operator.drain();
    const hits = ['+I[a, 0, a, va]', '+I[b, 3, b, vb]'];
    expect(out).toEqual(joinType === 'INNER' ? hits : [hits[0], '+I[x, 1, , ]', '+I[, 2, , ]', hits[1]]);
  }
});

test('kinds of changes stay with their rows', async () => {
  const { operator, asked, out } = setUp();
  await operator.process(
    batchOf([
      [1, ['a', 1]],
      [2, ['b', 1]],
      [3, ['x', 1]],
      [3, ['b', 1]],
    ]),
  );
  asked[0]!.answer(known);
  await operator.drain();
  expect(out).toEqual(['-U[a, 1, a, va]', '+U[b, 1, b, vb]', '-D[b, 1, b, vb]']);
});

test('what is left of the condition decides after the lookup', async () => {
  const { operator, asked, out } = setUp({ ...ONLY_GOOD, joinType: 'LEFT' });
  await operator.process(batchOf(rows('a')));
  asked[0]!.answer(
    () =>
      [
        ['a', 'no', false],
        ['a', 'null', null],
        ['a', 'yes', true],
      ] as Row[],
  );
  await operator.drain();
  expect(out).toEqual(['+I[a, 0, a, yes, true]']);
});

test('only the columns that are asked for are handed on, in their order; the condition sees all', async () => {
  const { operator, asked, out } = setUp({ ...ONLY_GOOD, joinType: 'LEFT' }, [3, 0]);
  await operator.process(batchOf(rows('a', 'x', null)));
  asked[0]!.answer((key) => [[String(key), `v${key}`, key === 'a']] as Row[]);
  await operator.drain();
  expect(out).toEqual(['+I[va, a]', '+I[, x]', '+I[, ]']);
});

test('ordered: results wait for those before them', async () => {
  const { operator, asked, out, settle } = setUp();
  void operator.process(batchOf(rows('a')));
  void operator.process(batchOf(rows('b')));
  asked[1]!.answer(known);
  await settle();
  expect(out).toEqual([]);
  asked[0]!.answer(known);
  await operator.drain();
  expect(out).toEqual(['+I[a, 0, a, va]', '+I[b, 0, b, vb]']);
});

test('unordered: results leave as they come; capacity bounds what is in flight', async () => {
  const async = { outputMode: 'ALLOW_UNORDERED', capacity: 2, timeoutMs: 1000 } as const;
  const { operator, asked, out, settle } = setUp({ async });
  expect(operator.process(batchOf(rows('a')))).toBeUndefined();
  let room = false;
  const waiting = Promise.resolve(operator.process(batchOf(rows('b')))).then(() => {
    room = true;
  });
  await settle();
  expect(room).toBe(false);
  asked[1]!.answer(known);
  await waiting;
  expect(out).toEqual(['+I[b, 0, b, vb]']);
  asked[0]!.answer(known);
  await operator.drain();
  expect(out).toHaveLength(2);
});

test('a batch above the capacity goes in pieces', async () => {
  const async = { outputMode: 'ORDERED', capacity: 2, timeoutMs: 1000 } as const;
  const { operator, asked, out, settle } = setUp({ async });
  const done = Promise.resolve(operator.process(batchOf(rows('a', 'b', 'c', 'd', 'e'))));
  for (let i = 0; i < 3; i++) {
    await settle();
    expect(asked).toHaveLength(i + 1);
    asked[i]!.answer(known);
  }
  await done;
  await operator.drain();
  expect(out.map((t) => t[3])).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a failing lookup fails the job and lets nobody wait', async () => {
  const { operator, asked, out, failures } = setUp({ joinType: 'LEFT' });
  await operator.process(batchOf(rows('a')));
  asked[0]!.fail(new Error('WRONGTYPE'));
  await expect(operator.drain()).rejects.toThrow('WRONGTYPE');
  expect(failures.map((e) => e.message)).toEqual(['WRONGTYPE']);
  expect(out).toEqual([]);
});

test('a lookup that does not answer in time fails the job', async () => {
  const async = { outputMode: 'ORDERED', capacity: 10, timeoutMs: 1000 } as const;
  const { operator, failures, clock } = setUp({ async });
  await operator.process(batchOf(rows('a')));
  await clock.advance(1000);
  expect(failures.map((e) => e.message)).toEqual(['Async function call has timed out.']);
});

test('a timeout of 0 is none', async () => {
  const async = { outputMode: 'ORDERED', capacity: 10, timeoutMs: 0 } as const;
  const { operator, asked, failures, clock, out } = setUp({ async });
  await operator.process(batchOf(rows('a')));
  await clock.advance(1e9);
  asked[0]!.answer(known);
  await operator.drain();
  expect(failures).toEqual([]);
  expect(out).toEqual(['+I[a, 0, a, va]']);
});

test('retry on a miss asks again for the misses only', async () => {
  const { operator, asked, out, clock, settle } = setUp({ retry: { fixedDelayMs: 10, maxAttempts: 2 } });
  await operator.process(batchOf(rows('a', 'x')));
  asked[0]!.answer(known);
  await settle();
  await clock.advance(10);
  expect(asked[1]!.keys).toEqual([['x']]);
  asked[1]!.answer((k) => [[String(k), 'late']]);
  await operator.drain();
  expect(out).toEqual(['+I[a, 0, a, va]', '+I[x, 1, x, late]']);
});

describe('retry on a miss', () => {
  const RETRY = { retry: { fixedDelayMs: 10, maxAttempts: 2 } };
  const UNORDERED = {
    ...RETRY,
    async: { outputMode: 'ALLOW_UNORDERED', capacity: 4, timeoutMs: 1000 },
  } as const;

  test('whether a question is the first or the last one is told', async () => {
    const { operator, asked, out, clock, settle } = setUp({ ...RETRY, joinType: 'LEFT' });
    await operator.process(batchOf(rows('x')));
    for (let attempt = 0; attempt < 3; attempt++) {
      asked[attempt]!.answer(known);
      await settle();
      await clock.advance(10);
    }
    await operator.drain();
    expect(asked.map((a) => a.attempt)).toEqual([
      { again: false, last: false },
      { again: true, last: false },
      { again: true, last: true },
    ]);
    expect(out).toEqual(['+I[x, 0, , ]']);
    const once = setUp();
    await once.operator.process(batchOf(rows('a')));
    expect(once.asked[0]!.attempt).toBeUndefined();
  });

  test('a miss that a cache remembers is none to ask for again', async () => {
    const { operator, asked, out } = setUp({ ...RETRY, joinType: 'LEFT' });
    await operator.process(batchOf(rows('x', 'a')));
    asked[0]!.answer((k) => (k === 'x' ? KNOWN_MISS : known(k)));
    await operator.drain();
    expect(asked).toHaveLength(1);
    expect(out).toEqual(['+I[x, 0, , ]', '+I[a, 1, a, va]']);
  });

  test('ordered: those behind wait', async () => {
    const { operator, asked, out, clock, settle } = setUp(RETRY);
    await operator.process(batchOf(rows('x', 'a')));
    asked[0]!.answer(known);
    await settle();
    expect(out).toEqual([]);
    await clock.advance(10);
    asked[1]!.answer((k) => [[String(k), 'late']]);
    await operator.drain();
    expect(out).toEqual(['+I[x, 0, x, late]', '+I[a, 1, a, va]']);
  });

  test('unordered: only the rows without a match wait, and only they take up room', async () => {
    const { operator, asked, out, clock, settle } = setUp({ ...UNORDERED, joinType: 'LEFT' });
    const first = Promise.resolve(operator.process(batchOf(rows('a', null, 'x', 'b'))));
    asked[0]!.answer(known);
    await first; // room again, although a row of it waits
    expect(out).toEqual(['+I[a, 0, a, va]', '+I[, 1, , ]', '+I[b, 3, b, vb]']);
    await operator.process(batchOf(rows('c', 'd')));
    asked[1]!.answer(known);
    await settle();
    expect(out.slice(3)).toEqual(['+I[c, 0, c, vc]', '+I[d, 1, d, vd]']);
    await clock.advance(10);
    expect(asked[2]!.keys).toEqual([['x']]);
    asked[2]!.answer((k) => [[String(k), 'late']]);
    await operator.drain();
    expect(out.slice(5)).toEqual(['+I[x, 2, x, late]']);
  });

  test('unordered: rows that wait fill the room like any other', async () => {
    const { operator, asked, out, clock, settle } = setUp(UNORDERED);
    let room = false;
    const waiting = Promise.resolve(operator.process(batchOf(rows('x', 'x', 'x', 'x')))).then(() => {
      room = true;
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      asked[attempt]!.answer(known);
      await settle();
      expect(room).toBe(attempt === 2);
      await clock.advance(10);
    }
    await waiting;
    await operator.drain();
    expect(out).toEqual([]);
  });

  test('the timeout counts from the first question', async () => {
    const { operator, asked, failures, clock, settle } = setUp({
      ...UNORDERED,
      retry: { fixedDelayMs: 400, maxAttempts: 5 },
    });
    await operator.process(batchOf(rows('x')));
    for (let attempt = 0; attempt < 3; attempt++) {
      asked[attempt]!.answer(known);
      await settle();
      expect(failures).toEqual([]);
      await clock.advance(400);
    }
    expect(failures.map((e) => e.message)).toEqual(['Async function call has timed out.']);
  });

  test('closing ends the pause', async () => {
    const { operator, asked, failures, clock, settle } = setUp({
      retry: { fixedDelayMs: 3_600_000, maxAttempts: 1 },
    });
    await operator.process(batchOf(rows('x')));
    asked[0]!.answer(known);
    await settle();
    expect(clock.pending).toBe(1);
    await operator.close();
    await settle();
    expect(clock.pending).toBe(0);
    expect(failures).toEqual([]);
  });
});
