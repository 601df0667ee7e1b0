// One suite for every port over every server: what the connector may rely on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterPort } from '../../../src/connectors/redis/client/cluster/cluster-port.ts';
import type { PortOptions, RedisPort } from '../../../src/connectors/redis/client/port.ts';
import { RedisReplyError } from '../../../src/connectors/redis/client/port.ts';
import { SingleServerPort } from '../../../src/connectors/redis/client/single-server-port.ts';
import { startEmbeddedRedis } from '../../../src/connectors/redis/embedded/embedded-redis.ts';
import { startCluster, startRedis } from '../../support/services.ts';
import { batchOf, portOptions, RawClient } from './support.ts';

type ClusterHandle = Awaited<ReturnType<typeof startCluster>>;

interface Server {
  readonly host: string;
  readonly port: number;
  close(): Promise<unknown>;
}

interface Deployment {
  start(password?: string): Promise<Server>;
  /** Each server of it. */
  servers(server: Server): readonly { readonly host: string; readonly port: number }[];
  open(options: PortOptions): RedisPort;
  /** A cluster has one database, spread over its masters. */
  readonly cluster: boolean;
}

const single = { servers: (server: Server) => [server], cluster: false };
const DEPLOYMENTS: readonly (readonly [name: string, Deployment])[] = [
  [
    'redis-server',
    {
      ...single,
      start: (password) => startRedis({ persist: false, ...(password === undefined ? {} : { password }) }),
      open: (options) => new SingleServerPort(options),
    },
  ],
  [
    'embedded',
    {
      ...single,
      start: (password) => startEmbeddedRedis(password === undefined ? {} : { password }),
      open: (options) => new SingleServerPort(options),
    },
  ],
  [
    'a cluster',
    {
      start: (password) => startCluster(3, password === undefined ? {} : { password }),
      servers: (server) => (server as ClusterHandle).nodes,
      open: ({ host, port, ...common }) => new ClusterPort({ ...common, seeds: [{ host, port }] }),
      cluster: true,
    },
  ],
];

describe.each(DEPLOYMENTS)('a port to %s', (_name, { start, servers, cluster, ...deployment }) => {
  let server: Server;
  const ports: RedisPort[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  afterEach(async () => {
    for (const port of ports.splice(0)) await port.close();
    for (const each of servers(server)) {
      const client = await RawClient.open(each);
      await client.send(['FLUSHALL']);
      client.close();
    }
  });

  function open(more: Partial<PortOptions> = {}, to: Server = server): RedisPort {
    const port = deployment.open(portOptions(to, more));
    ports.push(port);
    return port;
  }

  it('answers one reply a command, in order, refusals in their place', async () => {
    const port = open();
    const replies = await port.pipeline(
      batchOf([
        ['SET', 'k', 'größe 😀'],
        ['GET', 'k'],
        ['LPUSH', 'k', 'x'],
        ['GET', 'none'],
        ['HSET', 'h', 'a', '1'],
        ['HGETALL', 'h'],
      ]),
    );
    expect(replies.slice(0, 2)).toEqual(['OK', 'größe 😀']);
    expect(replies[2]).toBeInstanceOf(RedisReplyError);
    expect((replies[2] as RedisReplyError).code).toBe('WRONGTYPE');
    expect(replies.slice(3)).toEqual([null, 1, ['a', '1']]);
  });

  it('tells the first command of a write that was refused', async () => {
    const port = open();
    expect(
      await port.write(
        batchOf([
          ['SET', 'k', '1'],
          ['SADD', 's', 'a', 'b'],
        ]),
      ),
    ).toBeNull();
    const failure = await port.write(
      batchOf([
        ['SET', 'a', '1'],
        ['SADD', 'k', 'x'],
        ['NOPE'],
        ['SET', 'b', '1'],
        ['MULTI'],
        ['LPUSH', 'k', 'x'],
        ['EXEC'],
      ]),
    );
    expect(failure?.index).toBe(1);
    expect(failure?.error.code).toBe('WRONGTYPE');
    expect(await port.pipeline(batchOf([['MGET', 'a', 'b']]))).toEqual([['1', '1']]);
    const inside = await port.write(batchOf([['MULTI'], ['LPUSH', 'k', 'x'], ['EXEC']]));
    expect([inside?.index, inside?.error.code]).toEqual([2, 'WRONGTYPE']);
  });

  it('does nothing for an empty batch', async () => {
    const port = open();
    expect(await port.pipeline(batchOf([]))).toEqual([]);
    expect(await port.write(batchOf([]))).toBeNull();
  });

  it('keeps the order of many batches in flight, writes and reads mixed', async () => {
    const port = open();
    const lengths: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i++) {
      if (i % 2 === 0) void port.write(batchOf([['RPUSH', 'l', String(i)]]));
      else
        lengths.push(
          port.pipeline(
            batchOf([
              ['RPUSH', 'l', String(i)],
              ['LLEN', 'l'],
            ]),
          ),
        );
      if (i % 10 === 0) lengths.push(port.pipeline(batchOf([['LLEN', 'l']])));
    }
    const replies = await Promise.all(lengths);
    // a read sees exactly the changes that were submitted before it
    expect(replies.filter((r) => (r as unknown[]).length === 1)).toEqual(
      Array.from({ length: 20 }, (_, i) => [i * 10 + 1]),
    );
    expect(await port.pipeline(batchOf([['LRANGE', 'l', '0', '-1']]))).toEqual([
      Array.from({ length: 200 }, (_, i) => String(i)),
    ]);
  });

  it('reads over several connections, no more than the pool may have', async () => {
    const port = open({ pool: { maxTotal: 3, maxIdle: 3, minIdle: 0 }, clientName: 'pooled' });
    await port.write(batchOf([['SET', 'k', 'v']]));
    const reads = await Promise.all(Array.from({ length: 40 }, () => port.pipeline(batchOf([['GET', 'k']]))));
    expect(reads).toEqual(reads.map(() => ['v']));
    const counts: number[] = [];
    for (const each of servers(server)) {
      const client = await RawClient.open(each);
      const list = await client.send(['CLIENT', 'LIST']);
      client.close();
      counts.push(list.split('name=pooled ').length - 1);
    }
    expect(Math.max(...counts)).toBe(4); // three, and the one for changes
  });

  it('carries large batches and large values', async () => {
    const port = open();
    const value = 'ä'.repeat(2_000_000);
    expect(
      await port.write(
        batchOf([['SET', 'big', value], ...Array.from({ length: 50_000 }, (_, i) => ['SET', `k${i}`, 'v'])]),
      ),
    ).toBeNull();
    expect(await port.pipeline(batchOf([['GET', 'big']]))).toEqual([value]);
    const sizes = await Promise.all(
      (await port.nodes()).map(async (node) => (await node.pipeline(batchOf([['DBSIZE']])))[0] as number),
    );
    expect(sizes.length).toBe(servers(server).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(50_001);
  });

  it('logs in and selects, on every connection', async () => {
    const locked = await start('pass word');
    const port = open({ password: 'pass word', database: cluster ? 0 : 5 }, locked);
    await port.connect();
    await port.write(batchOf([['SET', 'k', 'v']]));
    const infos = await Promise.all(
      Array.from({ length: 4 }, () =>
        port.pipeline(
          batchOf([
            ['GET', 'k'],
            ['EXISTS', 'k'],
          ]),
        ),
      ),
    );
    expect(infos).toEqual(infos.map(() => ['v', 1]));
    await port.close();
    await locked.close();
  });

  it('repairs a connection that the server ended, idle or in use', async () => {
    const port = open({ clientName: 'cut' });
    await port.write(batchOf([['SET', 'k', '0']]));
    await port.pipeline(batchOf([['GET', 'k']]));
    const clients = await Promise.all(servers(server).map((each) => RawClient.open(each)));
    for (let i = 1; i <= 5; i++) {
      const write = i % 2 === 0 ? null : port.write(batchOf([['SET', 'k', String(i)]]));
      await Promise.all(clients.map((client) => client.send(['CLIENT', 'KILL', 'TYPE', 'normal'])));
      expect(await (write ?? port.write(batchOf([['SET', 'k', String(i)]])))).toBeNull();
      expect(await port.pipeline(batchOf([['GET', 'k']]))).toEqual([String(i)]);
    }
    for (const client of clients) client.close();
  });

  it('counts', async () => {
    const port = open();
    const batch = batchOf([
      ['SET', 'k', 'v'],
      ['SET', 'l', 'w'],
    ]);
    await port.write(batch);
    await port.pipeline(batchOf([['GET', 'k']]));
    expect(port.stats).toMatchObject({ commandsSent: 3, reconnects: 0, resentCommands: 0, redirects: 0 });
    expect(port.stats.bytesSent).toBe(batch.byteLength + batchOf([['GET', 'k']]).byteLength);
    expect(port.stats.lastRoundTripMs).toBeGreaterThan(0);
  });

  it('uses a batch again after its promise settled', async () => {
    const port = open();
    const batch = batchOf([]);
    for (let i = 0; i < 100; i++) {
      batch.reset();
      for (let j = 0; j < 20; j++) batch.add3('SET', `k${j}`, `${i}`);
      expect(await port.write(batch)).toBeNull();
    }
    expect(await port.pipeline(batchOf([['MGET', 'k0', 'k19']]))).toEqual([['99', '99']]);
  });

  it('finishes what is in flight when it is closed, and refuses what comes later', async () => {
    const port = open();
    const writes = Array.from({ length: 50 }, (_, i) => port.write(batchOf([['RPUSH', 'l', String(i)]])));
    await port.close();
    expect(await Promise.all(writes)).toEqual(writes.map(() => null));
    await expect(port.write(batchOf([['SET', 'k', 'v']]))).rejects.toThrow('is closed');
    await expect(port.pipeline(batchOf([['GET', 'k']]))).rejects.toThrow('is closed');
    await expect(port.connect()).rejects.toThrow('is closed');
    await port.close();
  });
});
