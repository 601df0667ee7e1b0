import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import {
  embeddedRedis,
  startEmbeddedRedis,
} from '../../../../../src/connectors/redis/embedded/embedded-redis.ts';
import { RawClient } from '../../../../conformance/redis-port/support.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(options: Parameters<typeof startEmbeddedRedis>[0] = {}) {
  const redis = await startEmbeddedRedis(options);
  cleanups.push(() => redis.close());
  const client = await RawClient.open(redis);
  cleanups.push(() => client.close());
  return { redis, client };
}

describe('the embedded Redis', () => {
  it('lets keys expire by its clock', async () => {
    const clock = new ManualClock();
    const { client } = await open({ clock });
    await client.send(['SET', 'a', '1', 'PX', '1500']);
    await client.send(['SET', 'b', '1']);
    expect(await client.send(['TTL', 'a'])).toBe(':2\r\n');
    await clock.advance(1499);
    expect(await client.send(['PTTL', 'a'])).toBe(':1\r\n');
    expect(await client.send(['DBSIZE'])).toBe(':2\r\n');
    await clock.advance(1);
    expect(await client.send(['GET', 'a'])).toBe('$-1\r\n');
    expect(await client.send(['DBSIZE'])).toBe(':1\r\n');
    expect(await client.send(['KEYS', '*'])).toBe('*1\r\n$1\r\nb\r\n');
  });

  it('forgets expired keys that nobody asks for', async () => {
    const clock = new ManualClock();
    const { client } = await open({ clock });
    for (let i = 0; i < 300; i++) await client.send(['SET', `k${i}`, 'v', 'PX', '10']);
    await clock.advance(1000);
    await client.send(['PING']);
    await clock.advance(1000);
    await client.send(['PING']);
    expect(await client.send(['SCAN', '0', 'COUNT', '1000'])).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
  });

  it('breaks a transaction whose watched key expired or changed', async () => {
    const clock = new ManualClock();
    const { redis, client } = await open({ clock });
    const other = await RawClient.open(redis);
    cleanups.push(() => other.close());
    await client.send(['WATCH', 'k']);
    await other.send(['SET', 'k', '1']);
    await client.send(['MULTI']);
    await client.send(['SET', 'k', '2']);
    expect(await client.send(['EXEC'])).toBe('*-1\r\n');
    expect(await client.send(['GET', 'k'])).toBe('$1\r\n1\r\n');
  });

  it('asks for its password', async () => {
    const { client } = await open({ password: 'geheim-ü' });
    expect(await client.send(['GET', 'a'])).toBe('-NOAUTH Authentication required.\r\n');
    expect(await client.send(['AUTH', 'no'])).toMatch(/^-WRONGPASS /);
    expect(await client.send(['AUTH', 'geheim-ü'])).toBe('+OK\r\n');
    expect(await client.send(['GET', 'a'])).toBe('$-1\r\n');
  });

  it('ends connections that are killed, and says who is there', async () => {
    const { redis, client } = await open();
    const other = await RawClient.open(redis);
    const id = Number((await other.send(['CLIENT', 'ID'])).slice(1));
    await other.send(['CLIENT', 'SETNAME', 'victim']);
    expect(await client.send(['CLIENT', 'LIST'])).toContain('name=victim');
    const ended = other
      .send(['CLIENT', 'NOPE'])
      .then(() => other.send(['PING']).catch((error: Error) => error.message));
    await new Promise(setImmediate);
    expect(await client.send(['CLIENT', 'KILL', 'ID', String(id)])).toBe(':1\r\n');
    expect(['closed', '+PONG\r\n']).toContain(await ended);
    expect(await client.send(['CLIENT', 'LIST'])).not.toContain('victim');
  });

  it('serves another client library', async () => {
    const { redis } = await open({ password: 'pw' });
    const client = new Redis({ host: redis.host, port: redis.port, password: 'pw', db: 2 });
    cleanups.push(() => client.disconnect());
    expect(await client.hset('h', { a: '1', b: 'größe' })).toBe(2);
    expect(await client.hgetall('h')).toEqual({ a: '1', b: 'größe' });
    const results = await client.multi().set('k', 'v').get('k').exec();
    expect(results).toEqual([
      [null, 'OK'],
      [null, 'v'],
    ]);
    expect(await client.info('keyspace')).toContain('db2:keys=2,expires=0');
    expect(await client.info()).toMatch(/redis_version:7\.\d/);
  });

  it('holds back replies to a client that does not read', async () => {
    const { redis, client } = await open();
    await client.send(['SET', 'big', 'x'.repeat(1_000_000)]);
    const { connect } = await import('node:net');
    const lazy = connect(redis.port, redis.host).pause();
    cleanups.push(() => lazy.destroy());
    lazy.write('GET big\r\n'.repeat(200));
    for (let i = 0; i < 50; i++) await client.send(['PING']);
    const before = process.memoryUsage().external + process.memoryUsage().heapUsed;
    expect(before).toBeLessThan(600_000_000);
    let received = 0;
    await new Promise<void>((resolve) => {
      lazy.on('data', (chunk) => {
        received += chunk.length;
        if (received >= 200 * ('$1000000\r\n'.length + 1_000_002)) resolve();
      });
      lazy.resume();
    });
    expect(received).toBe(200 * ('$1000000\r\n'.length + 1_000_000 + 2));
  });

  it('says when its port is taken', async () => {
    const { redis } = await open();
    await expect(startEmbeddedRedis({ port: redis.port })).rejects.toThrow(
      `The embedded Redis cannot listen on 127.0.0.1:${redis.port}`,
    );
  });

  it('is one for the process, and a new one after it was closed', async () => {
    const first = await embeddedRedis();
    expect((await embeddedRedis()).port).toBe(first.port);
    const client = await RawClient.open(first);
    await client.send(['SET', 'a', '1']);
    client.close();
    await first.close();
    const second = await embeddedRedis();
    const again = await RawClient.open(second);
    expect(await again.send(['GET', 'a'])).toBe('$-1\r\n');
    again.close();
    await second.close();
  });

  it('does not keep the process alive', async () => {
    const module = join(
      import.meta.dirname,
      '../../../../../src/connectors/redis/embedded/embedded-redis.ts',
    );
    const script = `import { embeddedRedis } from ${JSON.stringify(module)}; const { port } = await embeddedRedis(); console.log(typeof port)`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    expect(stdout).toBe('number\n');
  });
});
