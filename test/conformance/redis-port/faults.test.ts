// What happens to batches in flight when a real server stops, restarts, loads, turns into a replica or misses slots: each
// key ends with its newest value, other keys are not written twice, and no wait is without end.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PortOptions } from '../../../src/connectors/redis/client/port.ts';
import {
  type PortSurroundings,
  SingleServerPort,
} from '../../../src/connectors/redis/client/single-server-port.ts';
import { startRedis } from '../../support/services.ts';
import { batchOf, portOptions, startServer } from './support.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function redis(options: Parameters<typeof startRedis>[0]) {
  const server = await startRedis(options);
  cleanups.push(() => server.close());
  return server;
}

function openPort(options: PortOptions, surroundings?: PortSurroundings): SingleServerPort {
  const port = new SingleServerPort(options, surroundings);
  cleanups.push(() => port.close());
  return port;
}

/** Batches of SETs over 50 keys, the newest value of each key kept. */
function sets(batches: number, size: number) {
  const newest = new Map<string, string>();
  const all = Array.from({ length: batches }, (_, b) =>
    batchOf(
      Array.from({ length: size }, (_, i) => {
        const key = `key:${(b * size + i) % 50}`;
        const value = `${b}/${i}`;
        newest.set(key, value);
        return ['SET', key, value];
      }),
    ),
  );
  return { all, newest };
}

async function expectNewest(port: SingleServerPort, newest: ReadonlyMap<string, string>) {
  const keys = [...newest.keys()];
  expect(await port.pipeline(batchOf([['MGET', ...keys]]))).toEqual([[...newest.values()]]);
}

describe('a server that stops answering', () => {
  it('costs a reconnect when it comes back, and nothing is lost', async () => {
    const server = await redis({ persist: false });
    const port = openPort(portOptions(server, { socketTimeoutMs: 300, connectTimeoutMs: 300 }));
    await port.connect();
    const { all, newest } = sets(20, 100);
    server.pause();
    const writes = Promise.all(all.map((batch) => port.write(batch)));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the server must be silent for longer than the time-outs
    server.resume();
    expect(await writes).toEqual(all.map(() => null));
    expect(port.stats.resentCommands).toBeGreaterThan(0);
    await expectNewest(port, newest);
  });

  it('fails all batches after retryTimeoutMs when it does not come back, and works again when it does', async () => {
    const server = await redis({ persist: false });
    const port = openPort(
      portOptions(server, { socketTimeoutMs: 200, connectTimeoutMs: 200, retryTimeoutMs: 600 }),
    );
    await port.connect();
    server.pause();
    const start = performance.now();
    const results = await Promise.allSettled([
      port.write(batchOf([['SET', 'a', '1']])),
      port.write(batchOf([['SET', 'a', '2']])),
      port.pipeline(batchOf([['INCR', 'b']])),
    ]);
    expect(performance.now() - start).toBeLessThan(3_000);
    for (const result of results) {
      expect(result.status).toBe('rejected');
      const { message } = (result as PromiseRejectedResult).reason as Error;
      expect(message).toMatch(
        /^Redis at 127\.0\.0\.1:\d+ could not be used for \d+ ms: Cannot connect .* within 200 ms \(connect\.timeout\)$/,
      );
    }
    server.resume();
    expect(await port.write(batchOf([['SET', 'a', '3']]))).toBeNull();
    expect(await port.pipeline(batchOf([['GET', 'a']]))).toEqual(['3']);
  });

  it('holds up a read no longer than retryTimeoutMs', async () => {
    const server = await redis({ persist: false });
    const port = openPort(
      portOptions(server, { socketTimeoutMs: 200, connectTimeoutMs: 200, retryTimeoutMs: 500 }),
    );
    await port.connect();
    server.pause();
    await expect(port.pipeline(batchOf([['GET', 'a']]))).rejects.toThrow('could not be used for');
    server.resume();
    expect(await port.pipeline(batchOf([['GET', 'a']]))).toEqual([null]);
  });

  it('lets close() wait no longer than socket.timeout', async () => {
    const server = await redis({ persist: false });
    const port = new SingleServerPort(portOptions(server, { socketTimeoutMs: 300 }));
    await port.connect();
    server.pause();
    const write = port.write(batchOf([['SET', 'a', '1']])).catch((error: Error) => error.message);
    const start = performance.now();
    await port.close();
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(await write).toMatch(/is closed|could not be used|did not answer/);
    server.resume();
  });
});

describe('a server that is killed', () => {
  it('in the middle of many batches: all are answered, each key has its newest value', async () => {
    const server = await redis({ persist: true });
    const port = openPort(portOptions(server));
    await port.connect();
    const { all, newest } = sets(300, 200);
    let answered = 0;
    const writes = Promise.all(
      all.map(async (batch) => {
        const failure = await port.write(batch);
        answered++;
        if (answered === 20 || answered === 120) restarts.push(server.kill().then(() => server.start()));
        return failure;
      }),
    );
    const restarts: Promise<unknown>[] = [];
    expect(await writes).toEqual(all.map(() => null));
    await Promise.all(restarts);
    expect(restarts.length).toBe(2);
    expect(port.stats.reconnects).toBeGreaterThanOrEqual(2);
    await expectNewest(port, newest);
  });

  it('and comes back with another password: fails at once with the reason', async () => {
    const server = await redis({ persist: false });
    const port = openPort(portOptions(server));
    await port.connect();
    await server.kill();
    const again = await redis({ persist: false, port: server.port, password: 'new' });
    await expect(port.write(batchOf([['SET', 'a', '1']]))).rejects.toThrow('a password is required');
    await again.close();
  });

  it('and comes back while loading: commands wait until it is done', async () => {
    const server = await redis({ persist: true, args: ['--key-load-delay', '300'] });
    await server.command(['DEBUG', 'POPULATE', '4000']);
    await server.command(['BGREWRITEAOF']);
    const port = openPort(portOptions(server));
    await port.connect();
    await expect
      .poll(async () => String(await server.command(['INFO', 'persistence'])), { timeout: 10_000 })
      .toContain('aof_rewrite_in_progress:0');
    await server.kill();
    const write = port.write(
      batchOf([
        ['SET', 'a', '1'],
        ['SET', 'b', '2'],
        ['SET', 'a', '3'],
      ]),
    );
    await server.start();
    expect(await write).toBeNull();
    expect(await port.pipeline(batchOf([['MGET', 'a', 'b']]))).toEqual([['3', '2']]);
  });
});

describe('a server that refuses for now', () => {
  it('READONLY: reconnects, and sends again when it takes writes', async () => {
    const server = await redis({ persist: false });
    const port = openPort(portOptions(server));
    await port.connect();
    await server.command(['REPLICAOF', '127.0.0.1', '1']);
    const { all, newest } = sets(10, 100);
    const writes = Promise.all(all.map((batch) => port.write(batch)));
    await new Promise((resolve) => setTimeout(resolve, 200)); // some refusals first
    await server.command(['REPLICAOF', 'NO', 'ONE']);
    expect(await writes).toEqual(all.map(() => null));
    expect(port.stats.reconnects).toBeGreaterThan(0);
    await expectNewest(port, newest);
  });

  it('gives up after retryTimeoutMs with the server’s words', async () => {
    const server = await redis({ persist: false });
    const port = openPort(portOptions(server, { retryTimeoutMs: 300 }));
    await server.command(['REPLICAOF', '127.0.0.1', '1']);
    await expect(port.write(batchOf([['SET', 'a', '1']]))).rejects.toThrow(
      /^Redis at .* could not be used for \d+ ms: Redis at .* refuses commands for now: READONLY /,
    );
  });

  it('CLUSTERDOWN for some keys: those are sent again in order, the others are not', async () => {
    const server = await redis({
      persist: false,
      args: ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no'],
    });
    // slots: served 15495 ("a"), missing 3300 ("b")
    await server.command(['CLUSTER', 'ADDSLOTS', '15495']);
    await expect
      .poll(async () => String(await server.command(['CLUSTER', 'INFO'])), { timeout: 15_000 })
      .toContain('cluster_state:ok');
    const port = openPort(portOptions(server));
    await port.connect();
    const first = port.write(
      batchOf([
        ['LPUSH', 'a', '1'],
        ['RPUSH', 'b', '1'],
        ['LPUSH', 'a', '2'],
      ]),
    );
    const second = port.pipeline(
      batchOf([
        ['RPUSH', 'b', '2'],
        ['LPUSH', 'a', '3'],
        ['LRANGE', 'b', '0', '-1'],
      ]),
    );
    await new Promise((resolve) => setTimeout(resolve, 150)); // a few refusals first
    await server.command(['CLUSTER', 'ADDSLOTS', '3300']);
    expect(await first).toBeNull();
    expect(await second).toEqual([2, 3, ['1', '2']]);
    expect(await port.pipeline(batchOf([['LRANGE', 'a', '0', '-1']]))).toEqual([['3', '2', '1']]);
  });

  it('leaves refusals for good in their place', async () => {
    const server = await redis({
      persist: false,
      args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'],
    });
    const port = openPort(portOptions(server));
    const failure = await port.write(
      batchOf([
        ['DEL', 'a'],
        ['SET', 'a', '1'],
        ['SET', 'b', '1'],
      ]),
    );
    expect(failure?.index).toBe(1);
    expect(failure?.error.code).toBe('OOM');
    expect(port.stats.resentCommands).toBe(0);
  });
});

describe('a connection that stalls', () => {
  it('is fenced before anything is sent again: its bytes are never executed late', async () => {
    const server = await redis({ persist: false });
    const held: Buffer[] = [];
    let first: Socket | null = null;
    let holding = false;
    // Passes everything on, but on the first connection withholds what comes once `holding` is set.
    const proxy = await startServer((socket) => {
      const upstream = connect(server.port, server.host);
      const mine = first === null;
      first ??= upstream;
      upstream.on('error', () => socket.destroy());
      upstream.on('data', (bytes) => socket.write(bytes));
      socket.on('data', (bytes) => {
        if (mine && holding) held.push(bytes);
        else upstream.write(bytes);
      });
      // The break is seen by the client's side alone: the server's side of the first connection stays open.
      socket.on('close', () => {
        if (!mine) upstream.destroy();
      });
    });
    cleanups.push(() => proxy.close());
    const port = openPort(portOptions(proxy, { socketTimeoutMs: 200 }));
    await port.connect();
    expect(await port.write(batchOf([['SET', 'k', 'before']]))).toBeNull();
    holding = true;
    expect(await port.write(batchOf([['SET', 'k', 'old']]))).toBeNull(); // over the second connection
    expect(await port.write(batchOf([['SET', 'k', 'new']]))).toBeNull();
    expect(held.length).toBeGreaterThan(0);
    const stalled = first as Socket | null;
    for (const bytes of held) stalled?.write(bytes);
    await new Promise((resolve) => {
      stalled?.once('close', resolve);
      if (stalled?.destroyed) resolve(undefined);
    });
    expect(await server.command(['GET', 'k'])).toBe('new');
    expect(port.stats.reconnects).toBe(1);
  });

  it('cannot be fenced by a user without CLIENT: one warning says so', async () => {
    const server = await redis({ persist: false });
    await server.command(['ACL', 'SETUSER', 'worker', 'on', '>pw', '~*', '+@all', '-client']);
    const warnings: string[] = [];
    const port = openPort(
      portOptions(server, {
        username: 'worker',
        password: 'pw',
        socketTimeoutMs: 200,
        connectTimeoutMs: 200,
      }),
      { warn: (message) => warnings.push(message) },
    );
    await port.connect();
    for (let round = 0; round < 2; round++) {
      server.pause();
      const write = port.write(batchOf([['SET', 'k', String(round)]]));
      await new Promise((resolve) => setTimeout(resolve, 500)); // longer than socket.timeout
      server.resume();
      expect(await write).toBeNull();
    }
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain('may be executed after newer ones');
    expect(warnings[0]).not.toContain('pw');
  });
});

describe('a transaction', () => {
  it('that was cut in two is sent again as a whole', async () => {
    const server = await redis({ persist: false });
    const port = openPort(portOptions(server));
    await port.connect();
    await server.command(['REPLICAOF', '127.0.0.1', '1']);
    const replies = port.pipeline(batchOf([['MULTI'], ['SET', 'a', '1'], ['INCR', 'a'], ['EXEC']]));
    await new Promise((resolve) => setTimeout(resolve, 100)); // some refusals first
    await server.command(['REPLICAOF', 'NO', 'ONE']);
    expect(await replies).toEqual(['OK', 'QUEUED', 'QUEUED', ['OK', 2]]);
  });
});
