// The sink's extensions on a real Redis, in each mode where they mean something.
import { describe, expect, test } from 'vitest';
import { redisFactory } from '../../../../src/connectors/redis/factory.ts';
import { BIGINT, INT, STRING } from '../../../../src/types/logical-type.ts';
import { batchOf, type Change } from '../../../support/memory-tables.ts';
import { column, problem, redisDatabase } from '../../../support/redis-database.ts';
import { ask, factoryContext, openSink, schema, testRuntime } from '../../../support/redis-table.ts';

const I = 0;
const UB = 1;
const UA = 2;
const D = 3;

const { write, one, at, port } = redisDatabase();

describe('expiration.column', () => {
  const TTL = column('life', BIGINT);
  const OPTIONS = { 'expiration.column': 'life' };
  const ttl = async (key: string) => (await one('PTTL', key)) as number;

  test.each([
    ['STRING', schema(['k', TTL, 'v'], ['k']), ['v']],
    ['LIST', schema(['k', TTL, 'v'], ['k']), ['v']],
    ['SET', schema(['k', TTL, 'v'], ['k', 'v']), ['v']],
    ['HASHMAP', schema(['k', TTL, 'f', 'v'], ['k', 'f']), ['f', 'v']],
    ['SORTEDSET', schema(['k', TTL, 'score', 'v'], ['k']), [1, 'v']],
  ] as const)(
    '%s: each row its own; NULL takes that of the table, 0 none; the column is not written',
    async (mode, physical, rest) => {
      await write({ ...OPTIONS, mode, expiration: '500000' }, physical, [
        [I, ['own', 60_000n, ...rest]],
        [I, ['table', null, ...rest]],
        [I, ['none', 0n, ...rest]],
      ]);
      expect(await ttl('own')).toBeGreaterThan(50_000);
      expect(await ttl('own')).toBeLessThanOrEqual(60_000);
      expect(await ttl('table')).toBeGreaterThan(400_000);
      expect(await ttl('none')).toBe(-1);
    },
  );

  test('flattenHash: the column is no field', async () => {
    const physical = schema(['k', 'a', TTL, 'b'], ['k']);
    await write({ ...OPTIONS, mode: 'HASHMAP', flattenHash: 'true' }, physical, [
      [I, ['k', 'x', 60_000n, 'y']],
    ]);
    expect(await one('HGETALL', 'k')).toEqual(['a', 'x', 'b', 'y']);
    expect(await ttl('k')).toBeGreaterThan(0);
  });

  test('with value.format and key-template: neither value nor key', async () => {
    const physical = schema(['a', 'b', column('n', INT), TTL], ['a', 'b']);
    const options = { ...OPTIONS, mode: 'STRING', 'value.format': 'json', 'key-template': '{a}:{b}' };
    await write(options, physical, [[I, ['x', 'y', 1, 60_000n]]]);
    expect(await one('GET', 'x:y')).toBe('{"n":1}');
    expect(await ttl('x:y')).toBeGreaterThan(0);
  });

  test('a metadata column does the same', async () => {
    const kv = schema(['k', 'v'], ['k']);
    const metadata = [{ key: 'ttl', type: INT }];
    await write(
      { mode: 'STRING' },
      kv,
      [
        [I, ['a', '1', 60_000]],
        [I, ['b', '1', null]],
      ],
      metadata,
    );
    expect(await ttl('a')).toBeGreaterThan(50_000);
    expect(await ttl('b')).toBe(-1);
    const both = write({ mode: 'STRING', ...OPTIONS }, schema(['k', 'v', TTL], ['k']), [], metadata);
    await expect(both).rejects.toThrow("both 'expiration.column' and a metadata column 'ttl'");
    const text = write({ mode: 'STRING' }, kv, [], [{ key: 'ttl', type: STRING }]);
    await expect(text).rejects.toThrow("metadata column 'ttl' as STRING");
  });

  test('first-write keeps the first', async () => {
    const options = { ...OPTIONS, mode: 'STRING', 'expiration.policy': 'first-write' };
    const physical = schema(['k', 'v', TTL], ['k']);
    await write(options, physical, [
      [I, ['a', '1', 60_000n]],
      [I, ['a', '2', 900_000n]],
    ]);
    expect(await one('GET', 'a')).toBe('2');
    expect(await ttl('a')).toBeLessThanOrEqual(60_000);
  });

  test('what is refused', async () => {
    const physical = schema(['k', 'v', TTL], ['k']);
    const options = { ...OPTIONS, mode: 'STRING' };
    expect(problem({ ...options, 'expiration.column': 'x' }, physical)).toContain("has no column 'x'");
    expect(problem({ ...options, 'expiration.column': 'v' }, physical)).toContain("column 'v' is STRING");
    expect(problem({ ...options, 'expiration.column': 'k' }, physical)).toContain('is in the primary key');
    expect(problem(options, physical, 'lookup')).toContain("sets 'expiration.column', which is for sinks");
    await expect(write(options, physical, [[I, ['k', 'v', -1n]]])).rejects.toThrow(
      'a time to live of -1 ms is being written',
    );
  });
});

describe('LIST', () => {
  const kv = schema(['k', 'v'], ['k', 'v']);
  const rows = (...values: string[]): Change[] => values.map((v) => [I, ['k', v]]);

  test('sink.list.direction = right: in the order of writing; deletions take the newest', async () => {
    const options = { mode: 'LIST', 'sink.list.direction': 'right' };
    await write(options, kv, [...rows('a', 'b', 'a', 'c'), [D, ['k', 'a']]]);
    expect(await one('LRANGE', 'k', 0, -1)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['left', ['e', 'd', 'c']],
    ['right', ['c', 'd', 'e']],
  ])('sink.list.max-length, %s: the newest stay', async (direction, expected) => {
    const options = { mode: 'LIST', 'sink.list.direction': direction, 'sink.list.max-length': '3' };
    await write({ ...options, expiration: '60000' }, kv, rows('a', 'b', 'c', 'd', 'e'));
    expect(await one('LRANGE', 'k', 0, -1)).toEqual(expected);
    expect(await one('PTTL', 'k')).toBeGreaterThan(0);
  });

  test('elsewhere these options have no effect, and say so', () => {
    const context = factoryContext(
      {
        connector: 'redis',
        host: 'h',
        mode: 'SET',
        'sink.list.direction': 'right',
        'sink.list.max-length': '3',
      },
      kv,
    );
    expect(redisFactory.createSink!(context).warnings).toEqual([
      "Option 'sink.list.direction' has no effect with 'mode' = 'SET'.",
      "Option 'sink.list.max-length' has no effect with 'mode' = 'SET'.",
    ]);
  });
});

describe('sink.parallel-connections', () => {
  test('the changes of each key stay in order, whatever the batches; all is written, counted once', async () => {
    const kv = schema(['k', 'v'], ['k']);
    const runtime = testRuntime();
    const options = {
      ...at(),
      mode: 'LIST',
      'sink.parallel-connections': '4',
      'client-name': 'parallel',
      'sink.buffer-flush.max-rows': '7',
    };
    const writer = await openSink({ ...options, 'sink.list.direction': 'right' }, kv, runtime);
    const KEYS = 50;
    const N = 10_000;
    for (let from = 0; from < N; from += 111) {
      const changes = Array.from({ length: Math.min(111, N - from) }, (_, i): Change => {
        const n = from + i;
        return [I, [`k${(n * 7) % KEYS}`, String(n)]];
      });
      await writer.write(batchOf(changes));
      if (from % 999 === 0) await writer.flush(false);
    }
    await writer.flush(true);
    expect(runtime.metric('numRecordsOut')).toBe(N);
    expect(runtime.metric('bufferedRecords')).toBe(0);
    expect(runtime.metric('batchesInFlight')).toBe(0);
    const clients = String(await one('CLIENT', 'LIST'));
    expect(clients.match(/ name=parallel /g)).toHaveLength(4);
    await writer.close();
    const lists = await ask(
      port(),
      Array.from({ length: KEYS }, (_, k) => ['LRANGE', `k${k}`, 0, -1]),
    );
    const all = lists.map((list) => (list as string[]).map(Number));
    for (const list of all) expect(list).toEqual([...list].sort((a, b) => a - b));
    expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: N }, (_, i) => i));
  });

  test('deletions, updates and updates that change the key', async () => {
    const kv = schema(['k', 'v'], ['k']);
    const options = { mode: 'STRING', 'sink.parallel-connections': '3' };
    await write(options, kv, [
      [I, ['a', '1']],
      [I, ['b', '1']],
      [UB, ['a', '1']],
      [UA, ['a', '2']],
      [UB, ['b', '1']],
      [UA, ['c', '1']],
      [I, ['d', '1']],
      [D, ['d', '1']],
    ]);
    expect(await ask(port(), [['MGET', 'a', 'b', 'c', 'd']])).toEqual([['2', null, '1', null]]);
  });

  test('a failure of one fails the sink', async () => {
    await ask(port(), [['LPUSH', 'list', 'x']]);
    const hash = schema(['k', 'f', 'v'], ['k']);
    const writing = write({ mode: 'HASHMAP', 'sink.parallel-connections': '3' }, hash, [
      [I, ['a', 'f', '1']],
      [I, ['list', 'f', '1']],
    ]);
    await expect(writing).rejects.toThrow("Redis refused HSET of key 'list': WRONGTYPE");
  });
});
