import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisReplyError, type Reply } from '../../../../../src/connectors/redis/client/port.ts';
import { ReplyParser, ReplySyntaxError } from '../../../../../src/connectors/redis/client/reply-parser.ts';
import { EncodedText } from '../../../../../src/types/encoded-text.ts';

/** Texts that stayed bytes as strings. */
function plain(reply: Reply): Reply {
  if (reply instanceof EncodedText) return String(reply);
  return Array.isArray(reply) ? reply.map(plain) : reply;
}

interface Read {
  replies: Reply[];
  pushes: (readonly Reply[])[];
  counted: number;
}

/** Feeds the chunks; the first `countable` replies are wanted as a number only, the texts of all as bytes where `encoded`. */
function read(chunks: readonly Buffer[], countable = 0, encoded = false): Read {
  const seen: Read = { replies: [], pushes: [], counted: 0 };
  let left = countable;
  const parser = new ReplyParser({
    countable: () => left,
    encoded: () => encoded,
    counted: (replies) => {
      seen.counted += replies;
      left -= replies;
    },
    reply: (reply) => {
      seen.replies.push(reply);
      if (left > 0) left--;
    },
    push: (message) => seen.pushes.push(message),
  });
  for (const chunk of chunks) parser.feed(chunk);
  return seen;
}

const STREAM = Buffer.from(
  [
    '+OK',
    '$5\r\nhello',
    '$0\r\n',
    '$-1',
    '*-1',
    '*0',
    ':42',
    ':-7',
    ':9223372036854775807',
    '-WRONGTYPE Operation against a key holding the wrong kind of value',
    '*3\r\n$1\r\na\r\n*2\r\n:1\r\n*0\r\n_',
    '%2\r\n+k\r\n:1\r\n+l\r\n*1\r\n#t',
    '~2\r\n+x\r\n+y',
    ',3.5',
    ',inf',
    ',-inf',
    '(3492890328409238509324850943850943825024385',
    '!21\r\nSYNTAX invalid syntax',
    '=9\r\ntxt:Grüß', // ü and ß: two bytes each, so 4 + 6 bytes, corrected below
    '>2\r\n+invalidate\r\n*1\r\n+key',
    '|1\r\n+ttl\r\n:3600\r\n*1\r\n:9',
    '#f',
    `$12\r\n${'é'.repeat(6)}`,
  ]
    .join('\r\n')
    .replace('=9\r\n', '=10\r\n')
    .concat('\r\n'),
);

const REPLIES: Reply[] = [
  'OK',
  'hello',
  '',
  null,
  null,
  [],
  42,
  -7,
  9223372036854775807n,
  new RedisReplyError('WRONGTYPE Operation against a key holding the wrong kind of value'),
  ['a', [1, []], null],
  ['k', 1, 'l', [true]],
  ['x', 'y'],
  3.5,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  3492890328409238509324850943850943825024385n,
  new RedisReplyError('SYNTAX invalid syntax'),
  'Grüß',
  [9],
  false,
  'éééééé',
];

describe('ReplyParser', () => {
  it('reads every type of RESP2 and RESP3', () => {
    const seen = read([STREAM]);
    expect(seen.replies).toEqual(REPLIES);
    expect(seen.pushes).toEqual([['invalidate', ['key']]]);
  });

  it('reads the same whatever the chunks: every split in two, and byte by byte', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      expect(read([STREAM.subarray(0, at), STREAM.subarray(at)]).replies).toEqual(REPLIES);
    }
    expect(read([...STREAM].map((byte) => Buffer.from([byte]))).replies).toEqual(REPLIES);
  });

  it('reads any reply in any chunks', () => {
    const scalar: fc.Arbitrary<Reply> = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.constant(null),
    );
    const reply = fc.letrec<{ any: Reply }>((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('any'), { maxLength: 5 })),
    })).any;
    const cuts = fc.array(fc.nat(200), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 10 }), cuts, (replies, lengths) => {
        const bytes = Buffer.concat(replies.map(encodeReply));
        expect(read(cut(bytes, lengths)).replies).toEqual(replies);
        const encoded = read(cut(bytes, lengths), 0, true).replies;
        expect(encoded.map(plain)).toEqual(replies);
        expect(encoded.some((r) => typeof r === 'string')).toBe(false);
      }),
    );
  });

  it('makes strings of what the server says unasked, also while texts stay bytes', () => {
    const push = '>2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nkey\r\n';
    const seen = read([Buffer.from(`${push}$1\r\na\r\n${push}`)], 0, true);
    expect(seen.pushes).toEqual([
      ['invalidate', ['key']],
      ['invalidate', ['key']],
    ]);
    expect(seen.replies).toEqual([expect.any(EncodedText)]);
  });

  it('counts what nobody wants, and still hands over errors and the replies behind', () => {
    const counted = fc.constantFrom(
      '+OK\r\n',
      ':1\r\n',
      ':0\r\n',
      ':123456\r\n',
      '+QUEUED\r\n',
      '$2\r\nab\r\n',
      '-OOM no\r\n',
      '$-1\r\n',
    );
    fc.assert(
      fc.property(
        fc.array(counted, { maxLength: 30 }),
        fc.array(fc.nat(30), { maxLength: 20 }),
        (lines, lengths) => {
          const bytes = Buffer.from(`${lines.join('')}+last\r\n`);
          const seen = read(cut(bytes, lengths), lines.length);
          const built = lines.filter((line) => line.startsWith('$') || line.startsWith('-')).length;
          expect(seen.counted).toBe(lines.length - built);
          expect(seen.replies.length).toBe(built + 1);
          expect(seen.replies.at(-1)).toBe('last');
          const errors = seen.replies.filter((r) => r instanceof RedisReplyError).length;
          expect(errors).toBe(lines.filter((line) => line.startsWith('-')).length);
        },
      ),
    );
  });

  it('puts a large string together once', () => {
    const text = 'x'.repeat(8_000_000);
    const bytes = Buffer.from(`$${text.length}\r\n${text}\r\n`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1000) chunks.push(bytes.subarray(at, at + 1000));
    expect(read(chunks).replies).toEqual([text]);
  });

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'not a Redis reply: it starts with "HTTP/1.1 400 Bad Requ'],
    [':1x\r\n', '"1x" is no integer'],
    ['$99999999999\r\n', 'longer than a string can be'],
    ['$2\r\nabcd', 'not as long as announced'],
    ['*-2\r\n', 'an array of -2 elements'],
    ['*1\r\n'.repeat(65), 'nested deeper than 64'],
    ['+a\rb\r\n', 'CR alone'],
    [`+${'a'.repeat(1 << 21)}`, 'without an end'],
    [',x\r\n', 'is no double'],
  ])('refuses %j', (bytes, message) => {
    expect(() => read([Buffer.from(bytes)])).toThrow(ReplySyntaxError);
    expect(() => read([Buffer.from(bytes)])).toThrow(message);
  });
});

function encodeReply(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n');
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === 'string') return Buffer.from(`$${Buffer.byteLength(reply)}\r\n${reply}\r\n`);
  if (Array.isArray(reply))
    return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encodeReply)]);
  throw new Error('not generated');
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(at, at + length));
    at = Math.min(at + length, bytes.length);
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}
