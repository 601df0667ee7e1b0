// Promise: a host that accepts and never answers is given up after `connect.timeout`, one that falls silent after `socket.timeout`.
// Measured on a real clock, with 200 ms for what is not waiting; on a machine that does other work too, the best of a few tries counts.
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RedisHandle, SentinelHandle } from '../../../scripts/services/index.mjs';
import { ownerOf } from '../../../scripts/services/redis-operations.ts';
import { ClusterPort } from '../../../src/connectors/redis/client/cluster/cluster-port.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import type { RedisPort } from '../../../src/connectors/redis/client/port.ts';
import { SingleServerPort } from '../../../src/connectors/redis/client/single-server-port.ts';
import { errorChain } from '../../../src/types/errors.ts';
import { batchOf, closePorts, type Options, portOf } from '../../integration/redis/support.ts';
import { batchOf as rows } from '../../support/memory-tables.ts';
import { eventually, openLookup, openSink, schema } from '../../support/redis-table.ts';
import { startCluster, startRedis, startRedisTls, startSentinel } from '../../support/services.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';

const CONNECT_MS = 500;
const SOCKET_MS = 500;
const SPARE_MS = 200;
const TRIES = 4;
const LIMITS = { 'connect.timeout': `${CONNECT_MS}ms`, 'socket.timeout': `${SOCKET_MS}ms` };
const KV = schema(['k', 'v'], ['k']);

let server: RedisHandle;
let proxy: TcpProxy;
let through: Options;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startRedis({ persist: false });
});
beforeEach(async () => {
  proxy = await TcpProxy.start(server);
  through = { ...LIMITS, host: proxy.host, port: String(proxy.port) };
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await closePorts();
  await proxy.close();
});
afterAll(() => server?.close());

/** Runs `attempt` until one is as fast as promised. @returns the milliseconds of that one */
async function within(what: string, limitMs: number, attempt: () => Promise<number>): Promise<void> {
  const took: number[] = [];
  while (took.length < TRIES) {
    took.push(Math.round(await attempt()));
    expect(took.at(-1)).toBeGreaterThanOrEqual(limitMs - 20); // it did wait
    if (took.at(-1)! <= limitMs + SPARE_MS) break;
  }
  expect(Math.min(...took)).toBeLessThanOrEqual(limitMs + SPARE_MS);
  note(`time limit: ${what}`, { limitMs, tookMs: took.at(-1) });
}

/** How long it takes to fail, and of what. */
async function failing(words: RegExp, attempt: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const error = await attempt().then(
    () => null,
    (reason: unknown) => reason,
  );
  const took = performance.now() - start;
  expect(errorChain(error).join('\n')).toMatch(words);
  return took;
}

/** Connects and closes. */
async function connecting(options: Options, role: 'sink' | 'lookup' = 'lookup'): Promise<void> {
  const port = await portOf(options, role);
  try {
    await port.connect();
  } finally {
    await port.close();
  }
}

async function opening(table: Promise<{ close(): Promise<void> }>): Promise<void> {
  await (await table).close();
}

describe('a host that accepts and never answers fails within connect.timeout', () => {
  const words = /connected, but no answer within 500 ms \(connect\.timeout\)/;
  beforeEach(() => {
    proxy.silent = true;
  });

  test.each<[string, () => Promise<void>]>([
    ['a sink', () => opening(openSink({ ...through, mode: 'STRING' }, KV))],
    ['a lookup', () => opening(openLookup(through, KV))],
    ['a lookup with cache LRU', () => opening(openLookup({ ...through, cache: 'LRU' }, KV))],
    ['a lookup with cache ALL', () => opening(openLookup({ ...through, cache: 'ALL' }, KV))],
    ['a cluster of one seed', () => connecting({ ...through, clusterMode: 'true' })],
    [
      'a sentinel',
      () => connecting({ ...LIMITS, 'sentinel.master': 'm', 'sentinel.nodes': `127.0.0.1:${proxy.port}` }),
    ],
  ])('%s', async (name, attempt) => {
    await within(name, CONNECT_MS, () => failing(words, attempt));
  });
});

test('a TLS handshake that never ends', async () => {
  const secure = await startRedisTls();
  cleanups.push(() => secure.close());
  proxy.silent = true;
  const options = { ...through, 'cacert.filepath': secure.files.ca };
  const words = /connected, but no TLS handshake within 500 ms \(connect\.timeout\)/;
  await within('a TLS handshake', CONNECT_MS, () => failing(words, () => connecting(options)));
});

test('a host that does not even accept', async () => {
  const full = await startRedis({ persist: false, args: ['--tcp-backlog', '1'] });
  const queued: Socket[] = [];
  cleanups.push(async () => {
    for (const socket of queued) socket.destroy();
    full.resume();
    await full.close();
  });
  full.pause();
  // Whoever comes when the queue of a listener is full is not answered.
  const joins = async () => {
    const socket = connect(full.port, full.host).on('error', () => {});
    queued.push(socket);
    const limit = new Promise((resolve) => setTimeout(resolve, 100, false));
    return await Promise.race([limit, new Promise((resolve) => socket.once('connect', () => resolve(true)))]);
  };
  while (await joins()) expect(queued.length).toBeLessThan(20);
  const options = { ...LIMITS, host: full.host, port: String(full.port) };
  const words = /no connection within 500 ms \(connect\.timeout\)/;
  await within('a host that does not accept', CONNECT_MS, () => failing(words, () => connecting(options)));
});

describe('one silent host among several costs connect.timeout, not the job', () => {
  test('the first seed of a cluster', async () => {
    const cluster = await startCluster(3);
    cleanups.push(() => cluster.close());
    proxy.silent = true;
    const hostAndPorts = `127.0.0.1:${proxy.port},127.0.0.1:${cluster.port}`;
    await within('the first seed of a cluster', CONNECT_MS, async () => {
      const start = performance.now();
      await connecting({ ...LIMITS, clusterMode: 'true', hostAndPorts });
      return performance.now() - start;
    });
  });

  test('the first sentinel; and a master that stands still', async () => {
    const group = await startSentinel({ replicas: 0 });
    cleanups.push(() => group.close());
    proxy.silent = true;
    const options = {
      ...LIMITS,
      'sentinel.master': group.masterName,
      'sentinel.nodes': `127.0.0.1:${proxy.port};127.0.0.1:${group.port}`,
    };
    await within('the first sentinel', CONNECT_MS, async () => {
      const start = performance.now();
      await connecting(options);
      return performance.now() - start;
    });
    await stoppedMaster(group);
  });
});

async function stoppedMaster(group: SentinelHandle): Promise<void> {
  const options = {
    ...LIMITS,
    'sentinel.master': group.masterName,
    'sentinel.nodes': `127.0.0.1:${group.port}`,
  };
  group.master.pause();
  try {
    await within('the master of a sentinel', CONNECT_MS, () =>
      failing(/connected, but no answer within 500 ms/, () => connecting(options)),
    );
  } finally {
    group.master.resume();
  }
}

describe('a connection that falls silent is given up within socket.timeout', () => {
  /** From the moment of a request to the moment at which another connection is asked for. */
  async function untilNextConnection(ask: () => Promise<unknown>): Promise<number> {
    const before = proxy.accepted;
    proxy.stall();
    const start = performance.now();
    const asked = ask().catch((error: unknown) => error);
    await eventually(() => proxy.accepted > before);
    const took = performance.now() - start;
    proxy.resume();
    await asked;
    return took;
  }

  test('a sink', async () => {
    const sink = await openSink({ ...through, mode: 'STRING' }, KV);
    cleanups.push(() => sink.close());
    await sink.write(rows([[0, ['k', '0']]]));
    await sink.flush(false);
    let n = 0;
    await within('a sink on a stalled connection', SOCKET_MS, () =>
      untilNextConnection(async () => {
        await sink.write(rows([[0, ['k', String(++n)]]]));
        await sink.flush(false);
      }),
    );
    expect(await server.command(['GET', 'k'])).toBe(String(n));
  });

  test('a lookup', async () => {
    await server.command(['SET', 'l', 'v']);
    const lookup = await openLookup(through, KV);
    cleanups.push(() => lookup.close());
    await within('a lookup on a stalled connection', SOCKET_MS, () =>
      untilNextConnection(async () => {
        expect(await lookup.lookup([['l']])).toEqual([[['l', 'v']]]);
      }),
    );
  });

  test('a write and a read that are not tried again fail then', async () => {
    const port = new SingleServerPort({ host: proxy.host, port: proxy.port, ...NOT_AGAIN });
    cleanups.push(() => port.close());
    await port.connect();
    await givesUp(port, 'one server', async () => {
      proxy.stall();
      return () => proxy.resume();
    });
  });

  test('a write to a cluster and a read of one, whose master stands still', async () => {
    const cluster = await startCluster(3);
    cleanups.push(() => cluster.close());
    const port = new ClusterPort({ seeds: [{ host: cluster.host, port: cluster.port }], ...NOT_AGAIN });
    cleanups.push(() => port.close());
    await port.connect();
    const owner = await ownerOf(cluster, slotOfKey('k'));
    await givesUp(port, 'a cluster', async () => {
      owner.pause();
      return () => owner.resume();
    });
  });
});

const NOT_AGAIN = {
  database: 0,
  connectTimeoutMs: CONNECT_MS,
  socketTimeoutMs: SOCKET_MS,
  retryTimeoutMs: 0,
  pool: { maxTotal: 8, maxIdle: 8, minIdle: 0 },
};

/** @param silence answers how to end it */
async function givesUp(port: RedisPort, where: string, silence: () => Promise<() => void>): Promise<void> {
  const words = /did not answer within 500 ms \(socket\.timeout\)/;
  for (const [name, ask] of [
    ['a write', () => port.write(batchOf([['SET', 'k', 'v']]))],
    ['a read', () => port.pipeline(batchOf([['GET', 'k']]))],
  ] as const) {
    await within(`${name}, not tried again, to ${where}`, SOCKET_MS, async () => {
      await eventually(() =>
        ask().then(
          () => true,
          () => false,
        ),
      ); // over a connection that is whole
      const end = await silence();
      const took = await failing(words, ask);
      end();
      return took;
    });
  }
}
