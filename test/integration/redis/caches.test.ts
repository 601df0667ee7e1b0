// Caches and durability where there are several servers: clusters and replicas.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterHandle, RedisHandle } from '../../../scripts/services/index.mjs';
import { moveSlot, ownerOf, replicationOf, untilCopied } from '../../../scripts/services/redis-operations.ts';
import type { LookupFunction } from '../../../src/connector/lookup.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import { ConnectorError } from '../../../src/types/errors.ts';
import { batchOf, type Change } from '../../support/memory-tables.ts';
import {
  eventually,
  lookupOf,
  openLookup,
  openSink,
  schema,
  testRuntime,
} from '../../support/redis-table.ts';
import { startCluster, startRedis } from '../../support/services.ts';

const KV = schema(['k', 'v'], ['k']);
const HASH = schema(['k', 'a'], ['k']);
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describe('in a cluster', () => {
  let cluster: ClusterHandle;
  let at: Record<string, string>;

  beforeAll(async () => {
    cluster = await startCluster(3, { replicas: 1 });
    at = { host: cluster.host, port: String(cluster.port), clusterMode: 'true' };
  }, 60_000);
  afterAll(() => cluster?.close());

  async function fill(prefix: string, rows: number, value: (i: number) => string): Promise<void> {
    const changes = Array.from({ length: rows }, (_, i): Change => [0, [`${i}`, value(i)]]);
    const sink = await openSink({ ...at, mode: 'STRING', 'key-prefix': prefix }, KV);
    await sink.write(batchOf(changes));
    await sink.flush(true);
    await sink.close();
  }
  async function open(options: Record<string, string>, physical = KV, runtime = testRuntime()) {
    const lookup = await openLookup({ ...at, ...options }, physical, runtime);
    opened.push(lookup);
    return lookup;
  }
  const get = async (lookup: LookupFunction, key: string) => (await lookup.lookup([[key]]))[0]?.[0]?.[1];
  const set = async (key: string, value: string) =>
    (await ownerOf(cluster, slotOfKey(key))).command(['SET', key, value]);

  test('ALL reads every master', async () => {
    await fill('all:', 3000, (i) => `v${i}`);
    const runtime = testRuntime();
    const lookup = await open({ cache: 'ALL', 'key-prefix': 'all:' }, KV, runtime);
    expect(runtime.metric('cache.numCachedRecords')).toBe(3000);
    const keys = Array.from({ length: 3000 }, (_, i) => [String(i)]);
    expect((await lookup.lookup(keys)).map((rows) => rows[0]?.[1])).toEqual(keys.map(([i]) => `v${i}`));
  });

  test('ALL reads replicas alone, where lookups may', async () => {
    await fill('rep:', 3000, (i) => `v${i}`);
    const masters = cluster.nodes.slice(0, 3);
    for (const master of masters) await untilCopied(master);
    for (const node of cluster.nodes) await node.command(['CONFIG', 'RESETSTAT']);
    const runtime = testRuntime();
    await open({ cache: 'ALL', 'key-prefix': 'rep:', 'lookup.read-from': 'replica' }, KV, runtime);
    expect(runtime.metric('cache.numCachedRecords')).toBe(3000);
    const scans = await Promise.all(
      cluster.nodes.map(async (node) => String(await node.command(['INFO', 'commandstats']))),
    );
    expect(scans.map((text) => text.includes('cmdstat_scan'))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  test('ALL of one hash, which one master has; ALL of hashes', async () => {
    const sink = await openSink({ ...at, mode: 'HASHMAP', flattenHash: 'true', 'key-prefix': 'h:' }, HASH);
    await sink.write(batchOf(Array.from({ length: 500 }, (_, i): Change => [0, [`${i}`, `a${i}`]])));
    await sink.flush(true);
    await sink.close();
    const hashes = await open({ cache: 'ALL', mode: 'HASHMAP', 'key-prefix': 'h:' }, HASH);
    expect(await get(hashes, '499')).toBe('a499');
    const one = await open({ cache: 'ALL', hashName: 'h:7' });
    expect(await get(one, 'a')).toBe('a7');
  });

  test('ALL misses nothing while slots move to another master and back', async () => {
    const N = 20_000;
    await fill('move:', N, () => 'x');
    const slots = Array.from({ length: 12 }, (_, i) => slotOfKey(`move:${i}`));
    const homes = await Promise.all(slots.map((slot) => ownerOf(cluster, slot)));
    let moving = true;
    const mover = (async () => {
      while (moving) {
        for (const [i, slot] of slots.entries()) {
          const away = cluster.nodes[(cluster.nodes.indexOf(homes[i]!) + 1) % 3]!;
          await moveSlot(cluster, slot, away);
          await moveSlot(cluster, slot, homes[i]!);
          if (!moving) return;
        }
      }
    })();
    const runtime = testRuntime();
    await open({ cache: 'ALL', cacheTTLMs: '1', 'key-prefix': 'move:' }, KV, runtime);
    for (let loads = 1; loads < 4; loads++) {
      await eventually(() => runtime.metric('cache.loadCount')! >= loads, 30_000);
    }
    moving = false;
    await mover;
    const loads = runtime.metric('cache.loadCount')!;
    await eventually(() => runtime.metric('cache.loadCount')! >= loads + 2, 30_000);
    expect(runtime.metric('cache.numCachedRecords')).toBe(N);
    expect(runtime.metric('cache.numLoadFailures')).toBe(0);
  }, 60_000);

  test('ALL finds keys that move from where they were not read yet to where all had been', async () => {
    const MANY = 100_000;
    const [from, to] = [cluster.nodes[0]!, cluster.nodes[1]!];
    const names = Array.from({ length: 60 }, (_, i) => `past:${i}`);
    const homes = await Promise.all(names.map((name) => ownerOf(cluster, slotOfKey(name))));
    const there = names.filter((_, i) => homes[i] === from);
    // One slot with many keys keeps the scan of its master busy; the slots of single keys move meanwhile.
    const tag = there[0]!;
    const moving = there.slice(1, 9);
    const large = Array.from({ length: MANY }, (_, i) => [`past:{${tag}}${i}`, 'x']);
    for (let i = 0; i < MANY; i += 5000) await from.command(['MSET', ...large.slice(i, i + 5000).flat()]);
    for (const key of moving) await set(key, 'x');
    const runtime = testRuntime();
    const lookup = lookupOf({ ...at, cache: 'ALL', 'key-prefix': 'past:' }, KV, runtime);
    opened.push(lookup);
    const opening = lookup.open();
    await eventually(() => (runtime.metric('cache.numCachedBytes') ?? 0) > 0);
    for (const key of moving) await moveSlot(cluster, slotOfKey(key), to);
    await opening;
    expect(runtime.metric('cache.numCachedRecords')).toBe(MANY + moving.length);
    for (const key of moving) await moveSlot(cluster, slotOfKey(key), from);
    await from.command(['FLUSHALL']);
  }, 60_000);

  test('ALL of one hash that moves to another master while it is read', async () => {
    const N = 60_000;
    const home = await ownerOf(cluster, slotOfKey('moving'));
    const fields = Array.from({ length: N }, (_, i) => [`f${i}`, 'x']);
    for (let i = 0; i < N; i += 5000)
      await home.command(['HSET', 'moving', ...fields.slice(i, i + 5000).flat()]);
    const runtime = testRuntime();
    const lookup = lookupOf({ ...at, cache: 'ALL', hashName: 'moving' }, KV, runtime);
    opened.push(lookup);
    const opening = lookup.open();
    await eventually(() => (runtime.metric('cache.numCachedBytes') ?? 0) > 500_000);
    const away = cluster.nodes[(cluster.nodes.indexOf(home) + 1) % 3]!;
    await moveSlot(cluster, slotOfKey('moving'), away);
    await opening;
    expect(runtime.metric('cache.numCachedRecords')).toBe(N);
    expect(runtime.metric('cache.numLoadFailures')).toBe(0);
    await moveSlot(cluster, slotOfKey('moving'), home);
    await home.command(['DEL', 'moving']);
  }, 30_000);

  test('reports of changed keys from every master', async () => {
    const N = 30;
    await fill('lru:', N, () => 'old');
    const options = { 'key-prefix': 'lru:', 'cache.invalidation': 'tracking' };
    const [lru, all] = [await open({ ...options, cache: 'LRU' }), await open({ ...options, cache: 'ALL' })];
    const keys = Array.from({ length: N }, (_, i) => [String(i)]);
    for (const lookup of [lru, all]) {
      expect((await lookup.lookup(keys)).every((rows) => rows[0]?.[1] === 'old')).toBe(true);
    }
    for (let i = 0; i < N; i++) await set(`lru:${i}`, `new${i}`);
    for (const lookup of [lru, all]) {
      await eventually(async () =>
        (await lookup.lookup(keys)).every((rows, i) => rows[0]?.[1] === `new${i}`),
      );
    }
  });

  test('sink.durability.replicas: every master asks its own replicas', async () => {
    const options = { ...at, mode: 'STRING', 'sink.durability.replicas': '1' };
    const sink = await openSink(options, KV);
    opened.push(sink);
    const rows = Array.from({ length: 1000 }, (_, i): Change => [0, [`d${i}`, 'v']]);
    await sink.write(batchOf(rows));
    await sink.flush(false);
    const replicas = cluster.nodes.slice(3);
    const sizes = await Promise.all(replicas.map(async (r) => Number(await r.command(['DBSIZE']))));
    const masters = await Promise.all(
      cluster.nodes.slice(0, 3).map(async (m) => Number(await m.command(['DBSIZE']))),
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(masters.reduce((a, b) => a + b));
    replicas[1]!.pause();
    try {
      await sink.write(batchOf(rows));
      await expect(sink.flush(false)).rejects.toThrow(
        /0 of the 1 replicas that 'sink.durability.replicas' asks for/,
      );
    } finally {
      replicas[1]!.resume();
    }
  });
});

describe('sink.durability.replicas', () => {
  let master: RedisHandle;
  let replica: RedisHandle;

  beforeAll(async () => {
    master = await startRedis({ persist: false, args: ['--repl-diskless-sync-delay', '0'] });
    replica = await startRedis({ persist: false });
    await replica.command(['REPLICAOF', master.host, master.port]);
    await master.command(['SET', 'probe', 'v']);
    await untilCopied(master);
  }, 60_000);
  afterAll(async () => {
    await replica?.close();
    await master?.close();
  });

  const options = (replicas: number, timeout = '1s') => ({
    host: master.host,
    port: String(master.port),
    mode: 'STRING',
    'sink.durability.replicas': String(replicas),
    'sink.durability.timeout': timeout,
  });
  const row = (key: string) => batchOf([[0, [key, 'v']]]);
  async function open(replicas: number, timeout?: string) {
    const sink = await openSink(options(replicas, timeout), KV);
    opened.push(sink);
    return sink;
  }

  test('a flush is done when the replica has the rows', async () => {
    const sink = await open(1);
    await sink.write(row('a'));
    await sink.flush(false);
    expect(await replica.command(['GET', 'a'])).toBe('v');
  });

  test('too few replicas: the flush fails, and says how many there were; a restart may help', async () => {
    const sink = await open(2);
    await sink.write(row('b'));
    const error = await sink.flush(false).then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ConnectorError);
    expect((error as ConnectorError).retryable).toBe(true);
    expect((error as ConnectorError).message).toMatch(/1 of the 2 replicas .* within 1000 ms/);
  });

  test('also when the connection that wrote is another than the one that asks', async () => {
    const sink = await open(1);
    await sink.write(row('c'));
    await sink.flush(false);
    replica.pause();
    try {
      await sink.write(row('d'));
      await eventually(async () => (await master.command(['GET', 'd'])) === 'v');
      await master.command(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
      await expect(sink.flush(false)).rejects.toThrow(/0 of the 1 replicas/);
    } finally {
      replica.resume();
    }
  });

  test('a master that came back without its data does not speak for the rows that it had before', async () => {
    const sink = await open(1);
    await sink.write(row('e'));
    await eventually(async () => (await master.command(['GET', 'e'])) === 'v');
    await master.restart();
    await eventually(async () => (await replicationOf(master)).includes('connected_slaves:1'), 20_000);
    await sink.write(row('f'));
    const error = await sink.flush(false).then(
      () => null,
      (e: unknown) => e,
    );
    expect((error as ConnectorError).message).toMatch(
      /a master of Redis has been replaced or has started anew since the last checkpoint/,
    );
    expect((error as ConnectorError).retryable).toBe(true);
    const next = await open(1);
    await next.write(row('e'));
    await untilCopied(master);
    await next.flush(false);
    expect(await replica.command(['GET', 'e'])).toBe('v');
  }, 40_000);

  test('a user that may not ask: the job does not start, and says why', async () => {
    await master.command(['ACL', 'SETUSER', 'poor', 'on', '>secret', '~*', '+@all', '-info']);
    const opening = openSink({ ...options(1), username: 'poor', password: 'secret' }, KV);
    await expect(opening).rejects.toMatchObject({
      message: expect.stringMatching(/'sink\.durability\.replicas' needs a user that may run INFO and WAIT/),
      retryable: false,
    });
  });

  test('nothing written, nothing waited for', async () => {
    const sink = await open(5, '2s');
    const start = performance.now();
    await sink.flush(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('the wait must end before the socket timeout', async () => {
    await expect(openSink(options(1, '3s'), KV)).rejects.toThrow(
      "The value of 'sink.durability.timeout' option must be less than 'socket.timeout' (3000 ms), but is 3000 ms",
    );
  });
});
