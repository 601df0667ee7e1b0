// Options that choose what a sink does with NULLs, deletions and times to live, and over how many connections: in every mode where
// they mean something, on a real Redis.
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../../src/connectors/redis/client/port.ts';
import type { Change } from '../../../support/memory-tables.ts';
import { redisDatabase } from '../../../support/redis-database.ts';
import { ask, schema, testRuntime } from '../../../support/redis-table.ts';

const I = 0;
const UB = 1;
const UA = 2;
const D = 3;

const { write, one, allKeys, port } = redisDatabase();

/** A mode whose rows are elements of a key, with two rows of key `k`. */
interface ElementMode {
  readonly options: Record<string, string>;
  readonly columns: readonly string[];
  /** What finds an element again. */
  readonly element: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly read: readonly (string | number)[];
  /** What `read` gives with both rows, and with the second alone. */
  readonly both: Reply;
  readonly second: Reply;
}

const ELEMENT_MODES: Readonly<Record<string, ElementMode>> = {
  LIST: {
    options: { mode: 'LIST' },
    columns: ['k', 'v'],
    element: 'v',
    rows: [
      ['k', 'a'],
      ['k', 'b'],
    ],
    read: ['LRANGE', 'k', 0, -1],
    both: ['b', 'a'],
    second: ['b'],
  },
  SET: {
    options: { mode: 'SET' },
    columns: ['k', 'v'],
    element: 'v',
    rows: [
      ['k', 'a'],
      ['k', 'b'],
    ],
    read: ['SORT', 'k', 'ALPHA'],
    both: ['a', 'b'],
    second: ['b'],
  },
  HASHMAP: {
    options: { mode: 'HASHMAP' },
    columns: ['k', 'f', 'v'],
    element: 'f',
    rows: [
      ['k', 'a', '1'],
      ['k', 'b', '2'],
    ],
    read: ['HGETALL', 'k'],
    both: ['a', '1', 'b', '2'],
    second: ['b', '2'],
  },
  SORTEDSET: {
    options: { mode: 'SORTEDSET' },
    columns: ['k', 'score', 'm'],
    element: 'm',
    rows: [
      ['k', 1, 'a'],
      ['k', 2, 'b'],
    ],
    read: ['ZRANGE', 'k', 0, -1, 'WITHSCORES'],
    both: ['a', '1', 'b', '2'],
    second: ['b', '2'],
  },
};
const KEY_MODES = {
  STRING: { options: { mode: 'STRING' }, physical: schema(['k', 'v'], ['k']) },
  'HASHMAP flattenHash': {
    options: { mode: 'HASHMAP', flattenHash: 'true' },
    physical: schema(['k', 'v'], ['k']),
  },
} as const;

const inserts = (rows: readonly (readonly unknown[])[]): Change[] => rows.map((row) => [I, row]);

describe('sink.delete.scope', () => {
  test.each(Object.entries(ELEMENT_MODES))(
    '%s: the whole key or one element, whatever the primary key says',
    async (_, { options, columns, element, rows, read, both, second }) => {
      for (const primaryKey of [['k'], ['k', element]]) {
        for (const scope of ['primary-key', 'key', 'element']) {
          const physical = schema(columns, primaryKey);
          const all = { ...options, 'sink.delete.scope': scope };
          await write(all, physical, inserts(rows));
          expect(await one(...read)).toEqual(both);
          await write(all, physical, [[D, rows[0]!]]);
          const isElement = scope === 'element' || (scope === 'primary-key' && primaryKey.length === 2);
          expect(await one(...read)).toEqual(isElement ? second : []);
          await ask(port(), [['DEL', 'k']]);
        }
      }
    },
  );

  test.each(Object.entries(ELEMENT_MODES))(
    '%s: an update removes the old element with element, and keeps it with key',
    async (_, { options, columns, element, rows, read, both, second }) => {
      const update: Change[] = [
        [I, rows[0]!],
        [UB, rows[0]!],
        [UA, rows[1]!],
      ];
      const byKey = schema(columns, ['k']);
      await write({ ...options, 'sink.delete.scope': 'element' }, byKey, update);
      expect(await one(...read)).toEqual(second);
      await ask(port(), [['DEL', 'k']]);
      const byBoth = schema(columns, ['k', element]);
      await write({ ...options, 'sink.delete.scope': 'key' }, byBoth, update);
      expect(await one(...read)).toEqual(both);
    },
  );

  test.each(Object.entries(KEY_MODES))('%s: key is what a row is', async (_, { options, physical }) => {
    await write({ ...options, 'sink.delete.scope': 'key' }, physical, [
      [I, ['a', '1']],
      [I, ['b', '1']],
      [D, ['a', '1']],
    ]);
    expect(await allKeys()).toEqual(['b']);
  });
});

describe('sink.null-value', () => {
  test.each(Object.entries(ELEMENT_MODES))(
    '%s: fails, is skipped, or deletes what the row stands for',
    async (_, { options, columns, element, rows, read, both, second }) => {
      const valueOnly = columns.at(-1) !== element;
      // A NULL beside the element where there is such a column, else in the element itself.
      const withNull = rows[0]!.map((v, i) => (i === (valueOnly ? 2 : 1) ? null : v));
      const physical = schema(columns, ['k', element]);
      await write(options, physical, inserts(rows));
      await expect(
        write({ ...options, 'sink.null-value': 'fail' }, physical, inserts([withNull])),
      ).rejects.toThrow("of the row with key 'k', and Redis has no NULL");
      await write({ ...options, 'sink.null-value': 'skip' }, physical, inserts([withNull]));
      expect(await one(...read)).toEqual(both);
      const deleting = write({ ...options, 'sink.null-value': 'delete' }, physical, inserts([withNull]));
      if (withNull[columns.indexOf(element)] === null) {
        await expect(deleting).rejects.toThrow('a NULL is being written');
      } else {
        await deleting;
        expect(await one(...read)).toEqual(second);
      }
      await write({ ...options, 'sink.null-value': 'delete' }, schema(columns, ['k']), inserts([withNull]));
      expect(await allKeys()).toEqual([]);
    },
  );

  test('STRING: the same; flattenHash removes the field whatever the option says', async () => {
    const { options, physical } = KEY_MODES.STRING;
    const changes = inserts([['k', null]]);
    await write(options, physical, inserts([['k', 'v']]));
    await expect(write({ ...options, 'sink.null-value': 'fail' }, physical, changes)).rejects.toThrow('NULL');
    await write({ ...options, 'sink.null-value': 'skip' }, physical, changes);
    expect(await one('GET', 'k')).toBe('v');
    await write({ ...options, 'sink.null-value': 'delete' }, physical, changes);
    expect(await allKeys()).toEqual([]);
    const flat = schema(['k', 'a', 'b'], ['k']);
    for (const nullValue of ['fail', 'skip', 'delete']) {
      const all = { ...KEY_MODES['HASHMAP flattenHash'].options, 'sink.null-value': nullValue };
      await write(
        all,
        flat,
        inserts([
          ['h', '1', '2'],
          ['h', null, '3'],
        ]),
      );
      expect(await one('HGETALL', 'h')).toEqual(['b', '3']);
    }
  });
});

describe('expiration.policy', () => {
  const ttl = async () => (await one('PTTL', 'k')) as number;

  test.each([
    ...Object.entries(KEY_MODES).map(
      ([name, { options, physical }]) =>
        [
          name,
          options,
          physical,
          [
            ['k', '1'],
            ['k', '2'],
          ],
        ] as const,
    ),
    ...Object.entries(ELEMENT_MODES).map(
      ([name, { options, columns, rows }]) => [name, options, schema(columns, ['k']), rows] as const,
    ),
  ])(
    '%s: every-write renews the time to live, first-write leaves it',
    async (_, options, physical, [first, second]) => {
      for (const policy of ['every-write', 'first-write']) {
        const all = { ...options, 'expiration.policy': policy, expiration: '100000' };
        await write(all, physical, inserts([first]));
        expect(await ttl()).toBeGreaterThan(90_000);
        await ask(port(), [['PEXPIRE', 'k', 50_000]]);
        await write(all, physical, inserts([second]));
        if (policy === 'every-write') expect(await ttl()).toBeGreaterThan(90_000);
        else expect(await ttl()).toBeLessThanOrEqual(50_000);
        expect(await ttl()).toBeGreaterThan(0);
        await ask(port(), [['DEL', 'k']]);
      }
    },
  );
});

describe('sink.parallel-connections', () => {
  /** Rows of some keys, changed, deleted and written again. */
  function changesOf({ rows }: { readonly rows: readonly (readonly unknown[])[] }): Change[] {
    return Array.from({ length: 600 }, (_, i): Change => {
      const row = [...rows[(i * 7) % rows.length]!];
      row[0] = `k${(i * 13) % 17}`;
      return [i % 11 === 10 ? D : I, row];
    });
  }
  const MODES = {
    ...Object.fromEntries(
      Object.entries(ELEMENT_MODES).map(([name, m]) => [
        name,
        { options: m.options, physical: schema(m.columns, ['k', m.element]), rows: m.rows },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(KEY_MODES).map(([name, m]) => [
        name,
        {
          ...m,
          rows: [
            ['k', '1'],
            ['k', '2'],
            ['k', '3'],
          ],
        },
      ]),
    ),
  };
  async function content(): Promise<unknown[]> {
    const keys = await allKeys();
    const dumps = await ask(
      port(),
      keys.map((k) => ['DEBUG', 'DIGEST-VALUE', k]),
    );
    return keys.map((k, i) => [k, dumps[i]]);
  }

  test.each(Object.entries(MODES))('%s: leaves what one connection leaves', async (_, mode) => {
    const changes = changesOf(mode);
    const found: unknown[] = [];
    for (const connections of ['1', '4']) {
      const options = { 'sink.parallel-connections': connections, 'sink.buffer-flush.max-rows': '5' };
      await write({ ...mode.options, ...options }, mode.physical, changes);
      found.push(await content());
      await ask(port(), [['FLUSHDB']]);
    }
    expect((found[0] as unknown[]).length).toBeGreaterThan(10);
    expect(found[1]).toEqual(found[0]);
  });

  test.each(['1', '3'])('%s: another attempt of the job counts on', async (connections) => {
    const runtime = testRuntime();
    const options = { mode: 'LIST', 'sink.parallel-connections': connections };
    const changes = Array.from({ length: 60 }, (_, i): Change => [I, [`k${i}`, 'v']]);
    const counts = [];
    for (let attempt = 1; attempt <= 2; attempt++) {
      await write(options, schema(['k', 'v'], ['k']), changes, [], runtime);
      counts.push([runtime.metric('numRecordsOut'), runtime.metric('numCommandsSent')]);
    }
    expect(counts).toEqual([
      [60, 60],
      [120, 120],
    ]);
  });
});
