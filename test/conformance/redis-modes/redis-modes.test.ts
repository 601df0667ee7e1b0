// The modes over every Redis there is: a real server, a real cluster and the one inside the process leave the same behind and
// answer the same. Waivers: none.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterPort } from '../../../src/connectors/redis/client/cluster/cluster-port.ts';
import type { RedisPort } from '../../../src/connectors/redis/client/port.ts';
import {
  type EmbeddedRedis,
  startEmbeddedRedis,
} from '../../../src/connectors/redis/embedded/embedded-redis.ts';
import { redisFactory } from '../../../src/connectors/redis/factory.ts';
import type { Row } from '../../../src/types/row.ts';
import type { PhysicalSchema } from '../../../src/types/schema.ts';
import { batchOf, type Change } from '../../support/memory-tables.ts';
import { wholeDatabase } from '../../support/redis-cluster.ts';
import { applyToModel, KEYS, play, scenarios, VARIANTS } from '../../support/redis-modes.ts';
import { ask, factoryContext, openTestPort, schema, testRuntime } from '../../support/redis-table.ts';
import { sharedRedis, startCluster } from '../../support/services.ts';

interface Server {
  readonly port: RedisPort;
  readonly options: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function real(): Promise<Server> {
  const { host, port, database } = await sharedRedis();
  const options = { host, port: String(port), dbNum: String(database) };
  const connection = await openTestPort({ host, port, database });
  return { port: connection, options, close: () => connection.close() };
}

async function embedded(): Promise<Server> {
  const redis: EmbeddedRedis = await startEmbeddedRedis();
  const connection = await openTestPort(redis);
  return {
    port: connection,
    options: { host: redis.host, port: String(redis.port) },
    async close() {
      await connection.close();
      await redis.close();
    },
  };
}

async function cluster(): Promise<Server> {
  const servers = await startCluster(3);
  const seeds = [{ host: servers.host, port: servers.port }];
  const connection = new ClusterPort({
    seeds,
    database: 0,
    connectTimeoutMs: 3000,
    socketTimeoutMs: 3000,
    pool: { maxTotal: 8, maxIdle: 8, minIdle: 0 },
    retryTimeoutMs: 10_000,
  });
  await connection.connect();
  return {
    port: wholeDatabase(connection),
    options: { hostAndPorts: servers.ports.map((port) => `127.0.0.1:${port}`).join(), clusterMode: 'true' },
    async close() {
      await connection.close();
      await servers.close();
    },
  };
}

describe.each([
  ['real', real],
  ['embedded', embedded],
  ['cluster', cluster],
] as const)('%s', (_, start) => {
  let server: Server;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  describe('sink', () => {
    test.each(VARIANTS)('$name', async (variant) => {
      await fc.assert(
        fc.asyncProperty(scenarios(variant), async (scenario) => {
          const { found, ttls, size } = await play(server.port, variant, scenario);
          expect(found).toEqual(applyToModel(variant, scenario.changes, scenario.ignoreDelete));
          const present = KEYS.filter((k) => found[k] !== null);
          expect(size).toBe(present.length);
          for (const k of present) expect(ttls[k]! > 0).toBe(scenario.expiration > 0);
        }),
        { numRuns: 60 },
      );
    });
  });

  // What a sink wrote is what a dimension table reads: through the factory, as a job does it.
  describe('lookup', () => {
    async function write(
      options: Record<string, string>,
      physical: PhysicalSchema,
      changes: readonly Change[],
    ) {
      await ask(server.port, [['FLUSHDB']]);
      const context = factoryContext({ connector: 'redis', ...server.options, ...options }, physical);
      const sink = redisFactory.createSink!(context);
      const writer = sink.createWriter({ targetColumns: null, metadata: [] }, testRuntime());
      await writer.open();
      await writer.write(batchOf(changes));
      await writer.flush(true);
      await writer.close();
    }

    async function read(options: Record<string, string>, physical: PhysicalSchema, keys: readonly string[]) {
      const context = factoryContext({ connector: 'redis', ...server.options, ...options }, physical);
      const source = redisFactory.createSource!(context, 'lookup');
      if (source.kind !== 'lookup') throw new Error('not a dimension table');
      const lookup = source.createLookup(source.resolveKeys(physical.primaryKey), testRuntime());
      await lookup.open();
      try {
        return await lookup.lookup(keys.map((k) => [k]));
      } finally {
        await lookup.close();
      }
    }

    const values = ['', 'plain', 'näïve 😀', 'line\r\nbreak', '\u0000', 'x'.repeat(5000)];

    test.each(['None', 'LRU'])('STRING, cache %s', async (cache) => {
      const physical = schema(['k', 'v'], ['k']);
      const rows = values.map((v, i): Row => [`k${i}`, v]);
      const options = { mode: 'STRING', 'key-prefix': 'p', 'key-prefix-delimiter': ':' };
      await write(
        options,
        physical,
        rows.map((row) => [0, row]),
      );
      const keys = [...rows.map((row) => row[0] as string), 'none', 'k0'];
      expect(await read({ ...options, cache }, physical, keys)).toEqual([
        ...rows.map((r) => [r]),
        [],
        [rows[0]],
      ]);
    });

    test('HASHMAP, multi-value', async () => {
      const physical = schema(['a', 'k', 'b'], ['k']);
      const rows: Row[] = [
        ...values.map((v, i): Row => [v, `k${i}`, 'b']),
        [null, 'k', 'b'],
        [null, 'nothing', null],
      ];
      await write(
        { mode: 'HASHMAP', flattenHash: 'true' },
        physical,
        rows.map((row) => [0, row]),
      );
      const keys = [...rows.map((row) => row[1] as string), 'none'];
      const expected = [...rows.slice(0, -1).map((r) => [r]), [], []];
      expect(await read({ mode: 'HASHMAP' }, physical, keys)).toEqual(expected);
    });

    test('hashName', async () => {
      const rows = values.map((v, i): Row => ['names', `f${i}`, v]);
      await write(
        { mode: 'HASHMAP' },
        schema(['k', 'f', 'v'], ['k']),
        rows.map((row) => [0, row]),
      );
      const keys = [...rows.map((row) => row[1] as string), 'none'];
      const expected = [...rows.map((r) => [r.slice(1)]), []];
      expect(await read({ hashName: 'names' }, schema(['f', 'v'], ['f']), keys)).toEqual(expected);
    });

    test('a refused command fails with the same words', async () => {
      await write({ mode: 'SET' }, schema(['k', 'v'], ['k']), [[0, ['k', 'v']]]);
      await expect(read({ mode: 'HASHMAP' }, schema(['k', 'v'], ['k']), ['k'])).rejects.toThrow(
        "Table 'default_catalog.default_database.t': Redis refused HMGET of key 'k': WRONGTYPE Operation against a key holding the wrong kind of value",
      );
      await expect(
        write({ mode: 'STRING' }, schema(['k', 'v'], ['k']), [[0, ['k', 'v']]]),
      ).resolves.toBeUndefined();
    });
  });
});

test("'host' = 'embedded' needs no server and no right password", async () => {
  const physical = schema(['k', 'v'], ['k']);
  const options = { connector: 'redis', host: 'embedded', port: '1', password: 'any', mode: 'STRING' };
  const context = factoryContext(options, physical);
  const writer = redisFactory.createSink!(context).createWriter(
    { targetColumns: null, metadata: [] },
    testRuntime(),
  );
  await writer.open();
  await writer.write(batchOf([[0, ['embedded-key', 'v']]]));
  await writer.flush(true);
  await writer.close();
  const source = redisFactory.createSource!(context, 'lookup');
  if (source.kind !== 'lookup') throw new Error('not a dimension table');
  const lookup = source.createLookup([0], testRuntime());
  await lookup.open();
  expect(await lookup.lookup([['embedded-key']])).toEqual([[['embedded-key', 'v']]]);
  await lookup.close();
});
