// The parser is fed what no server should send: whatever comes, it answers a value or an error, soon and in bounded memory. Seeded: a
// failure names its seed (DREY_TEST_FUZZ_SEED), and DREY_TEST_FUZZ_INPUTS asks for more inputs.
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { RedisReplyError, type Reply } from '../../../../../src/connectors/redis/client/port.ts';
import { ReplyParser, ReplySyntaxError } from '../../../../../src/connectors/redis/client/reply-parser.ts';

const INPUTS = Number(process.env['DREY_TEST_FUZZ_INPUTS'] ?? 100_000);
const SEED = Number(process.env['DREY_TEST_FUZZ_SEED'] ?? 20_261);

/** mulberry32 */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof randomNumbers>;

interface Outcome {
  readonly replies: Reply[];
  pushes: number;
  counted: number;
  error: ReplySyntaxError | null;
}

/** @param countable of the first so many replies only the number is wanted */
function parse(chunks: Iterable<Buffer>, countable = 0): Outcome {
  const outcome: Outcome = { replies: [], pushes: 0, counted: 0, error: null };
  let left = countable;
  const parser = new ReplyParser({
    countable: () => left,
    encoded: () => false,
    counted(replies) {
      if (replies < 1 || replies > left) throw new Error(`${replies} counted, ${left} could be`);
      outcome.counted += replies;
      left -= replies;
    },
    reply(reply) {
      outcome.replies.push(reply);
      if (left > 0) left--;
    },
    push() {
      outcome.pushes++;
    },
  });
  try {
    for (const chunk of chunks) parser.feed(chunk);
  } catch (error) {
    // Anything else is a bug of the parser.
    if (!(error instanceof ReplySyntaxError)) throw error;
    outcome.error = error;
  }
  return outcome;
}

function* cut(bytes: Buffer, random: Random): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const to = Math.min(bytes.length, at + 1 + random(random(2) === 0 ? 4 : 64));
    yield bytes.subarray(at, to);
    at = to;
  }
}

// ---- what is fed -------------------------------------------------------------------------------------------------------

const TEXTS = ['', 'OK', 'näïve 😀', 'a\r\nb', '\0', '+OK\r\n', '$5\r\nhello\r\n', 'x'.repeat(300)];
const NUMBERS = ['0', '-1', '1', '42', '-9007199254740991', '9223372036854775807', '00', '+7'];
const AGGREGATES = '*~%|';

/** A whole reply, nested up to `depth`. */
function validReply(random: Random, depth: number): string {
  const kind = random(depth > 0 ? 14 : 10);
  const text = TEXTS[random(TEXTS.length)]!;
  const line = text.replaceAll(/[\r\n]/g, ' ');
  switch (kind) {
    case 0:
    case 1:
      return `+${line}\r\n`;
    case 2:
      return `-ERR ${line}\r\n`;
    case 3:
      return `:${NUMBERS[random(NUMBERS.length)]}\r\n`;
    case 4:
    case 5:
      return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
    case 6:
      return ['$-1\r\n', '*-1\r\n', '_\r\n'][random(3)]!;
    case 7:
      return [`,${random(1000)}.5\r\n`, ',inf\r\n', ',-inf\r\n', ',nan\r\n', '#t\r\n', '#f\r\n'][random(6)]!;
    case 8:
      return `(${'7'.repeat(1 + random(40))}\r\n`;
    case 9:
      return random(2) === 0
        ? `!${Buffer.byteLength(text) + 4}\r\nERR ${text}\r\n`
        : `=${Buffer.byteLength(text) + 4}\r\ntxt:${text}\r\n`;
    default: {
      const items = random(4);
      const type = AGGREGATES[random(AGGREGATES.length)]!;
      const count = type === '%' || type === '|' ? items * 2 : items;
      const inside = Array.from({ length: count }, () => validReply(random, depth - 1)).join('');
      // Attributes stand before a value.
      return `${type}${items}\r\n${inside}${type === '|' ? ':1\r\n' : ''}`;
    }
  }
}

const WRONG_LENGTHS = [
  '-2',
  '999999999999999999999999',
  '536870912',
  '2147483648',
  '4294967295',
  '1e3',
  ' 5',
  '5 ',
  '',
  '0x10',
  '١',
];

/** Replies, some of them with a push in front. */
function validStream(random: Random, replies: number): string {
  let text = '';
  for (let i = 0; i < replies; i++) {
    if (random(5) === 0) text += `>2\r\n+invalidate\r\n${validReply(random, 2)}`;
    text += validReply(random, 4);
  }
  return text;
}

/** A stream of replies, then damaged: bytes changed, dropped, repeated, cut off; lengths that are not true. */
function damaged(random: Random): Buffer {
  let text = validStream(random, 1 + random(6));
  if (random(3) === 0) {
    const lengths = [...text.matchAll(/(?<=[$*%~>|!=])-?\d+(?=\r\n)/g)];
    const one = lengths[random(Math.max(1, lengths.length))];
    const wrong = random(2) === 0 ? WRONG_LENGTHS[random(WRONG_LENGTHS.length)]! : String(random(40));
    if (one !== undefined) text = text.slice(0, one.index) + wrong + text.slice(one.index + one[0].length);
  }
  const bytes = Buffer.from(text);
  for (let i = random(4); i > 0 && bytes.length > 0; i--) bytes[random(bytes.length)] = random(256);
  const from = random(5) === 0 ? random(bytes.length + 1) : 0;
  const to = random(5) === 0 ? random(bytes.length + 1) : bytes.length;
  return from <= to ? bytes.subarray(from, to) : Buffer.concat([bytes.subarray(from), bytes.subarray(0, to)]);
}

/** Bytes of which many mean something to the parser. */
function noise(random: Random): Buffer {
  const meaningful = '+-:$*~%>|_#,(!=0123456789\r\n';
  return Buffer.from(
    Array.from({ length: random(80) }, () =>
      random(4) === 0 ? random(256) : meaningful.charCodeAt(random(meaningful.length)),
    ),
  );
}

// ---- what is expected --------------------------------------------------------------------------------------------------

test(`any ${INPUTS} inputs: the same value or error however they are cut, and no other exception`, () => {
  const heapBefore = process.memoryUsage().heapUsed;
  let errors = 0;
  for (let i = 0; i < INPUTS; i++) {
    const random = randomNumbers(SEED + i);
    const bytes = random(4) === 0 ? noise(random) : damaged(random);
    const countable = random(3) === 0 ? random(8) : 0;
    const whole = parse([bytes], countable);
    const parts = parse(cut(bytes, random), countable);
    if (whole.error !== null) errors++;
    if (!sameOutcome(whole, parts, countable > 0)) expect(parts, `seed ${SEED + i}`).toEqual(whole);
  }
  // The inputs are of both kinds, and nothing of them is kept.
  expect(errors / INPUTS).toBeGreaterThan(0.2);
  expect(errors / INPUTS).toBeLessThan(0.8);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(256 * 1024 * 1024);
}, 60_000);

/** How many of the countable replies are counted, and how many are built, depends on the chunks. */
function sameOutcome(one: Outcome, other: Outcome, counting: boolean): boolean {
  return (
    one.error?.message === other.error?.message &&
    one.pushes === other.pushes &&
    one.counted + one.replies.length === other.counted + other.replies.length &&
    (counting || isDeepStrictEqual(one.replies, other.replies))
  );
}

test('whole streams of nested replies are read in full, cut after any byte', () => {
  for (let i = 0; i < 150; i++) {
    const random = randomNumbers(SEED + i);
    const bytes = Buffer.from(validStream(random, 3));
    const whole = parse([bytes, Buffer.from('+end\r\n')]);
    expect(whole.error).toBeNull();
    expect(whole.replies.length).toBe(4);
    expect(whole.replies.at(-1)).toBe('end');
    for (let at = 0; at <= Math.min(bytes.length, 300); at++) {
      const parts = parse([bytes.subarray(0, at), bytes.subarray(at), Buffer.from('+end\r\n')]);
      if (!sameOutcome(whole, parts, false)) expect(parts, `cut after ${at} of ${bytes}`).toEqual(whole);
    }
  }
});

test('an unfinished input is kept as it is, and costs nothing more', () => {
  for (const start of [
    '$536870880\r\n',
    '*2147483647\r\n',
    '%1000000000\r\n',
    '*1000\r\n*1000\r\n*1000\r\n',
  ]) {
    const before = process.memoryUsage();
    const outcome = parse([Buffer.from(start), Buffer.from(':1')]);
    const after = process.memoryUsage();
    expect(outcome).toEqual({ replies: [], pushes: 0, counted: 0, error: null });
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(
      16 * 1024 * 1024,
    );
  }
});

test.each([
  ['a line without an end', '+', 'a'.repeat(4096), 'a line without an end'],
  ['arrays in arrays without an end', '', '*1\r\n'.repeat(1024), 'nested deeper than'],
  ['digits without an end', '(', '9'.repeat(4096), 'a line without an end'],
  ['a length without an end', '$', '1'.repeat(4096), 'a line without an end'],
])('%s is given up soon', (_name, start, more, message) => {
  const begin = performance.now();
  let fed = 0;
  function* endless(): Iterable<Buffer> {
    yield Buffer.from(start);
    for (;;) {
      fed += more.length;
      if (fed > 8 * 1024 * 1024) return;
      yield Buffer.from(more);
    }
  }
  const { error } = parse(endless());
  expect(error?.message).toContain(message);
  expect(fed).toBeLessThan(2 * 1024 * 1024);
  expect(performance.now() - begin).toBeLessThan(5000);
});

test('a number of very many digits is read or refused, in time', () => {
  const begin = performance.now();
  const digits = '7'.repeat(300_000);
  const { replies, error } = parse([Buffer.from(`(${digits}\r\n`)]);
  expect(error).toBeNull();
  expect(replies[0] === BigInt(digits)).toBe(true);
  expect(parse([Buffer.from(`$${digits}\r\n`)]).error?.message).toContain('longer than a string can be');
  expect(performance.now() - begin).toBeLessThan(5000);
});

test('errors in arrays are values, at any depth', () => {
  const { replies } = parse([Buffer.from('*2\r\n-ERR a\r\n*1\r\n!5\r\nERR b\r\n')]);
  expect(replies).toEqual([[new RedisReplyError('ERR a'), [new RedisReplyError('ERR b')]]]);
});
