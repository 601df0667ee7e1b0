// `cache.invalidation` = `tracking` on a real Redis: what changes there leaves the cache, whatever is under way.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LruLookupCache } from '../../../../src/connector/caches/lru.ts';
import type { LookupFunction } from '../../../../src/connector/lookup.ts';
import type { RedisPort } from '../../../../src/connectors/redis/client/port.ts';
import { startEmbeddedRedis } from '../../../../src/connectors/redis/embedded/embedded-redis.ts';
import { RedisLookup } from '../../../../src/connectors/redis/lookup.ts';
import { bindLookup } from '../../../../src/connectors/redis/modes/index.ts';
import { readLookupSettings } from '../../../../src/connectors/redis/settings.ts';
import {
  ask,
  eventually,
  openLookup,
  openTestPort,
  RecordingPort,
  schema,
  shared,
  TABLE,
  type TestRuntime,
  testRuntime,
} from '../../../support/redis-table.ts';
import { startRedis } from '../../../support/services.ts';

const KV = schema(['k', 'v'], ['k']);
const HASH = schema(['k', 'a', 'b'], ['k']);
const TRACKING = { 'cache.invalidation': 'tracking' };
const LRU = { ...TRACKING, cache: 'LRU' };
const ALL = { ...TRACKING, cache: 'ALL' };

// Reports do not know databases: other tests' changes would be told too.
let redis: Awaited<ReturnType<typeof startRedis>>;
let port: RedisPort;
const opened: LookupFunction[] = [];

beforeAll(async () => {
  redis = await startRedis({ persist: false });
  port = await openTestPort(redis);
});
afterAll(async () => {
  await port.close();
  await redis.close();
});
beforeEach(() => ask(port, [['FLUSHDB']]));
afterEach(async () => {
  for (const lookup of opened.splice(0)) await lookup.close();
});

async function open(
  options: Record<string, string>,
  physical = KV,
  runtime: TestRuntime = testRuntime(),
): Promise<LookupFunction> {
  const at = { host: redis.host, port: String(redis.port) };
  const lookup = await openLookup({ ...at, ...options }, physical, runtime);
  opened.push(lookup);
  return lookup;
}

const set = (key: string, value: string) => ask(port, [['SET', key, value]]);
const get = async (lookup: LookupFunction, key: string) => (await lookup.lookup([[key]]))[0]?.[0]?.[1];
/** Answered from the cache: no promise. */
const cached = (lookup: LookupFunction, key: string) => {
  const answer = lookup.lookup([[key]]);
  if (answer instanceof Promise) {
    answer.catch(() => {
      // asked only to see whether it is
    });
    return 'not cached';
  }
  return answer[0]?.[0]?.[1];
};
async function cutReports(): Promise<void> {
  const clients = String((await ask(port, [['CLIENT', 'LIST']]))[0]).split('\n');
  const ids = clients.filter((c) => / flags=\S*t/.test(c)).map((c) => /^id=(\d+)/.exec(c)![1]!);
  expect(ids.length).toBeGreaterThan(0);
  await ask(
    port,
    ids.map((id) => ['CLIENT', 'KILL', 'ID', id]),
  );
}

describe('LRU', () => {
  test('a changed, deleted, expired or renamed key leaves the cache; others stay', async () => {
    const runtime = testRuntime();
    await ask(port, [['MSET', 'a', '1', 'b', '1', 'c', '1', 'd', '1', 'e', '1', 'stays', '1']]);
    const lookup = await open(LRU, KV, runtime);
    await lookup.lookup([['a'], ['b'], ['c'], ['d'], ['e'], ['stays'], ['none']]);
    expect(cached(lookup, 'none')).toBeUndefined();
    await ask(port, [
      ['SET', 'a', '2'],
      ['DEL', 'b'],
      ['PEXPIRE', 'c', 1],
      ['RENAME', 'd', 'none'],
      ['APPEND', 'e', '2'],
    ]);
    await eventually(async () => (await ask(port, [['EXISTS', 'c']]))[0] === 0);
    const now = async () => Promise.all(['a', 'b', 'c', 'd', 'e', 'none'].map((k) => get(lookup, k)));
    await eventually(async () => (await now()).join() === '2,,,,12,1');
    expect(cached(lookup, 'stays')).toBe('1');
    expect(runtime.metric('cache.numInvalidations')).toBeGreaterThanOrEqual(6);
  });

  test('only keys with the prefix are reported', async () => {
    const runtime = testRuntime();
    await ask(port, [['MSET', 'p:a', '1', 'a', '1', 'q:a', '1']]);
    const lookup = await open({ ...LRU, 'key-prefix': 'p', 'key-prefix-delimiter': ':' }, KV, runtime);
    await get(lookup, 'a');
    await ask(port, [['MSET', 'a', '2', 'q:a', '2']]);
    await set('p:a', '3');
    await eventually(async () => (await get(lookup, 'a')) === '3');
    expect(runtime.metric('cache.numInvalidations')).toBe(1);
  });

  test('hashName: any change of the hash empties the cache; another hash of a longer name does not', async () => {
    await ask(port, [['HSET', 'names', 'a', '1', 'b', '1']]);
    const lookup = await open({ ...LRU, hashName: 'names' });
    await lookup.lookup([['a'], ['b']]);
    await ask(port, [['HSET', 'names-2', 'a', '9'], ['PING']]);
    await set('marker', 'x');
    expect(cached(lookup, 'a')).toBe('1');
    await ask(port, [['HSET', 'names', 'b', '2']]);
    await eventually(async () => (await get(lookup, 'b')) === '2');
  });

  test('FLUSHDB empties the cache', async () => {
    await set('a', '1');
    const lookup = await open(LRU);
    await get(lookup, 'a');
    await ask(port, [['FLUSHDB']]);
    await eventually(async () => (await get(lookup, 'a')) === undefined);
  });

  test('a report that comes while the key is on its way: the answer is not kept', async () => {
    await set('a', 'old');
    const runtime = testRuntime();
    const held = new RecordingPort(port);
    const { own } = readLookupSettings(new Map(Object.entries({ connector: 'redis', host: 'h', ...LRU })));
    const lookup = new RedisLookup(
      {
        table: 't',
        bound: bindLookup({ table: TABLE, schema: KV }, own.mode, own),
        cache: new LruLookupCache({ maxRows: 10, ttlMs: undefined, cacheEmpty: true }, runtime.clock),
        tracking: true,
        openPort: async () => shared(held),
      },
      runtime,
    );
    opened.push(lookup);
    await lookup.open();
    held.hold(); // Redis answers, but the answer does not get through yet
    const asked = lookup.lookup([['a']]);
    await eventually(() => held.batches.length > 0);
    await ask(port, [['PING']]);
    await set('a', 'new');
    await eventually(() => runtime.metric('cache.numInvalidations') === 1);
    const again = lookup.lookup([['a']]); // does not join the question that is out of date
    held.release();
    expect(await asked).toEqual([[['a', 'old']]]);
    expect(await again).toEqual([[['a', 'new']]]);
    expect(cached(lookup, 'a')).toBe('new');
  });

  test('when the reports break off the cache is emptied, and nothing is kept until they are back', async () => {
    await set('a', '1');
    const runtime = testRuntime();
    const lookup = await open(LRU, KV, runtime);
    await get(lookup, 'a');
    expect(cached(lookup, 'a')).toBe('1');
    await cutReports();
    await eventually(() => runtime.warnings.length === 1);
    expect(runtime.warnings[0]).toContain("Redis' reports of changed keys are interrupted");
    expect(runtime.metric('cache.numCachedRecords')).toBe(0);
    await set('a', '2');
    expect(await get(lookup, 'a')).toBe('2');
    await eventually(() => runtime.infos.some((m) => m.includes('reports changed keys again')));
    await get(lookup, 'a');
    expect(cached(lookup, 'a')).toBe('2');
    await set('a', '3');
    await eventually(async () => (await get(lookup, 'a')) === '3');
  });

  test('a user that may not ask for reports: the job does not start, and says why', async () => {
    const user = ['ACL', 'SETUSER', 'poor', 'on', '>secret', '~*', '+@all', '-client|tracking'];
    await ask(port, [user]);
    const options = { host: redis.host, port: String(redis.port), username: 'poor', password: 'secret' };
    await expect(openLookup({ ...options, ...LRU }, KV)).rejects.toMatchObject({
      message: expect.stringMatching(/Table '.*t': Redis at .* does not report changed keys: NOPERM/),
      retryable: false,
    });
  });

  test('under a writer: no older value is ever seen after a newer one, and all ends with the last', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
    await ask(port, [['MSET', ...names.flatMap((n) => [n, '0'])]]);
    const lookup = await open(LRU);
    const last = new Map<string, number>(names.map((n) => [n, 0]));
    const stale: number[] = [];
    for (let round = 1; round <= 300; round++) {
      const name = names[round % names.length]!;
      await set(name, String(round));
      const written = performance.now();
      for (;;) {
        const seen = Number(await get(lookup, name));
        expect(seen).toBeGreaterThanOrEqual(last.get(name)!);
        if (seen === round) break;
        await new Promise(setImmediate);
      }
      stale.push(performance.now() - written);
      last.set(name, round);
    }
    stale.sort((a, b) => a - b);
    expect(stale[150]).toBeLessThan(10);
  });
});

describe('ALL', () => {
  test('changes, new keys and deletions between two loads', async () => {
    await ask(port, [
      ['HSET', 'h1', 'a', '1'],
      ['HSET', 'h2', 'a', '1'],
    ]);
    const runtime = testRuntime();
    const lookup = await open({ ...ALL, mode: 'HASHMAP' }, HASH, runtime);
    await ask(port, [
      ['HSET', 'h1', 'a', '2', 'b', 'x'],
      ['DEL', 'h2'],
      ['HSET', 'h3', 'b', 'new'],
      ['SET', 'string', 'no row'],
    ]);
    await eventually(async () => (await lookup.lookup([['h2']]))[0]!.length === 0);
    await eventually(async () => (await lookup.lookup([['h3']]))[0]!.length === 1);
    expect(await lookup.lookup([['h1'], ['h3'], ['string']])).toEqual([
      [['h1', '2', 'x']],
      [['h3', null, 'new']],
      [],
    ]);
    expect(runtime.metric('cache.loadCount')).toBe(1);
  });

  test('a change of the hash of hashName, and a flush, load the table again', async () => {
    await ask(port, [['HSET', 'names', 'a', '1']]);
    const lookup = await open({ ...ALL, hashName: 'names' });
    await ask(port, [['HSET', 'names', 'a', '2']]);
    await eventually(async () => (await get(lookup, 'a')) === '2');
    await ask(port, [['FLUSHDB']]);
    await eventually(async () => (await get(lookup, 'a')) === undefined);
  });

  test('a broken connection keeps the table, and loads it again when the reports are back', async () => {
    await set('a', '1');
    const runtime = testRuntime();
    const lookup = await open(ALL, KV, runtime);
    await cutReports();
    await set('a', '2');
    await eventually(() => runtime.metric('cache.loadCount') === 2);
    expect(await get(lookup, 'a')).toBe('2');
  });

  test('a table that changes all the time while it is loaded ends as Redis has it', async () => {
    const N = 3000;
    const names = Array.from({ length: N }, (_, i) => `k${i}`);
    await ask(port, [['MSET', ...names.flatMap((n) => [n, '0'])]]);
    let writing = true;
    const writer = (async () => {
      for (let g = 1; writing; g++) {
        const some = Array.from({ length: 50 }, (_, i) => `k${(g * 37 + i * 61) % N}`);
        await ask(port, [
          ['MSET', ...some.flatMap((n) => [n, String(g)])],
          ['DEL', `k${g % N}`],
          ['SET', `new${g}`, String(g)],
        ]);
      }
    })();
    const runtime = testRuntime();
    const lookup = await open({ ...ALL, cacheTTLMs: '1' }, KV, runtime);
    await eventually(() => runtime.metric('cache.loadCount')! >= 10);
    writing = false;
    await writer;
    const all = (await ask(port, [['KEYS', '*']]))[0] as string[];
    const expected = (await ask(port, [['MGET', ...all]]))[0] as string[];
    await eventually(async () => {
      const found = (await lookup.lookup(all.map((k) => [k]))).map((rows) => rows[0]?.[1]);
      return found.every((v, i) => v === expected[i]);
    });
    for (const name of names) {
      if (!all.includes(name)) expect(await get(lookup, name)).toBeUndefined();
    }
    expect(runtime.metric('cache.numLoadFailures')).toBe(0);
  });
});

describe('the Redis inside the process', () => {
  test('reports, too: to caches of keys and of whole tables, by prefix', async () => {
    const inside = await startEmbeddedRedis();
    const other = await openTestPort(inside);
    try {
      const at = { host: inside.host, port: String(inside.port), 'key-prefix': 'p:' };
      const [lru, all] = [await openLookup({ ...at, ...LRU }, KV), await openLookup({ ...at, ...ALL }, KV)];
      opened.push(lru, all);
      expect(await get(lru, 'ä')).toBeUndefined();
      await ask(other, [
        ['SET', 'p:ä', '1'],
        ['SET', 'q:ä', '2'],
      ]);
      for (const lookup of [lru, all]) await eventually(async () => (await get(lookup, 'ä')) === '1');
      expect(cached(lru, 'ä')).toBe('1');
      await ask(other, [['MULTI'], ['SET', 'p:ä', '3'], ['EXEC']]);
      for (const lookup of [lru, all]) await eventually(async () => (await get(lookup, 'ä')) === '3');
      await ask(other, [['FLUSHALL']]);
      for (const lookup of [lru, all]) await eventually(async () => (await get(lookup, 'ä')) === undefined);
    } finally {
      for (const lookup of opened.splice(0)) await lookup.close();
      await other.close();
      await inside.close();
    }
  });
});
