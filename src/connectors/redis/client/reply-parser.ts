// Reads replies of RESP2 and RESP3 from chunks that may end anywhere.
//
// Three kinds of state: the bytes not read yet, the arrays under construction (so that a long array is not read again for each
// chunk), and how many bytes the next step needs at least (so that a large string is put together once). Replies that nobody
// wants are counted by their bytes: a run of `+OK` or `:1` costs neither an object nor a call each.

import { EncodedText } from '../../../types/encoded-text.ts';
import { type RawBuffer, raw } from '../../../types/raw-buffer.ts';
import { ViewedBytes } from '../../../types/viewed-bytes.ts';
import { RedisReplyError, type Reply } from './port.ts';

/** Receives what the parser reads. */
export interface ReplySink {
  /** How many of the next replies may be counted instead of built. Asked again after each counted() and reply(). */
  countable(): number;
  /** Whether the texts of the next reply may stay bytes of the chunk. Asked again after each reply(). */
  encoded(): boolean;
  /** So many replies were good and were not built. Never more than countable(). */
  counted(replies: number): void;
  reply(reply: Reply): void;
  /** Out of band: RESP3 pushes (invalidations, pub/sub). */
  push(message: readonly Reply[]): void;
}

/** What the server sent is not RESP. The stream cannot be read on. */
export class ReplySyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplySyntaxError';
  }
}

const MAX_DEPTH = 64;
/** Room for so many elements is made at once; a server can say what it likes. */
const MAX_PREPARED = 4096;
/** A line (simple string, error, number, length) longer than this is not Redis. */
const MAX_LINE = 1 << 20;
/** V8's longest string, about. */
const MAX_BULK = 0x1fff_ffe0;

/** The rest of a chunk is copied if it is no longer than this; else the chunk is kept. */
const MAX_COPIED = 4096;
const NOTHING: RawBuffer = raw(Buffer.alloc(0));

const CR = 13;
const LF = 10;

const NEEDS_MORE = Symbol('needs more bytes');
type Value = Reply | typeof NEEDS_MORE;

/** An array, set, map or push whose elements are still coming. */
interface Frame {
  readonly items: Reply[];
  filled: number;
  missing: number;
  readonly kind: 'value' | 'push' | 'attribute';
}

export class ReplyParser {
  readonly #sink: ReplySink;
  #buffer = NOTHING;
  #at = 0;
  #stack: Frame[] = [];
  /** The buffer, for texts that stay in it; made when the first does. */
  #viewed: ViewedBytes | null = null;
  #encoded = false;
  /** Chunks waiting behind #buffer until #needed bytes are there. */
  #chunks: Buffer[] = [];
  #held = 0;
  #needed = 0;

  constructor(sink: ReplySink) {
    this.#sink = sink;
  }

  /**
   * Reads a chunk.
   * @returns whether the chunk's memory is still in use: for a reply that is not whole, or for texts that stay bytes. It must not
   * be written again then.
   * @throws ReplySyntaxError when the bytes are not RESP; the parser is of no use afterwards
   */
  feed(chunk: Buffer): boolean {
    const joined = this.#held > 0;
    if (joined) {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      if (this.#held < this.#needed) return true;
      this.#buffer = raw(Buffer.concat(this.#chunks, this.#held));
      this.#chunks = [];
      this.#held = 0;
    } else {
      this.#buffer = raw(chunk);
    }
    this.#at = 0;
    this.#needed = 0;
    this.#run();
    const rest = this.#buffer.subarray(this.#at);
    const copied = !joined && rest.length <= MAX_COPIED;
    const inUse = !joined && (this.#viewed !== null || !copied);
    if (rest.length > 0) {
      this.#chunks = [copied ? Buffer.from(rest) : rest];
      this.#held = rest.length;
    }
    this.#buffer = NOTHING;
    this.#viewed = null;
    this.#at = 0;
    return inUse;
  }

  #run(): void {
    while (this.#at < this.#buffer.length) {
      if (this.#stack.length === 0) {
        const countable = this.#sink.countable();
        if (countable > 0) {
          const counted = this.#countRun(countable);
          if (counted > 0) {
            this.#sink.counted(counted);
            continue;
          }
        }
        this.#encoded = this.#sink.encoded();
      }
      const start = this.#at;
      const value = this.#next();
      if (value === NEEDS_MORE) {
        this.#at = start;
        return;
      }
      if (value !== undefined) this.#deliver(value);
    }
  }

  /** Passes over replies of the forms `+…` and `:…` that are whole; at most `limit`. */
  #countRun(limit: number): number {
    const buffer = this.#buffer;
    const end = buffer.length;
    let at = this.#at;
    let counted = 0;
    while (counted < limit && at < end) {
      const type = buffer[at];
      if (type !== 43 && type !== 58) break;
      // `+OK\r\n` and `:1\r\n` first: almost always one of them
      let lineEnd = at + (type === 43 ? 3 : 2);
      if (buffer[lineEnd] !== CR) lineEnd = buffer.indexOf(CR, at + 1);
      if (lineEnd < 0 || lineEnd + 1 >= end || buffer[lineEnd + 1] !== LF) break;
      at = lineEnd + 2;
      counted++;
    }
    this.#at = at;
    return counted;
  }

  /** The next value; undefined when it opened an array. Moves #at behind what it read. */
  #next(): Value | undefined {
    const buffer = this.#buffer;
    const type = buffer[this.#at]!;
    const lineStart = this.#at + 1;
    const lineEnd = this.#lineEnd(lineStart);
    if (lineEnd < 0) return NEEDS_MORE;
    this.#at = lineEnd + 2;
    switch (type) {
      case 43: // + simple string
        return buffer.utf8Slice(lineStart, lineEnd);
      case 45: // - error
        return new RedisReplyError(buffer.utf8Slice(lineStart, lineEnd));
      case 58: // : integer
        return integer(buffer, lineStart, lineEnd);
      case 36: // $ bulk string
        return this.#bulk(lineStart, lineEnd, 'string');
      case 42: // * array
      case 126: // ~ set
        return this.#open(lineStart, lineEnd, 1, 'value');
      case 37: // % map, as a flat array
        return this.#open(lineStart, lineEnd, 2, 'value');
      case 62: // > push
        return this.#open(lineStart, lineEnd, 1, 'push');
      case 124: // | attributes of the next value
        return this.#open(lineStart, lineEnd, 2, 'attribute');
      case 95: // _ null
        return null;
      case 35: // # boolean
        return buffer[lineStart] === 116;
      case 44: // , double
        return double(buffer.latin1Slice(lineStart, lineEnd));
      case 40: // ( big number
        return big(buffer.latin1Slice(lineStart, lineEnd));
      case 33: // ! bulk error
        return this.#bulk(lineStart, lineEnd, 'error');
      case 61: // = verbatim string
        return this.#bulk(lineStart, lineEnd, 'verbatim');
      default:
        throw new ReplySyntaxError(
          `not a Redis reply: it starts with ${JSON.stringify(buffer.latin1Slice(lineStart - 1, Math.min(lineEnd, lineStart + 20)))}`,
        );
    }
  }

  #lineEnd(from: number): number {
    const buffer = this.#buffer;
    let end = from;
    // Most lines are a few digits long: a loop beats the call of indexOf.
    for (const near = Math.min(from + 12, buffer.length); end < near; end++) {
      if (buffer[end] === CR) break;
    }
    if (buffer[end] !== CR) end = buffer.indexOf(CR, end);
    if (end < 0 || end + 1 >= buffer.length) {
      if (buffer.length - from > MAX_LINE)
        throw new ReplySyntaxError('not a Redis reply: a line without an end');
      return -1;
    }
    if (buffer[end + 1] !== LF) throw new ReplySyntaxError('not a Redis reply: a line ends with CR alone');
    return end;
  }

  #bulk(lineStart: number, lineEnd: number, kind: 'string' | 'error' | 'verbatim'): Value {
    const buffer = this.#buffer;
    const length = integer(buffer, lineStart, lineEnd);
    if (length === -1) return null;
    if (typeof length !== 'number' || length < 0 || length > MAX_BULK) {
      throw new ReplySyntaxError(`a reply of ${length} bytes is longer than a string can be`);
    }
    const start = lineEnd + 2;
    const end = start + length;
    if (end + 2 > buffer.length) {
      this.#needed = end + 2 - (lineStart - 1);
      return NEEDS_MORE;
    }
    if (buffer[end] !== CR || buffer[end + 1] !== LF) {
      throw new ReplySyntaxError(`not a Redis reply: a string is not as long as announced (${length} bytes)`);
    }
    this.#at = end + 2;
    if (kind === 'string') return this.#encoded ? this.#text(start, end) : buffer.utf8Slice(start, end);
    if (kind === 'error') return new RedisReplyError(buffer.utf8Slice(start, end));
    return buffer.utf8Slice(Math.min(start + 4, end), end); // behind `txt:`
  }

  #text(start: number, end: number): EncodedText {
    this.#viewed ??= new ViewedBytes(this.#buffer);
    return new EncodedText(this.#viewed, start, end);
  }

  #open(lineStart: number, lineEnd: number, perItem: 1 | 2, kind: Frame['kind']): Value | undefined {
    const length = integer(this.#buffer, lineStart, lineEnd);
    if (length === -1) return null;
    if (typeof length !== 'number' || length < 0)
      throw new ReplySyntaxError(`an array of ${length} elements`);
    if (length === 0 && kind === 'value') return [];
    if (length === 0) return undefined;
    if (kind === 'push') this.#encoded = false; // it belongs to no reply
    if (this.#stack.length >= MAX_DEPTH) throw new ReplySyntaxError(`arrays nested deeper than ${MAX_DEPTH}`);
    const items = new Array<Reply>(Math.min(length * perItem, MAX_PREPARED));
    this.#stack.push({ items, filled: 0, missing: length * perItem, kind });
    return undefined;
  }

  /** Puts a whole value where it belongs: into the array under construction, or to the sink. */
  #deliver(value: Reply): void {
    let done = value;
    for (;;) {
      const frame = this.#stack.at(-1);
      if (frame === undefined) {
        this.#sink.reply(done);
        return;
      }
      frame.items[frame.filled++] = done;
      if (--frame.missing > 0) return;
      this.#stack.pop();
      if (frame.kind === 'attribute') return;
      if (frame.kind === 'push') {
        this.#sink.push(frame.items);
        return;
      }
      done = frame.items;
    }
  }
}

function integer(buffer: RawBuffer, start: number, end: number): number | bigint {
  let at = start;
  const negative = buffer[at] === 45;
  if (negative || buffer[at] === 43) at++;
  if (end - at > 15 || at >= end) return big(buffer.latin1Slice(start, end));
  let value = 0;
  for (; at < end; at++) {
    const digit = buffer[at]! - 48;
    if (digit < 0 || digit > 9) return big(buffer.latin1Slice(start, end));
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** A number where it is exact, else a bigint. */
function big(text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text))
    throw new ReplySyntaxError(`not a Redis reply: ${JSON.stringify(text.slice(0, 40))} is no integer`);
  const value = BigInt(text);
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

function double(text: string): number {
  switch (text) {
    case 'inf':
    case '+inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    case 'nan':
    case '-nan':
      return Number.NaN;
    default: {
      const value = Number(text);
      if (text === '' || Number.isNaN(value)) {
        throw new ReplySyntaxError(`not a Redis reply: ${JSON.stringify(text.slice(0, 40))} is no double`);
      }
      return value;
    }
  }
}
