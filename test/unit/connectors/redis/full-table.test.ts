// `cache` = `ALL` on a real Redis: what is loaded, when it is loaded again, and what happens when that fails.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KNOWN_MISS, type LookupFunction } from '../../../../src/connector/lookup.ts';
import type { RedisPort } from '../../../../src/connectors/redis/client/port.ts';
import { FullTable } from '../../../../src/connectors/redis/full-table.ts';
import { bindLookup } from '../../../../src/connectors/redis/modes/index.ts';
import { readLookupSettings } from '../../../../src/connectors/redis/settings.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import {
  ask,
  eventually,
  lookupOf,
  openLookup,
  openTestPort,
  schema,
  shared,
  TABLE,
  type TestRuntime,
  testRuntime,
} from '../../../support/redis-table.ts';
import { type SharedRedis, sharedRedis, startRedis } from '../../../support/services.ts';

const KV = schema(['k', 'v'], ['k']);
const HASH = schema(['a', 'k', 'b'], ['k']);
const ALL = { cache: 'ALL' };

let redis: SharedRedis;
let port: RedisPort;
const opened: LookupFunction[] = [];

beforeAll(async () => {
  redis = await sharedRedis();
  port = await openTestPort(redis);
});
afterAll(() => port.close());
beforeEach(() => ask(port, [['FLUSHDB']]));
afterEach(async () => {
  for (const lookup of opened.splice(0)) await lookup.close();
});

async function open(
  options: Record<string, string>,
  physical = KV,
  runtime: TestRuntime = testRuntime(),
): Promise<LookupFunction> {
  const at = { host: redis.host, port: String(redis.port), dbNum: String(redis.database) };
  const lookup = await openLookup({ ...at, ...ALL, ...options }, physical, runtime);
  opened.push(lookup);
  return lookup;
}

const keys = (...names: string[]) => names.map((k) => [k]);

describe('what is loaded', () => {
  test('hashName: all fields of one hash, many more than a step has', async () => {
    const pairs = Array.from({ length: 5000 }, (_, i) => [`f${i}`, `v${i}`]);
    await ask(port, [['HSET', 'names', ...pairs.flat()]]);
    const runtime = testRuntime();
    const lookup = await open({ hashName: 'names' }, KV, runtime);
    expect(lookup.lookup(keys('f0', 'f4999', 'none'))).toEqual([[['f0', 'v0']], [['f4999', 'v4999']], []]);
    const metrics = [
      'hitCount',
      'missCount',
      'loadCount',
      'numLoadFailures',
      'numCachedRecords',
      'numInvalidations',
    ];
    expect(metrics.map((m) => runtime.metric(`cache.${m}`))).toEqual([2, 1, 1, 0, 5000, 0]);
    expect(runtime.metric('numRequests')).toBeUndefined(); // no question for a row
    expect(runtime.metric('cache.numCachedBytes')).toBeGreaterThan(50_000);
    expect(runtime.metric('cache.latestLoadTime')).toBeGreaterThan(0);
    await lookup.close();
    expect(runtime.metric('cache.numCachedRecords')).toBe(5000);
    expect(runtime.metric('cache.numCachedBytes')).toBeGreaterThan(50_000);
  });

  test('hashName with a prefix: the fields that have it, without it', async () => {
    await ask(port, [['HSET', 'names', 'p-a', '1', 'b', '2']]);
    const lookup = await open({ hashName: 'names', 'key-prefix': 'p-' });
    expect(lookup.lookup(keys('a', 'b', 'p-a'))).toEqual([[['a', '1']], [], []]);
  });

  test('HASHMAP: the hashes behind the prefix, whatever characters it has; other structures are passed over', async () => {
    await ask(port, [
      ['HSET', 'a*[b]?:h1', 'a', 'x', 'b', 'y'],
      ['HSET', 'a*[b]?:h2', 'b', ''],
      ['HSET', 'a*[b]?:h3', 'c', 'z'],
      ['HSET', 'axxb1:h4', 'a', 'no'],
      ['SET', 'a*[b]?:s', 'string'],
    ]);
    const lookup = await open({ mode: 'HASHMAP', 'key-prefix': 'a*[b]?', 'key-prefix-delimiter': ':' }, HASH);
    expect(lookup.lookup(keys('h1', 'h2', 'h3', 'h4', 's'))).toEqual([
      [['x', 'h1', 'y']],
      [[null, 'h2', '']],
      [],
      [],
      [],
    ]);
  });

  test('STRING, with text of any kind and values of very different size', async () => {
    const large = 'ü'.repeat(300_000);
    const names = Array.from({ length: 3000 }, (_, i) => `k${i}`);
    await ask(port, [
      ['MSET', 'ключ €', '😀', 'empty', '', ...names.flatMap((n) => [n, `v-${n}`])],
      ...Array.from({ length: 20 }, (_, i) => ['SET', `large${i}`, large]),
      ['LPUSH', 'list', 'x'],
    ]);
    const runtime = testRuntime();
    const lookup = await open({}, schema(['v', 'k'], ['k']), runtime);
    expect(lookup.lookup(keys('ключ €', 'empty', 'list'))).toEqual([[['😀', 'ключ €']], [['', 'empty']], []]);
    const found = (await lookup.lookup(keys(...names))).map((rows) => rows[0]?.[0]);
    expect(found).toEqual(names.map((n) => `v-${n}`));
    expect((await lookup.lookup(keys('large7')))[0]?.[0]?.[0]).toBe(large);
    expect(runtime.metric('cache.numCachedRecords')).toBe(3022);
  });

  test('misses do not ask; nothing does', async () => {
    await ask(port, [['SET', 'a', '1']]);
    const runtime = testRuntime();
    const lookup = await open({}, KV, runtime);
    const before = runtime.metric('numCommandsSent');
    await ask(port, [['SET', 'later', '1']]);
    const found = await lookup.lookup(keys('later', 'a', 'none'));
    expect(found).toEqual([[], [['a', '1']], []]);
    expect(found[0]).toBe(KNOWN_MISS); // a LOOKUP hint's retry would be of no use
    expect(runtime.metric('numCommandsSent')).toBe(before);
  });

  test('an empty table is a table', async () => {
    const lookup = await open({ hashName: 'nothing' });
    expect(lookup.lookup(keys('a'))).toEqual([[]]);
  });

  test('a first load that fails fails the job, with the cause', async () => {
    await ask(port, [['SET', 'names', 'no hash']]);
    const failing = open({ hashName: 'names' });
    await expect(failing).rejects.toThrow("Redis refused HSCAN of key 'names': WRONGTYPE");
  });

  test('a server that is not there: named', async () => {
    const failing = openLookup({ ...ALL, host: '127.0.0.1', port: '1' }, KV);
    const error = await failing.then(
      () => null,
      (e: unknown) => e,
    );
    expect(errorChain(error).join(' ')).toMatch(/Table '.*t': connecting to Redis failed.*127\.0\.0\.1:1/);
  });
});

describe('loading again', () => {
  const INTERVAL = { cacheTTLMs: '60000' };
  const get = async (lookup: LookupFunction, key: string) => (await lookup.lookup([[key]]))[0]?.[0]?.[1];

  test('so long after the end of the load before, and not at all without the option', async () => {
    const clock = new ManualClock();
    const runtime = testRuntime(clock);
    await ask(port, [['SET', 'a', '1']]);
    const lookup = await open(INTERVAL, KV, runtime);
    const once = await open({ cacheSize: '1' }, KV, testRuntime(clock));
    await ask(port, [['SET', 'a', '2']]);
    await clock.advance(59_999);
    expect(runtime.metric('cache.loadCount')).toBe(1);
    await clock.advance(1);
    await eventually(() => runtime.metric('cache.loadCount') === 2);
    expect(await get(lookup, 'a')).toBe('2');
    await ask(port, [['DEL', 'a']]);
    await clock.advance(60_000);
    await eventually(() => runtime.metric('cache.loadCount') === 3);
    expect(await get(lookup, 'a')).toBeUndefined();
    await lookup.close();
    await clock.advance(1e10);
    expect(await get(once, 'a')).toBe('1');
  });

  test('one load for all joins of the table, until the last of them is closed', async () => {
    const clock = new ManualClock();
    const [first, second, other] = [testRuntime(clock), testRuntime(clock), testRuntime(clock)];
    await ask(port, [['SET', 'a', '1']]);
    const [one, two] = await Promise.all([open(INTERVAL, KV, first), open(INTERVAL, KV, second)]);
    await open({ ...INTERVAL, 'key-prefix': 'x' }, KV, other);
    expect(first.metric('numCommandsSent')).toBe(second.metric('numCommandsSent'));
    await one.close();
    await ask(port, [['SET', 'a', '2']]);
    await clock.advance(60_000);
    await eventually(() => second.metric('cache.loadCount') === 2);
    expect(await get(two, 'a')).toBe('2');
    expect(() => one.lookup([['a']])).toThrow('closed');
    await two.close();
    for (const lookup of opened.splice(0)) await lookup.close();
    expect(clock.pending).toBe(0);
  });

  test('another attempt of the job counts on, with a table of its own or one that others keep', async () => {
    await ask(port, [['SET', 'a', '1']]);
    const runtime = testRuntime();
    for (const loads of [1, 2]) {
      const lookup = await open({}, KV, runtime);
      await get(lookup, 'a');
      expect(runtime.metric('cache.loadCount')).toBe(loads);
      expect(runtime.metric('cache.hitCount')).toBe(loads);
      await lookup.close();
    }
    const sent = runtime.metric('numCommandsSent')!;
    expect(sent).toBe(2); // the MGET of each load
    await open({}, KV, testRuntime());
    for (let attempt = 0; attempt < 2; attempt++) {
      const lookup = await open({}, KV, runtime);
      expect(runtime.metric('cache.loadCount')).toBe(2);
      expect(runtime.metric('numCommandsSent')).toBe(sent);
      await lookup.close();
    }
  });

  test('a load that fails leaves the table as it was, is told and counted, and is tried again', async () => {
    const clock = new ManualClock();
    const runtime = testRuntime(clock);
    await ask(port, [['HSET', 'h', 'a', '1']]);
    const lookup = await open({ ...INTERVAL, hashName: 'h' }, KV, runtime);
    await ask(port, [
      ['DEL', 'h'],
      ['SET', 'h', 'no hash'],
    ]);
    await clock.advance(60_000);
    await eventually(() => runtime.metric('cache.numLoadFailures') === 1);
    expect(await get(lookup, 'a')).toBe('1');
    expect(runtime.warnings.join()).toContain('The table in memory stays as it was loaded before (1 rows)');
    expect(runtime.failures).toEqual([]);
    await ask(port, [
      ['DEL', 'h'],
      ['HSET', 'h', 'a', '2'],
    ]);
    await clock.advance(60_000);
    await eventually(() => runtime.metric('cache.loadCount') === 2);
    expect(await get(lookup, 'a')).toBe('2');
  });

  test('never seen half loaded, while a writer rewrites all of it', async () => {
    const N = 5000;
    const runtime = testRuntime();
    const generation = (g: number) =>
      ask(port, [['MSET', ...Array.from({ length: N }, (_, i) => [`k${i}`, String(g)]).flat()]]);
    await generation(0);
    const lookup = await open({ cacheTTLMs: '1' }, KV, runtime);
    const names = Array.from({ length: N }, (_, i) => [`k${i}`]);
    let previous = 0;
    for (let g = 1; g <= 30; g++) {
      const loads = runtime.metric('cache.loadCount')!;
      await generation(g);
      // A load reads over some time, and so may hold two generations; a join's batch sees one load, and never an older one.
      const seen = (await lookup.lookup(names)).map((rows) => Number(rows[0]?.[1]));
      expect(seen.filter(Number.isNaN)).toEqual([]);
      expect(Math.max(...seen)).toBeLessThanOrEqual(g);
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(previous);
      await eventually(() => runtime.metric('cache.loadCount')! >= loads + 2);
      previous = g;
    }
    expect(runtime.metric('cache.numLoadFailures')).toBe(0);
  });

  test('closing while the first load is under way ends it', async () => {
    const own = await startRedis({ persist: false });
    try {
      own.pause();
      const options = { host: own.host, port: String(own.port), ...ALL, 'connect.timeout': '60s' };
      const lookup = lookupOf(options, KV, testRuntime());
      const opening = lookup.open();
      opening.catch(() => {
        // asserted below
      });
      const start = performance.now();
      await lookup.close();
      await expect(opening).rejects.toThrow(/connecting to Redis failed/);
      expect(performance.now() - start).toBeLessThan(3000);
    } finally {
      await own.close();
    }
  });
});

describe('cacheReloadTimeBlackList', () => {
  async function reloads(zone: string, start: string, ranges: string, everyMs: number, hours: number) {
    const clock = new ManualClock(Date.parse(start));
    const runtime = { ...testRuntime(clock), timeZone: zone };
    await ask(port, [['SET', 'a', '1']]);
    const options = { connector: 'redis', host: 'h', cacheReloadTimeBlackList: ranges };
    const { own } = readLookupSettings(new Map(Object.entries(options)));
    const table = new FullTable(
      {
        table: 't',
        bound: bindLookup({ table: TABLE, schema: KV }, own.mode, own),
        reloadMs: everyMs,
        noReload: own.noReload,
        tracking: false,
        openPort: async () => shared(port),
      },
      runtime,
    );
    await table.open();
    const times: string[] = [];
    let loads = table.loads;
    for (let minute = 0; minute < hours * 60; minute++) {
      await clock.advance(60_000);
      await eventually(() => clock.pending > 0); // none while it loads: the port here has a clock of its own
      if (table.loads > loads) times.push(new Date(clock.now()).toISOString().slice(11, 16));
      loads = table.loads;
    }
    await table.close();
    return times;
  }

  test('a load that is due in a period happens at its end; first loads are not concerned', async () => {
    const times = await reloads('UTC', '2024-05-01T21:50:00Z', '22:00 -> 2:00', 30 * 60_000, 6);
    expect(times).toEqual(['02:00', '02:30', '03:00', '03:30']);
  });

  test('by the clocks of the job, over the change to summer time', async () => {
    // Berlin, 31 March 2024: 02:00 becomes 03:00. 01:30 -> 03:30 lasts one hour: 00:30 to 01:30 UTC.
    const times = await reloads('Europe/Berlin', '2024-03-31T00:00:00Z', '1:30 -> 3:30', 40 * 60_000, 3);
    expect(times).toEqual(['01:30', '02:10', '02:50']);
  });

  test('and over the change back', async () => {
    // Berlin, 27 October 2024: 03:00 becomes 02:00. 01:30 -> 03:30 lasts three hours: 23:30 to 02:30 UTC.
    const times = await reloads('Europe/Berlin', '2024-10-26T23:00:00Z', '1:30 -> 3:30', 40 * 60_000, 4);
    expect(times).toEqual(['02:30']);
  });

  test('dated periods, one of them into the next day, beside daily ones', async () => {
    const ranges = '2024-05-01 9:15 -> 2024-05-01 9:45, 2024-05-01 23:30 -> 2024-05-02 0:30, 10:00 -> 10:20';
    expect(await reloads('UTC', '2024-05-01T09:00:00Z', ranges, 10 * 60_000, 2)).toEqual([
      ...['09:10', '09:45', '09:55'],
      ...['10:20', '10:30', '10:40', '10:50'], // not at 10:05
      '11:00',
    ]);
    expect(await reloads('UTC', '2024-05-01T23:00:00Z', ranges, 20 * 60_000, 2)).toEqual([
      '23:20',
      '00:30',
      '00:50',
    ]);
    // The next year only the daily one is left.
    expect(await reloads('UTC', '2025-05-01T23:00:00Z', ranges, 40 * 60_000, 2)).toEqual([
      '23:40',
      '00:20',
      '01:00',
    ]);
  });

  test('a dated period over the change back: an hour that comes twice is in it twice', async () => {
    // Berlin, 27 October 2024: 00:00 to 01:00 UTC and 01:00 to 02:00 UTC are both 02:00 to 03:00.
    const ranges = '2024-10-26 23:30 -> 2024-10-27 02:30';
    expect(await reloads('Europe/Berlin', '2024-10-26T21:20:00Z', ranges, 20 * 60_000, 5)).toEqual([
      ...['00:30', '00:50'],
      ...['01:30', '01:50', '02:10'],
    ]);
  });
});
