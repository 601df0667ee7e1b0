import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../../../../../src/connectors/redis/client/connection.ts';
import { tcpEndpoint } from '../../../../../src/connectors/redis/client/endpoint.ts';
import { ConnectionPool } from '../../../../../src/connectors/redis/client/pool.ts';
import { SocketInput } from '../../../../../src/connectors/redis/client/socket-input.ts';
import {
  type EmbeddedRedis,
  startEmbeddedRedis,
} from '../../../../../src/connectors/redis/embedded/embedded-redis.ts';
import { ConnectorError } from '../../../../../src/types/errors.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

let redis: EmbeddedRedis;
beforeAll(async () => {
  redis = await startEmbeddedRedis();
});
afterAll(() => redis.close());

function poolOf(limits: { maxTotal: number; maxIdle: number; minIdle: number }, clock = new ManualClock()) {
  const endpoint = tcpEndpoint(redis.host, redis.port, 1000);
  let opened = 0;
  const pool = new ConnectionPool({
    label: endpoint.label,
    clock,
    limits,
    open: async () => {
      opened++;
      const input = new SocketInput();
      const socket = endpoint.open(input.onread);
      await new Promise((resolve) => socket.once('connect', resolve));
      const connection = new Connection(socket, input, endpoint, clock);
      connection.lastUsed = clock.monotonic();
      return connection;
    },
  });
  return { pool, clock, opened: () => opened };
}

describe('ConnectionPool', () => {
  it('lends the one returned last, and opens no more than it needs', async () => {
    const { pool, opened } = poolOf({ maxTotal: 8, maxIdle: 8, minIdle: 0 });
    const [a, b] = [await pool.borrow(0), await pool.borrow(0)];
    pool.release(a);
    pool.release(b);
    expect(await pool.borrow(0)).toBe(b);
    expect(await pool.borrow(0)).toBe(a);
    expect(opened()).toBe(2);
    pool.close();
  });

  it('never has more than maxTotal: who comes then waits for a return, in turn', async () => {
    const { pool } = poolOf({ maxTotal: 2, maxIdle: 2, minIdle: 0 });
    const [a, b] = await Promise.all([pool.borrow(0), pool.borrow(0)]);
    const third = pool.borrow(1000);
    const fourth = pool.borrow(1000);
    await new Promise(setImmediate);
    pool.release(a);
    expect(await third).toBe(a);
    pool.release(b);
    expect(await fourth).toBe(b);
    expect(pool.total).toBe(2);
    pool.close();
  });

  it('makes nobody wait for ever', async () => {
    const { pool, clock } = poolOf({ maxTotal: 1, maxIdle: 1, minIdle: 0 });
    await pool.borrow(0);
    const waiting = pool.borrow(500).catch((error: Error) => error.message);
    await new Promise(setImmediate);
    await clock.advance(500);
    expect(await waiting).toMatch(
      /^All 1 connections to Redis at .* were busy for 500 ms \(connection\.pool\.max-total\)$/,
    );
    pool.close();
  });

  it('keeps maxIdle and closes the rest', async () => {
    const { pool } = poolOf({ maxTotal: 4, maxIdle: 1, minIdle: 0 });
    const lent = await Promise.all([pool.borrow(0), pool.borrow(0), pool.borrow(0)]);
    for (const connection of lent) pool.release(connection);
    expect([pool.idle, pool.total]).toEqual([1, 1]);
    expect(lent.filter((connection) => connection.usable).length).toBe(1);
    pool.close();
  });

  it('holds minIdle ready, within maxIdle', async () => {
    const two = poolOf({ maxTotal: 8, maxIdle: 8, minIdle: 2 });
    await two.pool.fill();
    expect([two.pool.idle, two.opened()]).toEqual([2, 2]);
    two.pool.close();
    const one = poolOf({ maxTotal: 8, maxIdle: 1, minIdle: 4 });
    await one.pool.fill();
    expect(one.pool.idle).toBe(1);
    one.pool.close();
  });

  it('does not lend a broken one, and asks one that was idle for long', async () => {
    const { pool, clock, opened } = poolOf({ maxTotal: 8, maxIdle: 8, minIdle: 0 });
    const [a, b] = [await pool.borrow(0), await pool.borrow(0)];
    pool.release(a);
    pool.release(b);
    b.destroy(new ConnectorError('broken'));
    expect(await pool.borrow(0)).toBe(a);
    pool.release(a);
    await clock.advance(60_000);
    expect(await pool.borrow(0)).toBe(a); // after a PING
    expect(a.lastUsed).toBe(clock.monotonic());
    expect(opened()).toBe(2);
    pool.close();
  });

  it('refuses who waits, and who comes, when it is closed', async () => {
    const { pool } = poolOf({ maxTotal: 1, maxIdle: 1, minIdle: 0 });
    const lent = await pool.borrow(0);
    const waiting = pool.borrow(1000).catch((error: Error) => error.message);
    await new Promise(setImmediate);
    pool.close();
    expect(await waiting).toContain('is closed');
    await expect(pool.borrow(0)).rejects.toThrow('is closed');
    expect(lent.usable).toBe(false);
  });
});
