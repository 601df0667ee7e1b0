// Loading a whole table while servers restart and replicas share the work. A cursor of SCAN means something to the server that gave
// it, in the life in which it did: elsewhere it skips keys, and nobody says so.
import { afterEach, describe, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { untilCopied } from '../../../scripts/services/redis-operations.ts';
import type { LookupFunction } from '../../../src/connector/lookup.ts';
import { eventually, lookupOf, schema, testRuntime } from '../../support/redis-table.ts';
import { redisCommands, startRedis, startSentinel } from '../../support/services.ts';

const KV = schema(['k', 'v'], ['k']);
const N = 60_000;
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const names = Array.from({ length: N }, (_, i) => `key:${i}`);

async function fill(server: RedisHandle, words: string[]): Promise<void> {
  const commands: string[][] = [];
  for (let i = 0; i < N; i += 1000)
    commands.push([...words, ...names.slice(i, i + 1000).flatMap((k) => [k, `value of ${k}`])]);
  await redisCommands(
    server.port,
    commands,
    server.password === undefined ? {} : { password: server.password },
  );
}

async function load(
  options: Record<string, string>,
  meanwhile: () => Promise<void>,
): Promise<LookupFunction> {
  const runtime = testRuntime();
  const lookup = lookupOf({ cache: 'ALL', ...options }, KV, runtime);
  opened.push(lookup);
  const opening = lookup.open();
  await eventually(() => (runtime.metric('cache.numCachedBytes') ?? 0) > 500_000);
  await meanwhile();
  await opening;
  return lookup;
}

async function missing(lookup: LookupFunction): Promise<number> {
  const found = await lookup.lookup(names.map((k) => [k]));
  return found.filter((rows, i) => rows[0]?.[1] !== `value of ${names[i]}`).length;
}

describe('a server that restarts in the middle of a load', () => {
  test.each([
    ['SCAN', ['MSET'], {}],
    ['HSCAN', ['HSET', 'h'], { hashName: 'h' }],
  ])('%s', async (_, words, options) => {
    const server = await startRedis();
    opened.push(server);
    await fill(server, words);
    const at = { host: server.host, port: String(server.port), ...options };
    const lookup = await load(at, () => server.kill().then(async () => void (await server.start())));
    expect(await missing(lookup)).toBe(0);
  });
});

test('replicas that share the lookups do not share one load', async () => {
  const group = await startSentinel({ replicas: 2, sentinels: 1, args: ['--repl-diskless-sync-delay', '0'] });
  opened.push(group);
  await fill(group.master, ['MSET']);
  await untilCopied(group.master);
  const sentinel = group.sentinels[0]!;
  await eventually(async () => {
    const replicas = (await sentinel.command(['SENTINEL', 'REPLICAS', group.masterName])) as string[][];
    return replicas.length === 2 && replicas.every((r) => r[r.indexOf('flags') + 1] === 'slave');
  }, 20_000);
  const options = {
    'sentinel.master': group.masterName,
    'sentinel.nodes': `127.0.0.1:${group.sentinelPorts[0]}`,
    'lookup.read-from': 'replica',
  };
  const lookup = await load(options, async () => {});
  expect(await missing(lookup)).toBe(0);
  const scans = await Promise.all(
    [group.master, ...group.replicas].map(async (server) =>
      /cmdstat_scan:calls=(\d+)/.exec(String(await server.command(['INFO', 'commandstats']))),
    ),
  );
  expect(scans[0]).toBeNull();
  expect(scans.filter((s) => s !== null)).toHaveLength(1);
}, 60_000);

test('few keys among many others: large steps, and small questions all the same', async () => {
  const server = await startRedis({ persist: false });
  opened.push(server);
  await fill(server, ['MSET']);
  const large = 'x'.repeat(400_000);
  await redisCommands(
    server.port,
    Array.from({ length: 40 }, (_, i) => ['SET', `p:${i}`, large]),
  );
  const calls = async (name: string) =>
    Number(
      new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(
        String(await server.command(['INFO', 'commandstats'])),
      )?.[1],
    );
  const runtime = testRuntime();
  const lookup = lookupOf(
    { host: server.host, port: String(server.port), cache: 'ALL', 'key-prefix': 'p:' },
    KV,
    runtime,
  );
  opened.push(lookup);
  await lookup.open();
  expect(runtime.metric('cache.numCachedRecords')).toBe(40);
  expect(await calls('scan')).toBeLessThan(N / 1000);
  expect(await calls('mget')).toBeGreaterThan(4);
});
