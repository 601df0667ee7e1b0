// The sink writer on a real Redis: what is sent, when, and what happens when it is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RedisPort } from '../../../../src/connectors/redis/client/port.ts';
import { redisFactory } from '../../../../src/connectors/redis/factory.ts';
import { ConnectorError, DataError, errorChain } from '../../../../src/types/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { batchOf, type Change } from '../../../support/memory-tables.ts';
import {
  ask,
  factoryContext,
  openTestPort,
  openWriter,
  RecordingPort,
  schema,
  shared,
  testRuntime,
} from '../../../support/redis-table.ts';
import { sharedRedis } from '../../../support/services.ts';

const I = 0;
const UB = 1;
const UA = 2;
const D = 3;

const KV = schema(['k', 'v'], ['k']);
const K_V = schema(['k', 'v'], ['k', 'v']);
const KFV = schema(['k', 'f', 'v'], ['k']);
const KF_V = schema(['k', 'f', 'v'], ['k', 'f']);
const KSM = schema(['k', 'score', 'm'], ['k']);
const KS_M = schema(['k', 'score', 'm'], ['k', 'm']);
const FLAT = schema(['k', 'f1', 'f2'], ['k']);
const STRING = { mode: 'STRING' };

let real: RedisPort;
let port: RecordingPort;

beforeAll(async () => {
  real = await openTestPort(await sharedRedis());
});
afterAll(() => real.close());
beforeEach(async () => {
  await ask(real, [['FLUSHDB']]);
  port = new RecordingPort(real);
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const inserts = (n: number, from = 0): Change[] =>
  Array.from({ length: n }, (_, i) => [I, [`k${from + i}`, `v${from + i}`]] as const);

/** What is sent for these changes. */
async function commands(
  options: Record<string, string>,
  physical: typeof KV,
  changes: readonly Change[],
  targetColumns: readonly number[] | null = null,
): Promise<string[]> {
  const before = port.commands.length;
  const writer = await openWriter(options, physical, port, testRuntime(), targetColumns);
  await writer.write(batchOf(changes));
  await writer.flush(true);
  await writer.close();
  return port.commands.slice(before);
}

describe('commands', () => {
  test.each([
    ['STRING', KV, ['k', 'v'], ['SET k v'], ['DEL k']],
    ['LIST', KV, ['k', 'v'], ['LPUSH k v'], ['DEL k']],
    ['LIST', K_V, ['k', 'v'], ['LPUSH k v'], ['LREM k 1 v']],
    ['SET', KV, ['k', 'v'], ['SADD k v'], ['DEL k']],
    ['SET', K_V, ['k', 'v'], ['SADD k v'], ['SREM k v']],
    ['HASHMAP', KFV, ['k', 'f', 'v'], ['HSET k f v'], ['DEL k']],
    ['HASHMAP', KF_V, ['k', 'f', 'v'], ['HSET k f v'], ['HDEL k f']],
    ['SORTEDSET', KSM, ['k', 1.5, 'm'], ['ZADD k 1.5 m'], ['DEL k']],
    ['SORTEDSET', KS_M, ['k', Infinity, 'm'], ['ZADD k inf m'], ['ZREM k m']],
  ] as const)('%s', async (mode, physical, row, written, deleted) => {
    const changes: Change[] = [
      [I, row],
      [UA, row],
      [D, row],
    ];
    expect(await commands({ mode }, physical, changes)).toEqual([...written, ...written, ...deleted]);
    const dropped = await commands({ mode, ignoreDelete: 'true' }, physical, [...changes, [UB, row]]);
    expect(dropped).toEqual([...written, ...written]);
  });

  test('expiration: one command for STRING, PEXPIRE right behind the write for the others', async () => {
    const options = { expiration: '60000' };
    expect(await commands({ ...options, mode: 'STRING' }, KV, [[I, ['k', 'v']]])).toEqual([
      'SET k v PX 60000',
    ]);
    await ask(real, [['FLUSHDB']]);
    const hash: Change[] = [
      [I, ['k', 'f', 'v']],
      [D, ['k', 'f', 'v']],
    ];
    expect(await commands({ ...options, mode: 'HASHMAP' }, KF_V, hash)).toEqual([
      'HSET k f v',
      'PEXPIRE k 60000',
      'HDEL k f',
    ]);
  });

  test('expiration once: later writes leave the time to live as it is', async () => {
    const options = { mode: 'STRING', expiration: '60000', 'expiration.policy': 'first-write' };
    await commands(options, KV, [[I, ['k', 'v']]]);
    await ask(real, [['PEXPIRE', 'k', 30_000]]);
    await commands(options, KV, [[UA, ['k', 'w']]]);
    const [value, ttl] = await ask(real, [
      ['GET', 'k'],
      ['PTTL', 'k'],
    ]);
    expect(value).toBe('w');
    expect(ttl).toBeLessThanOrEqual(30_000);
    expect(ttl).toBeGreaterThan(0);
  });

  test('without expiration a time to live stays as Redis leaves it', async () => {
    await ask(real, [
      ['SET', 's', '1', 'PX', 60_000],
      ['HSET', 'h', 'a', '1'],
      ['PEXPIRE', 'h', 60_000],
    ]);
    await commands(STRING, KV, [[I, ['s', 'v']]]);
    await commands({ mode: 'HASHMAP' }, KFV, [[I, ['h', 'f', 'v']]]);
    const [s, h] = await ask(real, [
      ['PTTL', 's'],
      ['PTTL', 'h'],
    ]);
    expect(s).toBe(-1);
    expect(h).toBeGreaterThan(0);
  });

  test('flattenHash: fields with values first, NULLs removed, columns that the INSERT leaves out untouched', async () => {
    const options = { mode: 'HASHMAP', flattenHash: 'true' };
    const changes: Change[] = [
      [I, ['k', 'a', 'b']],
      [I, ['k', null, 'b']],
      [I, ['k', null, null]],
    ];
    expect(await commands(options, FLAT, changes)).toEqual([
      'HSET k f1 a f2 b',
      'HSET k f2 b',
      'HDEL k f1',
      'HDEL k f1 f2',
    ]);
    expect(await commands(options, FLAT, [[I, ['k', 'a', null]]], [0, 1])).toEqual(['HSET k f1 a']);
    expect(await commands(options, FLAT, [[I, ['k', null, null]]], [0])).toEqual([]);
  });

  test('the key need not be the first column, and carries the prefix', async () => {
    const options = { mode: 'HASHMAP', 'key-prefix': 'p', 'key-prefix-delimiter': ':' };
    expect(await commands(options, schema(['f', 'k', 'v'], ['k']), [[I, ['f', 'k', 'v']]])).toEqual([
      'HSET p:k f v',
    ]);
    expect(await commands(options, schema(['v', 'f', 'k'], ['k', 'f']), [[D, ['v', 'f', 'k']]])).toEqual([
      'HDEL p:k f',
    ]);
  });
});

describe('updates', () => {
  test('-U and +U of the same thing are one write', async () => {
    const changes: Change[] = [
      [UB, ['k', 'v']],
      [UA, ['k', 'w']],
    ];
    expect(await commands(STRING, KV, changes)).toEqual(['SET k w']);
    await ask(real, [['FLUSHDB']]);
    expect(await commands({ mode: 'SET' }, KV, changes)).toEqual(['SADD k w']);
    expect(await commands({ mode: 'SET' }, K_V, changes)).toEqual(['SREM k v', 'SADD k w']);
  });

  test('an update of the key deletes the old one, unless deletions are ignored', async () => {
    const changes: Change[] = [
      [UB, ['a', 'v']],
      [UA, ['b', 'v']],
    ];
    expect(await commands(STRING, KV, changes)).toEqual(['DEL a', 'SET b v']);
    expect(await commands({ ...STRING, ignoreDelete: 'true' }, KV, changes)).toEqual(['SET b v']);
  });

  test('a -U that no +U follows is a deletion', async () => {
    const changes: Change[] = [
      [UB, ['a', 'v']],
      [UB, ['b', 'v']],
      [I, ['b', 'w']],
      [UB, ['c', 'v']],
      [D, ['c', 'v']],
      [UB, ['d', 'v']],
    ];
    expect(await commands(STRING, KV, changes)).toEqual([
      'DEL a',
      'DEL b',
      'SET b w',
      'DEL c',
      'DEL c',
      'DEL d',
    ]);
  });

  test.each(['0', '1', '200'])(
    'a -U at the end of a batch waits for its +U (max-rows %s)',
    async (maxRows) => {
      const clock = new ManualClock();
      const options = { ...STRING, 'sink.buffer-flush.max-rows': maxRows };
      const writer = await openWriter(options, KV, port, testRuntime(clock));
      await writer.write(batchOf([[UB, ['k', 'v']]]));
      await writer.write(batchOf([[UA, ['k', 'w']]]));
      await writer.flush(false);
      expect(port.commands).toEqual(['SET k w']);
      await writer.write(batchOf([[UB, ['k', 'w']]]));
      await clock.advance(1000);
      await writer.flush(false);
      expect(port.commands).toEqual(['SET k w', 'DEL k']);
      await writer.close();
    },
  );
});

describe('when it is sent', () => {
  test('at max-rows, in order', async () => {
    const writer = await openWriter(
      { ...STRING, 'sink.buffer-flush.max-rows': '3' },
      KV,
      port,
      testRuntime(new ManualClock()),
    );
    await writer.write(batchOf(inserts(2)));
    expect(port.batches).toEqual([]);
    await writer.write(batchOf(inserts(6, 2)));
    expect(port.batches.map((b) => b.length)).toEqual([3, 3]);
    await writer.flush(false);
    expect(port.batches.map((b) => b.length)).toEqual([3, 3, 2]);
    expect(port.commands).toEqual(inserts(8).map(([, [k, v]]) => `SET ${k} ${v}`));
    await writer.close();
  });

  test('the interval counts from the first buffered change', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(
      { ...STRING, 'sink.buffer-flush.interval': '1 s' },
      KV,
      port,
      testRuntime(clock),
    );
    await clock.advance(5000);
    await writer.write(batchOf(inserts(1)));
    await clock.advance(600);
    await writer.write(batchOf(inserts(1, 1)));
    await clock.advance(399);
    expect(port.batches).toEqual([]);
    await clock.advance(1);
    expect(port.commands).toEqual(['SET k0 v0', 'SET k1 v1']);
    await clock.advance(5000);
    expect(port.batches).toHaveLength(1);
    await writer.close();
  });

  test('interval 0: no timer', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(
      { ...STRING, 'sink.buffer-flush.interval': '0' },
      KV,
      port,
      testRuntime(clock),
    );
    await writer.write(batchOf(inserts(1)));
    expect(clock.pending).toBe(0);
    await writer.flush(true);
    expect(port.commands).toEqual(['SET k0 v0']);
    await writer.close();
  });

  test('max-rows 0: nothing waits', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(
      { ...STRING, 'sink.buffer-flush.max-rows': '0' },
      KV,
      port,
      testRuntime(clock),
    );
    await writer.write(batchOf(inserts(1)));
    expect(port.commands).toEqual(['SET k0 v0']);
    await writer.write(batchOf(inserts(250, 1)));
    expect(port.commands).toHaveLength(251);
    expect(clock.pending).toBe(0);
    await writer.close();
  });

  test('close sends nothing', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(STRING, KV, port, testRuntime(clock));
    await writer.write(batchOf(inserts(1)));
    await writer.close();
    await clock.advance(5000);
    expect(port.commands).toEqual([]);
    await expect(writer.flush(false)).rejects.toThrow('the writer is closed');
  });

  test('large values go before a batch has many rows', async () => {
    const writer = await openWriter(STRING, KV, port, testRuntime(new ManualClock()));
    const value = 'x'.repeat(300_000);
    await writer.write(batchOf(Array.from({ length: 9 }, (_, i): Change => [I, [`k${i}`, value]])));
    expect(port.batches.map((b) => b.length)).toEqual([4, 4]);
    await writer.flush(true);
    await writer.close();
  });
});

describe('back-pressure', () => {
  test('a few batches are on their way; then write waits, and nothing more is taken', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(STRING, KV, port, testRuntime(clock));
    port.hold();
    expect(writer.write(batchOf(inserts(2199)))).toBeUndefined();
    expect(port.batches).toHaveLength(10);
    let taken = false;
    const wait = Promise.resolve(writer.write(batchOf(inserts(300, 2199)))).then(() => {
      taken = true;
    });
    await settle();
    expect(taken).toBe(false);
    expect(port.batches).toHaveLength(10);
    port.release();
    await wait;
    await writer.flush(true);
    expect(port.commands).toEqual(inserts(2499).map(([, [k, v]]) => `SET ${k} ${v}`));
    await writer.close();
  });

  test('a timer that finds no room is made up for', async () => {
    const clock = new ManualClock();
    const writer = await openWriter(STRING, KV, port, testRuntime(clock));
    port.hold();
    await writer.write(batchOf(inserts(2001)));
    await clock.advance(1000);
    expect(port.batches).toHaveLength(10);
    port.release();
    await expect.poll(() => port.batches.length).toBe(11);
    await writer.close();
  });

  test('flush waits for every answer', async () => {
    const writer = await openWriter(STRING, KV, port, testRuntime(new ManualClock()));
    port.hold();
    await writer.write(batchOf(inserts(5)));
    let done = false;
    const flush = writer.flush(false).then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    port.release();
    await flush;
    await writer.close();
  });

  test('flush does not wait for what is written behind it', async () => {
    const writer = await openWriter(STRING, KV, port, testRuntime(new ManualClock()));
    port.hold();
    await writer.write(batchOf(inserts(200)));
    const flush = writer.flush(false);
    const release = port.takeGate();
    port.hold();
    await writer.write(batchOf(inserts(200, 200)));
    release();
    await flush;
    expect(writer.batchesInFlight).toBe(1);
    port.release();
    await writer.flush(false);
    expect(writer.batchesInFlight).toBe(0);
    await writer.close();
  });
});

describe('failures', () => {
  test('a refused command names the command, the key and the words of the server, and no value', async () => {
    await ask(real, [['HSET', 'p:bad', 'f', '1']]);
    const runtime = testRuntime();
    const options = { mode: 'LIST', 'key-prefix': 'p:' };
    const writer = await openWriter(options, KV, port, runtime);
    await writer.write(
      batchOf([
        [I, ['good', 'secret-1']],
        [I, ['bad', 'secret-2']],
      ]),
    );
    const error = await writer.flush(false).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectorError);
    expect((error as ConnectorError).message).toBe(
      "Table 't': Redis refused LPUSH of key 'p:bad': WRONGTYPE Operation against a key holding the wrong kind of value",
    );
    expect((error as ConnectorError).retryable).toBe(false);
    expect(runtime.failures).toEqual([error]);
    expect(() => writer.write(batchOf(inserts(1)))).toThrow('LPUSH of key');
    await expect(writer.flush(true)).rejects.toBe(error);
    expect(runtime.metric('numRecordsSendErrors')).toBe(2);
    expect(runtime.metric('numRecordsOut')).toBe(0);
    await writer.close();
  });

  test('a failure wakes a waiting write', async () => {
    await ask(real, [['HSET', 'k0', 'f', '1']]);
    const runtime = testRuntime();
    const writer = await openWriter({ mode: 'SET' }, KV, port, runtime);
    port.hold();
    const wait = writer.write(batchOf(inserts(2500)));
    port.release();
    await expect(wait).rejects.toThrow('SADD');
    expect(runtime.failures).toHaveLength(1);
    await writer.close();
  });

  test('arguments that the server repeats are cut off', async () => {
    const runtime = testRuntime();
    const { RedisReplyError } = await import('../../../../src/connectors/redis/client/port.ts');
    const refusing = {
      ...shared(real),
      write: async () => ({
        index: 0,
        error: new RedisReplyError("ERR unknown command 'SET', with args beginning with: 'k0' 'secret' "),
      }),
    };
    const writer = await openWriter(STRING, KV, refusing, runtime);
    await writer.write(batchOf(inserts(1)));
    await expect(writer.flush(false)).rejects.toThrow(
      /Redis refused SET of key 'k0': ERR unknown command 'SET'$/,
    );
    await writer.close();
  });

  test('a broken connection fails the job with its cause', async () => {
    const runtime = testRuntime();
    const cause = new ConnectorError('Redis at localhost:1 did not answer', { retryable: true });
    const broken = { ...shared(real), write: () => Promise.reject(cause) };
    const writer = await openWriter(STRING, KV, broken, runtime);
    await writer.write(batchOf(inserts(1)));
    const error = await writer.flush(false).catch((e: unknown) => e);
    expect(error).toMatchObject({ message: "Table 't': writing to Redis failed.", cause, retryable: true });
    expect(runtime.failures).toEqual([error]);
    await writer.close();
    expect(runtime.failures).toHaveLength(1);
  });

  test('a server that cannot be reached is named, with the table', async () => {
    const cause = new ConnectorError('Cannot connect to Redis at localhost:1: refused', { retryable: true });
    const dead = { ...shared(real), connect: () => Promise.reject(cause) };
    const opening = openWriter(STRING, KV, dead);
    await expect(opening).rejects.toMatchObject({ message: "Table 't': connecting to Redis failed.", cause });
  });

  test('a wrong password fails at once, and is in no message', async () => {
    const { host, port: number } = await sharedRedis({ password: true });
    const options = {
      connector: 'redis',
      host,
      port: String(number),
      password: 'not-this-one',
      mode: 'STRING',
    };
    const sink = redisFactory.createSink!(factoryContext(options, KV));
    const writer = sink.createWriter({ targetColumns: null, metadata: [] }, testRuntime());
    const error = await writer.open().catch((e: unknown) => e);
    expect(errorChain(error).join('\n')).toMatch(/connecting to Redis failed.*\n.*WRONGPASS/);
    expect(errorChain(error).join('\n')).not.toContain('not-this-one');
    expect((error as ConnectorError).retryable).toBe(false);
    await writer.close();
  });

  test.each([
    [
      'a NULL key',
      'STRING',
      KV,
      [null, 'v'],
      /column 'k' is the Redis key, and a NULL is being written into it/,
    ],
    [
      'a NULL value',
      'STRING',
      KV,
      ['k', null],
      /a NULL is being written into column 'v' of the row with key 'k'/,
    ],
    ['a NULL field', 'HASHMAP', KFV, ['k', null, 'v'], /into column 'f' of the row with key 'k'/],
    ['a NULL member', 'SORTEDSET', KSM, ['k', 1, null], /into column 'm'/],
    ['a NULL score', 'SORTEDSET', KSM, ['k', null, 'm'], /into column 'score'/],
    ['a score that is none', 'SORTEDSET', KSM, ['k', Number.NaN, 'm'], /score of a member of key 'k' is NaN/],
  ] as const)(
    '%s fails the job, and nothing is acknowledged after it',
    async (_, mode, physical, row, reason) => {
      const writer = await openWriter({ mode }, physical, port);
      expect(() => writer.write(batchOf([[I, row]]))).toThrow(DataError);
      await expect(writer.flush(false)).rejects.toThrow(reason);
      expect(port.commands).toEqual([]);
      await writer.close();
    },
  );

  test('sink.null-value: skip the row, or delete what it stands for', async () => {
    const changes: Change[] = [
      [I, ['a', null]],
      [I, ['b', '']],
    ];
    expect(await commands({ ...STRING, 'sink.null-value': 'skip' }, KV, changes)).toEqual(['SET b ']);
    expect(await commands({ ...STRING, 'sink.null-value': 'delete' }, KV, changes)).toEqual([
      'DEL a',
      'SET b ',
    ]);
    const score: Change[] = [[I, ['k', null, 'm']]];
    expect(await commands({ mode: 'SORTEDSET', 'sink.null-value': 'delete' }, KS_M, score)).toEqual([
      'ZREM k m',
    ]);
  });
});

test('metrics: rows and bytes that Redis has answered, dropped ones not counted', async () => {
  const runtime = testRuntime();
  const writer = await openWriter({ ...STRING, ignoreDelete: 'true' }, KV, real, runtime);
  await writer.write(
    batchOf([
      [I, ['k', 'v']],
      [UB, ['k', 'v']],
      [UA, ['k', 'w']],
      [D, ['k', 'w']],
    ]),
  );
  expect(runtime.metric('numRecordsOut')).toBe(0);
  await writer.flush(false);
  expect(runtime.metric('numRecordsOut')).toBe(2);
  expect(runtime.metric('numRecordsSend')).toBe(2);
  expect(runtime.metric('numBytesOut')).toBe(2 * '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n'.length);
  expect(runtime.metric('currentSendTime')).toBeGreaterThan(0);
  await writer.close();
});
