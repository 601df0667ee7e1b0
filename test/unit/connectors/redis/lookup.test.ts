// The lookup on a real Redis: what is asked, how often, and what comes back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LruLookupCache } from '../../../../src/connector/caches/lru.ts';
import { KNOWN_MISS } from '../../../../src/connector/lookup.ts';
import type { RedisPort } from '../../../../src/connectors/redis/client/port.ts';
import { RedisLookup } from '../../../../src/connectors/redis/lookup.ts';
import { bindLookup } from '../../../../src/connectors/redis/modes/index.ts';
import { readLookupSettings } from '../../../../src/connectors/redis/settings.ts';
import { ConnectorError } from '../../../../src/types/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import {
  ask,
  openTestPort,
  RecordingPort,
  schema,
  shared,
  TABLE,
  type TestRuntime,
  testRuntime,
} from '../../../support/redis-table.ts';
import { sharedRedis } from '../../../support/services.ts';

const KV = schema(['k', 'v'], ['k']);
const HASH = schema(['a', 'k', 'b'], ['k']);

let real: RedisPort;
let port: RecordingPort;

beforeAll(async () => {
  real = await openTestPort(await sharedRedis());
});
afterAll(() => real.close());
beforeEach(async () => {
  port = new RecordingPort(real);
  await ask(real, [
    ['FLUSHDB'],
    ['MSET', 'a', '1', 'b', '', 'p:a', 'prefixed', 'ключ €', 'ü😀'],
    ['HSET', 'h1', 'a', 'x', 'b', 'y'],
    ['HSET', 'h2', 'b', 'y'],
    ['HSET', 'h3', 'c', 'z'],
    ['HSET', 'names', 'a', 'Anna', 'p-a', 'Prefixed'],
  ]);
});

async function open(
  options: Record<string, string>,
  physical = KV,
  at: RedisPort = port,
  runtime: TestRuntime = testRuntime(),
): Promise<RedisLookup> {
  const given = new Map(Object.entries({ connector: 'redis', host: 'localhost', ...options }));
  const { own } = readLookupSettings(given);
  const { cacheSize: maxRows, cacheTtlMs: ttlMs, cacheEmpty } = own;
  const lookup = new RedisLookup(
    {
      table: 't',
      bound: bindLookup({ table: TABLE, schema: physical }, own.mode, own),
      cache: own.cache === 'LRU' ? new LruLookupCache({ maxRows, ttlMs, cacheEmpty }, runtime.clock) : null,
      tracking: own.tracking,
      openPort: async () => shared(at),
    },
    runtime,
  );
  await lookup.open();
  return lookup;
}

const keys = (...names: string[]) => names.map((k) => [k]);

describe('what comes back', () => {
  test('STRING: one MGET, in the order of the keys; a miss has no rows; the empty string is a value', async () => {
    const lookup = await open({});
    expect(await lookup.lookup(keys('b', 'none', 'a', 'ключ €'))).toEqual([
      [['b', '']],
      [],
      [['a', '1']],
      [['ключ €', 'ü😀']],
    ]);
    expect(port.commands).toEqual(['MGET b none a ключ €']);
  });

  test('STRING: the key may be the second column, and takes the prefix in Redis only', async () => {
    const options = { 'key-prefix': 'p', 'key-prefix-delimiter': ':' };
    const lookup = await open(options, schema(['v', 'k'], ['k']));
    expect(await lookup.lookup(keys('a'))).toEqual([[['prefixed', 'a']]]);
  });

  test('HASHMAP: the declared fields; some of them missing are NULL, all of them no match', async () => {
    const lookup = await open({ mode: 'HASHMAP' }, HASH);
    expect(await lookup.lookup(keys('h1', 'h2', 'h3', 'h4'))).toEqual([
      [['x', 'h1', 'y']],
      [[null, 'h2', 'y']],
      [],
      [],
    ]);
    expect(port.batches).toEqual([['HMGET h1 a b', 'HMGET h2 a b', 'HMGET h3 a b', 'HMGET h4 a b']]);
  });

  test.each(['STRING', 'HASHMAP', undefined])('hashName: one HMGET of one hash (mode %s)', async (mode) => {
    const lookup = await open({ hashName: 'names', ...(mode === undefined ? {} : { mode }) });
    expect(await lookup.lookup(keys('none', 'a'))).toEqual([[], [['a', 'Anna']]]);
    expect(port.commands).toEqual(['HMGET names none a']);
  });

  test('hashName: the prefix goes before the field', async () => {
    const lookup = await open({ hashName: 'names', 'key-prefix': 'p-' });
    expect(await lookup.lookup(keys('a'))).toEqual([[['a', 'Prefixed']]]);
  });
});

describe('what is asked', () => {
  test('a key of a batch once', async () => {
    const lookup = await open({});
    const found = await lookup.lookup(keys('a', 'b', 'a', 'a'));
    expect(found.map((rows) => rows[0]?.[1])).toEqual(['1', '', '1', '1']);
    expect(port.commands).toEqual(['MGET a b']);
  });

  test('a key on its way not again', async () => {
    const lookup = await open({});
    port.hold();
    const first = lookup.lookup(keys('a', 'b'));
    const second = lookup.lookup(keys('b', 'none', 'a'));
    port.release();
    expect(await first).toEqual([[['a', '1']], [['b', '']]]);
    expect(await second).toEqual([[['b', '']], [], [['a', '1']]]);
    expect(port.commands).toEqual(['MGET a b', 'MGET none']);
    await lookup.lookup(keys('a'));
    expect(port.commands).toHaveLength(3);
  });

  test('many keys in pieces', async () => {
    const lookup = await open({});
    const names = Array.from({ length: 5500 }, (_, i) => `k${i}`);
    await ask(real, [['MSET', ...names.flatMap((k) => [k, `v-${k}`])]]);
    const found = await lookup.lookup(keys(...names));
    expect(found.map((rows) => rows[0]?.[1])).toEqual(names.map((k) => `v-${k}`));
    expect(port.commands.map((c) => c.split(' ').length - 1)).toEqual([1000, 1000, 1000, 1000, 1000, 500]);
  });

  test('no keys, no question', async () => {
    const lookup = await open({});
    expect(lookup.lookup([])).toEqual([]);
    expect(port.commands).toEqual([]);
  });
});

describe('LRU', () => {
  test('answers at once what it knows, misses too', async () => {
    const runtime = testRuntime(new ManualClock());
    const lookup = await open({ cache: 'LRU', cacheSize: '10' }, KV, port, runtime);
    await lookup.lookup(keys('a', 'none'));
    expect(lookup.lookup(keys('none', 'a', 'a'))).toEqual([[], [['a', '1']], [['a', '1']]]);
    expect(await lookup.lookup(keys('a', 'b'))).toEqual([[['a', '1']], [['b', '']]]);
    expect(port.commands).toEqual(['MGET a none', 'MGET b']);
    const metrics = ['hitCount', 'missCount', 'loadCount', 'numLoadFailures', 'numCachedRecords'];
    expect(metrics.map((m) => runtime.metric(`cache.${m}`))).toEqual([4, 3, 3, 0, 3]);
    expect(runtime.metric('cache.latestLoadTime')).toBe(0);
    const requests = [
      'numRequests',
      'numRequestErrors',
      'requestLatencyP99',
      'numReconnects',
      'numRedirects',
    ];
    expect(requests.map((m) => runtime.metric(m))).toEqual([2, 0, 0, 0, 0]);
    await lookup.close();
    expect(runtime.metric('cache.numCachedRecords')).toBe(3);
  });

  test('asks again after the time to live', async () => {
    const clock = new ManualClock();
    const lookup = await open({ cache: 'LRU', cacheTTLMs: '1000' }, KV, port, testRuntime(clock));
    await lookup.lookup(keys('a'));
    await ask(real, [['SET', 'a', '2']]);
    await clock.advance(900);
    expect(lookup.lookup(keys('a'))).toEqual([[['a', '1']]]);
    await clock.advance(200);
    expect(await lookup.lookup(keys('a'))).toEqual([[['a', '2']]]);
  });

  test('cacheEmpty = false: asks for a miss each time', async () => {
    const lookup = await open({ cache: 'LRU', cacheEmpty: 'false' });
    await lookup.lookup(keys('none'));
    await ask(real, [['SET', 'none', '!']]);
    expect(await lookup.lookup(keys('none'))).toEqual([[['none', '!']]]);
  });

  test('however many rows wait for a key, it is asked once, also while the cache is too small for all', async () => {
    const lookup = await open({ cache: 'LRU', cacheSize: '1' });
    port.hold();
    const many = Array.from({ length: 200 }, (_, i) =>
      Promise.resolve(lookup.lookup(i % 2 === 0 ? keys('a', 'b') : keys('b'))),
    );
    port.release();
    const answers = await Promise.all(many);
    expect(answers[0]).toEqual([[['a', '1']], [['b', '']]]);
    expect(answers[199]).toEqual([[['b', '']]]);
    expect(port.commands).toEqual(['MGET a b']);
  });

  test('never holds more keys than its size, whatever is asked', async () => {
    const runtime = testRuntime();
    const lookup = await open({ cache: 'LRU', cacheSize: '3' }, KV, port, runtime);
    for (let i = 0; i < 50; i++) {
      await lookup.lookup(keys(`k${(i * 7) % 11}`, `k${i % 5}`, 'a'));
      expect(runtime.metric('cache.numCachedRecords')).toBeLessThanOrEqual(3);
    }
  });

  test('who will ask again for a miss gets a new answer each time; the cache learns of it when nobody will', async () => {
    const runtime = testRuntime();
    const lookup = await open({ cache: 'LRU' }, KV, port, runtime);
    const first = { again: false, last: false };
    expect(await lookup.lookup(keys('a', 'none'), first)).toEqual([[['a', '1']], []]);
    expect(runtime.metric('cache.numCachedRecords')).toBe(1);
    expect(await lookup.lookup(keys('none'), { again: true, last: false })).toEqual([[]]);
    await ask(real, [['SET', 'none', '!']]);
    expect(await lookup.lookup(keys('none'), { again: true, last: true })).toEqual([[['none', '!']]]);
    expect(lookup.lookup(keys('none'), first)).toEqual([[['none', '!']]]);
    expect(port.commands).toEqual(['MGET a none', 'MGET none', 'MGET none']);

    await lookup.lookup(keys('never'), first);
    await lookup.lookup(keys('never'), { again: true, last: true });
    const known = await lookup.lookup(keys('never'), first);
    expect(known[0]).toBe(KNOWN_MISS);
    expect(port.commands).toHaveLength(5);
  });

  test('a batch larger than the cache is answered all the same', async () => {
    const lookup = await open({ cache: 'LRU', cacheSize: '1' });
    expect(await lookup.lookup(keys('a', 'b', 'a'))).toEqual([[['a', '1']], [['b', '']], [['a', '1']]]);
  });
});

describe('failures', () => {
  test.each([
    [
      { mode: 'HASHMAP' },
      HASH,
      'a',
      "Table 't': Redis refused HMGET of key 'a': WRONGTYPE Operation against",
    ],
    [{ hashName: 'a' }, KV, 'x', "Table 't': Redis refused HMGET of key 'a': WRONGTYPE Operation against"],
  ])(
    'a refused command fails the lookup, with command and key: %o',
    async (options, physical, key, message) => {
      const lookup = await open(options, physical);
      await expect(lookup.lookup(keys(key))).rejects.toThrow(message);
    },
  );

  test('a failure reaches all who wait, is not cached, and is counted', async () => {
    const runtime = testRuntime();
    let fail = true;
    const cause = new ConnectorError('gone', { retryable: true });
    const flaky: RedisPort = {
      ...shared(real),
      pipeline: async (batch) => {
        await new Promise(setImmediate);
        if (fail) throw cause;
        return real.pipeline(batch);
      },
    };
    const lookup = await open({ cache: 'LRU' }, KV, flaky, runtime);
    const first = Promise.resolve(lookup.lookup(keys('a', 'none')));
    const second = Promise.resolve(lookup.lookup(keys('a')));
    await expect(first).rejects.toMatchObject({ message: "Table 't': reading from Redis failed.", cause });
    await expect(second).rejects.toThrow('reading from Redis failed');
    expect(runtime.metric('cache.numLoadFailures')).toBe(2);
    expect(runtime.metric('cache.numCachedRecords')).toBe(0);
    fail = false;
    expect(await lookup.lookup(keys('a', 'none'))).toEqual([[['a', '1']], []]);
  });

  test('of many pieces one fails: the keys of all can be asked again', async () => {
    await ask(real, [['SET', 'k17', 'no hash']]);
    const lookup = await open({ mode: 'HASHMAP' }, HASH);
    const names = Array.from({ length: 9000 }, (_, i) => `k${i}`);
    await expect(lookup.lookup(keys(...names))).rejects.toThrow("key 'k17'");
    await ask(real, [['DEL', 'k17']]);
    expect((await lookup.lookup(keys(...names))).every((rows) => rows.length === 0)).toBe(true);
  });

  test('after close it says so', async () => {
    const lookup = await open({ cache: 'LRU' });
    await lookup.close();
    expect(() => lookup.lookup(keys('a'))).toThrow('the lookup is closed');
  });
});
