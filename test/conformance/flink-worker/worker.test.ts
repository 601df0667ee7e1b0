// The worker process against a real Redis, driven as a TaskManager does it.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { FrameType, frame } from '../../../src/worker/frames.ts';
import { inDatabase } from '../../support/in-database.ts';
import { type SharedRedis, sharedRedis, startRedis } from '../../support/services.ts';
import { type TableSpec, WorkerError, WorkerProcess } from './worker-process.ts';

let redis: SharedRedis;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  redis = await sharedRedis();
});

afterEach(() => {
  for (const worker of workers.splice(0)) worker.process.kill('SIGKILL');
});

function start(): WorkerProcess {
  const worker = new WorkerProcess();
  workers.push(worker);
  return worker;
}

const at = () => ({ host: redis.host, port: String(redis.port), dbNum: String(redis.database) });

function sink(options: Record<string, string>, more: Partial<TableSpec> = {}): TableSpec {
  return {
    role: 'sink',
    columns: [
      ['k', 'STRING'],
      ['v', 'STRING'],
    ],
    primaryKey: [0],
    options: { ...at(), mode: 'STRING', ...options },
    ...more,
  };
}

function lookup(options: Record<string, string> = {}, more: Partial<TableSpec> = {}): TableSpec {
  return { ...sink(options), role: 'lookup', keys: [0], ...more };
}

async function command(...args: string[]): Promise<unknown> {
  return (await inDatabase(redis, [args]))[0];
}

describe('life', () => {
  test('says who it is, answers pings, ends with its input', async () => {
    const worker = start();
    const { type, body } = await worker.hello;
    expect(type).toBe(FrameType.HELLO);
    expect([body.readUInt16LE(0), body.readUInt16LE(2)]).toEqual([1, 1]);
    expect(body.readUInt32LE(4)).toBe(worker.process.pid);
    expect(JSON.parse(body.toString('utf8', 8))).toEqual({
      node: process.versions.node,
      core: manifest.version,
    });
    expect((await worker.call(FrameType.PING, 0)).type).toBe(FrameType.PONG);
    expect(await worker.end()).toBe(0);
    expect(worker.log).toBe('');
  });

  test('tells with a pong what its channels count, but for what Flink counts itself', async () => {
    const worker = start();
    const target = await worker.open(sink({}));
    const source = await worker.open(lookup({ cache: 'LRU', cacheSize: '10' }));
    await target.write([['counted', '1']]);
    await source.lookup([['counted'], ['absent']]);
    await source.lookup([['counted']]);
    const { body } = await worker.call(FrameType.PING, 0);
    const metrics = JSON.parse(body.toString()) as Record<string, Record<string, number>>;
    expect(metrics[target.number]).toMatchObject({ numCommandsSent: 1, numReconnects: 0 });
    expect(metrics[target.number]).not.toHaveProperty('numRecordsOut');
    expect(metrics[source.number]).toMatchObject({
      numRequests: 1,
      'cache.hitCount': 1,
      'cache.missCount': 2,
      'cache.numCachedRecords': 2,
    });
  });

  test('ends with channels open, and leaves no connection', async () => {
    const server = await startRedis();
    try {
      const worker = start();
      const target = { host: server.host, port: String(server.port), dbNum: '0' };
      const channel = await worker.open(sink(target));
      await worker.open(lookup(target));
      await channel.write([['life', '1']]);
      expect(await worker.end()).toBe(0);
      const clients = String(await server.command(['CLIENT', 'LIST']));
      expect(clients.trim().split('\n')).toHaveLength(1); // the one that asks
    } finally {
      await server.close();
    }
  });

  test('stays through a Ctrl-C of the terminal', async () => {
    const worker = start();
    await worker.hello;
    worker.process.kill('SIGINT');
    expect((await worker.call(FrameType.PING, 0)).type).toBe(FrameType.PONG);
    expect(await worker.end()).toBe(0);
  });

  test('ends with an error when its input is no frames', async () => {
    const worker = start();
    await worker.hello;
    worker.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(await worker.exited()).toBe(1);
    expect(worker.log).toContain('ERROR Error: Frame of');
  });

  test('channels that were closed can be followed by others', async () => {
    const worker = start();
    for (let i = 0; i < 20; i++) {
      const channel = await worker.open(sink({}));
      await channel.write([[`again-${i}`, 'x']]);
      channel.close();
    }
    await expect(worker.call(FrameType.LOOKUP, 20)).rejects.toThrow('Channel 20 is not open.');
    expect(await worker.end()).toBe(0);
  });
});

describe('sink', () => {
  test('acknowledges what Redis has', async () => {
    const channel = await start().open(sink({}));
    await channel.write([
      ['a', '1'],
      ['b', ''],
      ['ü', '😀 €'],
    ]);
    expect(await command('MGET', 'a', 'b', 'ü')).toEqual(['1', '', '😀 €']);
  });

  test('takes changes in their order, over many frames', async () => {
    const channel = await start().open(sink({ 'sink.buffer-flush.max-rows': '3' }));
    const frames: Promise<void>[] = [];
    for (let i = 0; i < 500; i++) {
      frames.push(
        channel.write(
          [
            ['order', String(i)],
            [`gone-${i % 7}`, 'x'],
            [`gone-${i % 7}`, 'x'],
          ],
          [i === 0 ? 0 : 2, 0, 3],
        ),
      );
    }
    await Promise.all(frames);
    expect(await command('GET', 'order')).toBe('499');
    expect(await command('EXISTS', ...Array.from({ length: 7 }, (_, i) => `gone-${i}`))).toBe(0);
  });

  test('DOUBLE scores, PRIMARY KEY of two columns, key prefix', async () => {
    const channel = await start().open(
      sink(
        { mode: 'SORTEDSET', 'key-prefix': 'p', 'key-prefix-delimiter': ':' },
        {
          columns: [
            ['k', 'STRING'],
            ['score', 'DOUBLE'],
            ['member', 'STRING'],
          ],
          primaryKey: [0, 2],
        },
      ),
    );
    await channel.write(
      [
        ['z', 1.5, 'a'],
        ['z', -0.25, 'b'],
        ['z', 3, 'c'],
        ['z', 3, 'c'],
      ],
      [0, 0, 0, 3],
    );
    expect(await command('ZRANGE', 'p:z', '0', '-1', 'WITHSCORES')).toEqual(['b', '-0.25', 'a', '1.5']);
  });

  test('columns that the INSERT leaves out are left alone', async () => {
    const columns: TableSpec['columns'] = [
      ['k', 'STRING'],
      ['a', 'STRING'],
      ['b', 'STRING'],
    ];
    await command('HSET', 'partial', 'a', 'old', 'b', 'old');
    const worker = start();
    const options = { mode: 'HASHMAP', flattenHash: 'true' };
    const channel = await worker.open(sink(options, { columns, targetColumns: [0, 1] }));
    await channel.write([['partial', 'new', null]]);
    expect(await command('HGETALL', 'partial')).toEqual(['a', 'new', 'b', 'old']);
  });

  test('a value of 8 MB', async () => {
    const channel = await start().open(sink({}));
    const value = '€'.repeat(2_800_000);
    await channel.write([['large', value]]);
    expect(await command('STRLEN', 'large')).toBe(8_400_000);
  });

  test('a refused command fails the channel for good, and others go on', async () => {
    const worker = start();
    await command('SET', 'text', 'x');
    const columns: TableSpec['columns'] = [
      ['k', 'STRING'],
      ['v', 'STRING'],
    ];
    const bad = await worker.open(sink({ mode: 'LIST' }, { columns }));
    const good = await worker.open(sink({}));
    await expect(bad.write([['text', 'element']])).rejects.toThrow(/WRONGTYPE/);
    await expect(bad.write([['text', 'element']])).rejects.toThrow();
    await good.write([['still', 'here']]);
    expect(await command('GET', 'still')).toBe('here');
  });
});

describe('lookup', () => {
  test('rows of each key in its order, misses, repeated keys', async () => {
    await command('MSET', 'l1', 'one', 'l2', '', 'lä', 'ü');
    const channel = await start().open(lookup());
    expect(await channel.lookup([['l1'], ['none'], ['lä'], ['l1'], ['l2']])).toEqual([
      [['l1', 'one']],
      [],
      [['lä', 'ü']],
      [['l1', 'one']],
      [['l2', '']],
    ]);
    expect(await channel.lookup([])).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['keys as they are', {}],
    ['a prefix', { 'key-prefix': 'prä', 'key-prefix-delimiter': ':' }],
    ['a template', { 'key-template': 'prä:{{{k}}}' }],
    ['a cache', { cache: 'LRU' }],
    ['a hash', { hashName: 'all-of-them' }],
    ['a format', { 'value.format': 'raw' }],
  ])('keys short and long, ASCII or not, repeated or absent: %s', async (_name, options) => {
    const keys = [
      'k',
      'käse',
      '😀',
      'x'.repeat(300),
      'ä'.repeat(300),
      '',
      'key-0000000001',
      'key-0000000002',
    ];
    const redisKey = (key: string) => {
      if (options['key-prefix'] !== undefined) return `prä:${key}`;
      return options['key-template'] === undefined ? key : `prä:{${key}}`;
    };
    for (const key of keys) {
      await command('SET', redisKey(key), `value of ${key}`);
      await command('HSET', 'all-of-them', key, `value of ${key}`);
    }
    const channel = await start().open(lookup(options));
    const rows = keys.map((key) => [[key, `value of ${key}`]]);
    expect(await channel.lookup(keys.map((key) => [key]))).toEqual(rows);
    const again = [...keys, 'no key', ...keys.toReversed(), 'no key'];
    expect(await channel.lookup(again.map((key) => [key]))).toEqual([...rows, [], ...rows.toReversed(), []]);
  });

  test('large values come a few at a time, in the order of their keys', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => [`big-${i % 37}`]);
    const value = 'x'.repeat(1_000_000);
    for (const [key] of keys) await command('SET', key!, `${key} ${value}`);
    const channel = await start().open(lookup());
    const parts = await channel.lookupInParts(keys);
    expect(parts.flat()).toEqual(keys.map(([key]) => [[key, `${key} ${value}`]]));
    expect(parts.length).toBeGreaterThan(4);
    expect(await channel.lookupInParts([['none']])).toEqual([[[]]]);
  });

  test('HASHMAP with missing fields, and with hashName', async () => {
    await command('HSET', 'h1', 'a', '1');
    await command('HSET', 'users', 'u1', 'Ann');
    const columns: TableSpec['columns'] = [
      ['a', 'STRING'],
      ['k', 'STRING'],
      ['b', 'STRING'],
    ];
    const worker = start();
    const hashes = await worker.open(lookup({ mode: 'HASHMAP' }, { columns, primaryKey: [1], keys: [1] }));
    expect(await hashes.lookup([['h1'], ['h2']])).toEqual([[['1', 'h1', null]], []]);
    const fields = await worker.open(lookup({ hashName: 'users' }));
    expect(await fields.lookup([['u1'], ['u2']])).toEqual([[['u1', 'Ann']], []]);
  });

  test('a lookup that fails says so, for its own request', async () => {
    await command('RPUSH', 'alist', 'x');
    const worker = start();
    const channel = await worker.open(
      lookup(
        { mode: 'HASHMAP' },
        {
          columns: [
            ['k', 'STRING'],
            ['a', 'STRING'],
          ],
        },
      ),
    );
    await expect(channel.lookup([['alist']])).rejects.toThrow(/WRONGTYPE/);
    expect(await channel.lookup([['absent']])).toEqual([[]]);
  });
});

describe('what cannot be opened', () => {
  test.each<[string, () => TableSpec, string]>([
    ['a jar of another release', () => sink({}, { version: 2 }), 'The jar speaks version 2'],
    ['an unknown option', () => sink({ prot: '1' }), "Unsupported options found for 'redis'"],
    ['a bad value', () => sink({ port: 'x' }), "Invalid value for option 'port'"],
    ['no primary key', () => sink({}, { primaryKey: [] }), 'has no primary key'],
    ['no server', () => sink({ port: '1' }), 'connecting to Redis failed'],
  ])('%s', async (_name, spec, message) => {
    const worker = start();
    await expect(worker.open(spec())).rejects.toThrow(message);
    expect((await worker.call(FrameType.PING, 0)).type).toBe(FrameType.PONG);
  });

  test('the errors carry their class, and whether a restart may help', async () => {
    const worker = start();
    const validation = await worker.open(sink({ port: 'x' })).catch((e: unknown) => e as WorkerError);
    expect(validation).toMatchObject({ code: 2, retryable: false });
    const connection = await worker.open(sink({ port: '1' })).catch((e: unknown) => e as WorkerError);
    expect(connection).toMatchObject({ code: 4, retryable: true });
  });

  test('no password in errors or log', async () => {
    const locked = await sharedRedis({ password: true });
    const worker = start();
    const options = { host: locked.host, port: String(locked.port), password: 'pa55-w0rd-wrong' };
    const error = await worker.open(sink(options)).catch((e: unknown) => e as WorkerError);
    expect(error).toBeInstanceOf(WorkerError);
    expect(String(error)).toMatch(/WRONGPASS|password/i);
    await worker.end();
    expect(String(error) + worker.log).not.toContain('pa55-w0rd-wrong');
  });

  test('a request to a channel that was closed', async () => {
    const worker = start();
    const channel = await worker.open(sink({}));
    worker.send(frame(FrameType.CLOSE, channel.number, 0));
    await expect(channel.write([['x', 'y']])).rejects.toThrow('is not open');
  });
});
