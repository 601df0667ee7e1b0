// The embedded Redis answers as the real one does: byte for byte in both protocols, where Redis' own answer is determined; as
// sets where Redis leaves the order open.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EmbeddedRedis,
  startEmbeddedRedis,
} from '../../../src/connectors/redis/embedded/embedded-redis.ts';
import { startRedis } from '../../support/services.ts';
import { COMMAND_CASES, wordsOf } from './command-cases.ts';
import { RawClient } from './support.ts';

let real: Awaited<ReturnType<typeof startRedis>>;
let embedded: EmbeddedRedis;
let clients: readonly [RawClient, RawClient];

beforeAll(async () => {
  [real, embedded] = await Promise.all([startRedis({ persist: false }), startEmbeddedRedis()]);
});
afterAll(() => Promise.all([real?.close(), embedded?.close()]));

const UNORDERED = new Set([
  'HGETALL',
  'HKEYS',
  'HVALS',
  'SMEMBERS',
  'KEYS',
  'SCAN',
  'HSCAN',
  'SSCAN',
  'ZSCAN',
]);

/** Where order means nothing: the reply's lines sorted. Elsewhere: the reply. */
function comparable(words: readonly string[], reply: string): string {
  if (!UNORDERED.has(words[0]!.toUpperCase())) return reply;
  return reply.split('\r\n').sort().join('\n');
}

async function openBoth(protocol: 2 | 3): Promise<void> {
  clients = [await RawClient.open(real), await RawClient.open(embedded)];
  for (const client of clients) {
    await client.send(['HELLO', String(protocol)]);
    await client.send(['FLUSHALL']);
  }
}

function closeBoth(): void {
  for (const client of clients) client.close();
}

async function expectAlike(words: readonly string[]): Promise<void> {
  const [expected, actual] = await Promise.all(clients.map((client) => client.send(words)));
  expect(`${words.join(' ')} -> ${comparable(words, actual!)}`).toBe(
    `${words.join(' ')} -> ${comparable(words, expected!)}`,
  );
}

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  it.each(COMMAND_CASES)('$name', async ({ commands }) => {
    await openBoth(protocol);
    for (const line of commands) await expectAlike(wordsOf(line));
    closeBoth();
  });

  it('bytes of any kind in keys and values', async () => {
    await openBoth(protocol);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const command of [
      ['SET', bytes, bytes],
      ['GET', bytes],
      ['APPEND', bytes, Buffer.from('größe 😀')],
      ['STRLEN', bytes],
      ['KEYS', '*'],
      ['HSET', 'h', bytes, bytes],
      ['HGETALL', 'h'],
      ['ZADD', 'z', '1', bytes, '1', Buffer.from([0xff]), '1', Buffer.from([0x7f])],
      ['ZRANGE', 'z', '0', '-1'],
    ] as const) {
      const [expected, actual] = await Promise.all(clients.map((client) => client.send(command)));
      expect(actual).toBe(expected);
    }
    closeBoth();
  });

  it('random sequences of commands', async () => {
    await openBoth(protocol);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
        for (const client of clients) {
          await client.send(['DISCARD']);
          await client.send(['FLUSHALL']);
        }
        for (const words of commands) await expectAlike(words);
      }),
      { numRuns: 150 },
    );
    closeBoth();
  });
});

describe('what a client may send besides arrays', () => {
  it.each([
    'PING\r\n',
    '\r\nPING\r\n',
    '*0\r\nPING\r\n',
    '*-1\r\nPING\n',
    'SET  a   b\r\n',
    'GET a\n',
    '*1\r\n:1\r\n',
    '*1\r\n$x\r\n',
    '*x\r\n',
    '*1\r\n$-1\r\n',
    '*3000000000\r\n',
  ])('%j', async (text) => {
    await openBoth(2);
    const [expected, actual] = await Promise.all(
      clients.map((client) => client.sendBytes(Buffer.from(text))),
    );
    expect(actual).toBe(expected);
    closeBoth();
  });
});

describe('scans', () => {
  it.each(['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN'])(
    '%s meets all that stays, while others come and go',
    async (name) => {
      for (const server of [real, embedded]) {
        const client = await RawClient.open(server);
        await client.send(['FLUSHALL']);
        const put = (key: string): string[] =>
          ({
            SCAN: ['SET', key, 'v'],
            HSCAN: ['HSET', 'c', key, 'v'],
            SSCAN: ['SADD', 'c', key],
            ZSCAN: ['ZADD', 'c', '1', key],
          })[name]!;
        const remove = (key: string): string[] =>
          ({
            SCAN: ['DEL', key],
            HSCAN: ['HDEL', 'c', key],
            SSCAN: ['SREM', 'c', key],
            ZSCAN: ['ZREM', 'c', key],
          })[name]!;
        for (let i = 0; i < 1000; i++) await client.send(put(`key:${i}`));
        const seen = new Set<string>();
        let cursor = '0';
        let step = 0;
        do {
          const reply = await client.send(
            name === 'SCAN' ? [name, cursor, 'COUNT', '20'] : [name, 'c', cursor, 'COUNT', '20'],
          );
          const lines = reply.split('\r\n');
          cursor = lines[2]!;
          for (const line of lines) if (line.startsWith('key:')) seen.add(line);
          await client.send(remove(`key:${step * 7 + 1}`)); // odd and even ones, ahead and behind
          await client.send(put(`new:${step}`));
          step++;
        } while (cursor !== '0' && step < 1000);
        expect(step).toBeGreaterThan(10);
        for (let i = 0; i < 1000; i++) if (i % 7 !== 1) expect(seen.has(`key:${i}`)).toBe(true);
        client.close();
      }
    },
  );
});

// Random commands over few keys, so that they meet.
const key = fc.constantFrom('a', 'b', 'c', 'é');
const field = fc.constantFrom('f', 'g', 'h', '1', '');
const value = fc.oneof(
  fc.constantFrom('', 'x', '1', '-5', '3.5', 'text', '9223372036854775807'),
  fc.string({ maxLength: 6 }),
);
const index = fc.oneof(fc.integer({ min: -4, max: 4 }).map(String), fc.constantFrom('x', '0', '-1'));
const score = fc.oneof(
  fc.double({ noNaN: true }).map((n) => (Number.isFinite(n) ? String(n) : n < 0 ? '-inf' : 'inf')),
  fc.constantFrom('1', '0', '-1', '0.1', 'nan', 'x'),
);
const bound = fc.oneof(
  score,
  score.map((s) => `(${s})`.slice(0, -1)),
);
const option = <T>(arbitrary: fc.Arbitrary<T[]>) => fc.oneof(fc.constant<T[]>([]), arbitrary);
const far = fc.integer({ min: 1, max: 1_000_000 }).map((n) => String(99_999_999_999_999 + n));
const some = (word: fc.Arbitrary<string>) => fc.array(word, { minLength: 1, maxLength: 3 });

function line(...parts: (string | fc.Arbitrary<string> | fc.Arbitrary<string[]>)[]): fc.Arbitrary<string[]> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.flat());
}

const command: fc.Arbitrary<string[]> = fc.oneof(
  line(
    'SET',
    key,
    value,
    option(fc.constantFrom(['NX'], ['XX'], ['GET'], ['KEEPTTL'], ['XX', 'GET'], ['FOO'])),
  ),
  line('SET', key, value, 'PXAT', far),
  line(
    fc.constantFrom(
      'GET',
      'STRLEN',
      'INCR',
      'DECR',
      'GETDEL',
      'TYPE',
      'PEXPIRETIME',
      'PERSIST',
      'EXISTS',
      'DEL',
    ),
    key,
  ),
  line(
    fc.constantFrom(
      'HGETALL',
      'HLEN',
      'HKEYS',
      'LLEN',
      'LPOP',
      'RPOP',
      'SMEMBERS',
      'SCARD',
      'ZCARD',
      'ZPOPMIN',
    ),
    key,
  ),
  line(fc.constantFrom('MGET', 'DEL', 'UNLINK', 'EXISTS', 'WATCH'), some(key)),
  line('PEXPIREAT', key, far, option(fc.constantFrom(['NX'], ['XX'], ['GT'], ['LT']))),
  line(fc.constantFrom('RENAME', 'RENAMENX'), key, key),
  line(
    fc.constantFrom('APPEND', 'INCRBY', 'DECRBY', 'SETNX', 'GETSET', 'SISMEMBER', 'ZSCORE', 'ZRANK'),
    key,
    value,
  ),
  line(fc.constantFrom('HSET', 'HMSET'), key, some(fc.oneof(field, value))),
  line(fc.constantFrom('HGET', 'HEXISTS', 'HSTRLEN'), key, field),
  line(fc.constantFrom('HMGET', 'HDEL'), key, some(field)),
  line(fc.constantFrom('HSETNX', 'HINCRBY'), key, field, value),
  line(
    fc.constantFrom('LPUSH', 'RPUSH', 'LPUSHX', 'SADD', 'SREM', 'ZREM', 'SMISMEMBER', 'ZMSCORE'),
    key,
    some(value),
  ),
  line(
    fc.constantFrom('LRANGE', 'LTRIM', 'GETRANGE', 'ZRANGE', 'ZREVRANGE', 'ZREMRANGEBYRANK'),
    key,
    index,
    index,
  ),
  line(fc.constantFrom('ZRANGE', 'ZREVRANGE'), key, index, index, 'WITHSCORES'),
  line('LREM', key, index, value),
  line('LSET', key, index, value),
  line('LINDEX', key, index),
  line('LPOP', key, index),
  line('LINSERT', key, fc.constantFrom('BEFORE', 'AFTER'), value, value),
  line('ZADD', key, option(fc.subarray(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'])), score, field),
  line('ZADD', key, score, field, score, value),
  line('ZINCRBY', key, score, field),
  line(fc.constantFrom('ZRANGEBYSCORE', 'ZCOUNT', 'ZREMRANGEBYSCORE', 'ZREVRANGEBYSCORE'), key, bound, bound),
  line('ZRANGEBYSCORE', key, bound, bound, 'WITHSCORES', 'LIMIT', index, index),
  line(fc.constantFrom('HSCAN', 'SSCAN', 'ZSCAN'), key, '0'),
  line(fc.constantFrom('MULTI', 'EXEC', 'DISCARD', 'UNWATCH', 'DBSIZE', 'PING', 'FOO')),
  line('KEYS', fc.constantFrom('*', 'a', '[ab]', '?', '[^a]')),
);
