// `connection.pool.*` of a table, as the server sees it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import type { RedisPort } from '../../../src/connectors/redis/client/port.ts';
import { eventually } from '../../support/redis-table.ts';
import { startCluster, startRedis } from '../../support/services.ts';
import { ask, batchOf, closePorts, connected, type Options } from './support.ts';

const NAME = { 'client-name': 'pooled' };
let server: RedisHandle;

beforeAll(async () => {
  server = await startRedis({ persist: false });
});
afterEach(closePorts);
afterAll(() => server?.close());

const at = (more: Options): Options => ({ host: server.host, port: String(server.port), ...NAME, ...more });

async function connections(of: RedisHandle = server): Promise<number> {
  return String(await of.command(['CLIENT', 'LIST'])).split(' name=pooled ').length - 1;
}

/** So many questions at a time, each of them slow enough to need a connection of its own. */
async function askAtOnce(port: RedisPort, questions: number): Promise<void> {
  server.pause();
  const asked = Array.from({ length: questions }, (_, i) => ask(port, ['GET', `k${i}`]));
  await new Promise(setImmediate);
  server.resume();
  await Promise.all(asked);
}

describe('max-total', () => {
  it('bounds the connections, however many questions there are at a time', async () => {
    const port = await connected(at({ 'connection.pool.max-total': '3' }));
    await askAtOnce(port, 20);
    expect(await connections()).toBe(3);
  });

  it('is 8 by default', async () => {
    const port = await connected(at({}));
    await askAtOnce(port, 30);
    expect(await connections()).toBe(8);
  });

  it('of 1 is enough for everything', async () => {
    const port = await connected(at({ 'connection.pool.max-total': '1' }), 'sink');
    await port.write(batchOf([['SET', 'k', 'v']]));
    expect(await ask(port, ['GET', 'k'])).toEqual(['v']);
    await askAtOnce(port, 5);
    expect(await connections()).toBeLessThanOrEqual(2); // reads, and the one for changes
  });
});

describe('max-idle', () => {
  it.each([
    ['2', 2],
    ['0', 0],
  ])('%s: the rest is closed when it comes back', async (maxIdle, kept) => {
    const port = await connected(at({ 'connection.pool.max-idle': maxIdle }));
    await askAtOnce(port, 8);
    await eventually(async () => (await connections()) === kept);
    expect(await ask(port, ['GET', 'k0'])).toEqual([null]);
  });
});

describe('min-idle', () => {
  it('holds connections ready from the start', async () => {
    await connected(at({ 'connection.pool.min-idle': '4' }));
    expect(await connections()).toBe(4);
  });

  it('holds again after the server closed them, from the next question on', async () => {
    const port = await connected(at({ 'connection.pool.min-idle': '4' }));
    await server.command(['CLIENT', 'KILL', 'TYPE', 'normal']);
    await ask(port, ['GET', 'k']);
    await eventually(async () => (await connections()) >= 4);
  });

  it('is 0 by default: one connection has shown that the server answers', async () => {
    await connected(at({}));
    expect(await connections()).toBe(1);
  });

  it('holds for each master of a cluster', async () => {
    const cluster = await startCluster(3);
    try {
      const options = { host: cluster.host, port: String(cluster.port), clusterMode: 'true', ...NAME };
      await connected({ ...options, 'connection.pool.min-idle': '2' });
      expect(await Promise.all(cluster.nodes.map(connections))).toEqual([2, 2, 2]);
    } finally {
      await cluster.close();
    }
  });
});

it('a connection that the server closed while it was idle is not used', async () => {
  const port = await connected(at({}));
  for (let round = 0; round < 5; round++) {
    expect(await ask(port, ['ECHO', String(round)])).toEqual([String(round)]);
    await server.command(['CLIENT', 'KILL', 'TYPE', 'normal']);
  }
});
