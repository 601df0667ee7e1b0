// A run of commands in RESP, encoded while it is filled: one buffer a batch, ready for the socket, used again after reset().
//
// Bytes go straight into the buffer: measured against building one string and writing it with latin1Write or utf8Write, this
// is as fast or faster (0.10 µs against 0.12-0.15 µs for SET with two short arguments), knows every byte length, and so has
// the end of each command for nothing. Short arguments are copied by a loop which leaves at the first non-ASCII character;
// long or non-ASCII ones go through Buffer's own UTF-8 encoder. A lone surrogate becomes U+FFFD, as everywhere in Node. What a
// command begins with, up to its name's end, is mostly that of the command before, and is copied from there.

import type { EncodedText, Text } from '../../../types/encoded-text.ts';
import { type RawBuffer, raw } from '../../../types/raw-buffer.ts';
import { copyShort, viewOf } from '../../../types/viewed-bytes.ts';

const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;

/** Up to here a loop beats the call into Buffer's encoder. */
const SHORT = 48;
/** `*4294967295\r\n` and `$4294967295\r\n` fit, with the `\r\n` behind an argument. */
const FRAME = 16;

const INITIAL_BYTES = 16 * 1024;
const INITIAL_COMMANDS = 256;
/** What reset() keeps: one huge batch must not pin its memory for ever. */
const KEPT_BYTES = 4 * 1024 * 1024;

export type Arg = string | number | Uint8Array;

export class CommandBatch {
  #buffer: RawBuffer;
  #view: DataView;
  #length = 0;
  #ends: Uint32Array;
  #count = 0;
  /** Arguments that the command under way still waits for. */
  #missing = 0;
  /** Which commands are in it. Nearly always one: the last is compared before the set is asked. */
  readonly #names = new Set<string>();
  /** Texts in the replies may come as EncodedText: whoever asks passes them on. Of this filling only: reset() undoes it. */
  encodedReplies = false;
  #lastName = '';
  /** The last command but for its arguments: how many words it has, where it begins, and how long that is. */
  #lastWords = 0;
  #lastStart = 0;
  #lastHead = 0;

  /** @param bytes first size of the buffer; it grows by itself */
  constructor(bytes = INITIAL_BYTES) {
    this.#buffer = raw(Buffer.allocUnsafeSlow(Math.max(bytes, FRAME)));
    this.#view = viewOf(this.#buffer);
    this.#ends = new Uint32Array(INITIAL_COMMANDS);
  }

  /** Complete commands in the batch. */
  get count(): number {
    return this.#count;
  }

  /** The different names of the commands since the last reset(), as they were given. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Encoded bytes of all complete commands. */
  get byteLength(): number {
    return this.#count === 0 ? 0 : this.#ends[this.#count - 1]!;
  }

  /** Offset of the first byte of command `index`; for `index === count` the end of the last. */
  startOf(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }

  /** Offset behind the last byte of command `index`. */
  endOf(index: number): number {
    return this.#ends[index]!;
  }

  /** The encoded commands `from` (inclusive) to `to` (exclusive). A view, not a copy: good until the next add or reset. */
  bytes(from = 0, to = this.#count): Buffer {
    return this.#buffer.subarray(this.startOf(from), this.startOf(to));
  }

  /** Empties the batch. The memory is kept for the next use. */
  reset(): void {
    this.#length = 0;
    this.#count = 0;
    this.#missing = 0;
    this.encodedReplies = false;
    this.#names.clear();
    this.#lastName = '';
    this.#lastWords = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#setBuffer(Buffer.allocUnsafeSlow(INITIAL_BYTES));
  }

  #setBuffer(buffer: Buffer): void {
    this.#buffer = raw(buffer);
    this.#view = viewOf(buffer);
  }

  /** Drops the commands from `count` on, and a half-built one: undoes what an error interrupted. */
  truncate(count: number): void {
    if (count < 0 || count > this.#count)
      throw new RangeError(`cannot cut ${this.#count} commands to ${count}`);
    this.#count = count;
    this.#length = this.byteLength;
    this.#missing = 0;
    this.#lastWords = 0;
  }

  /** Any command. Numbers must be finite, integers within 53 bits: send larger ones as strings. */
  add(args: readonly Arg[]): void {
    if (args.length === 0) throw new RangeError('a command needs a name');
    this.#header(args.length);
    const name = args[0]!;
    if (typeof name === 'string') this.#name(name);
    else this.#argument(name, 'a name that is not text');
    for (let i = 1; i < args.length; i++) this.#argument(args[i]!);
    this.#end();
  }

  /** `name` alone. */
  add1(name: string): void {
    this.#head(1, name);
    this.#end();
  }

  /** `name a`. */
  add2(name: string, a: Text): void {
    this.#head(2, name);
    this.#bulk(a);
    this.#end();
  }

  /** `name a b`, the shape of SET, SADD, LPUSH. */
  add3(name: string, a: Text, b: Text): void {
    this.#head(3, name);
    this.#bulk(a);
    this.#bulk(b);
    this.#end();
  }

  /** `name a b c`, the shape of HSET and ZADD. */
  add4(name: string, a: Text, b: Text, c: Text): void {
    this.#head(4, name);
    this.#bulk(a);
    this.#bulk(b);
    this.#bulk(c);
    this.#end();
  }

  /** `name a b c d`, the shape of SET with PX. */
  add5(name: string, a: Text, b: Text, c: Text, d: Text): void {
    this.#head(5, name);
    this.#bulk(a);
    this.#bulk(b);
    this.#bulk(c);
    this.#bulk(d);
    this.#end();
  }

  /** Starts a command of `argc` words, `name` being the first; `argc - 1` calls of arg() complete it. */
  begin(argc: number, name: string): void {
    this.#head(argc, name);
    if (argc === 1) this.#end();
    else this.#missing = argc - 1;
  }

  /** The next argument of the command that begin() started. */
  arg(value: Text): void {
    if (this.#missing === 0)
      throw new RangeError('arg() without begin(), or more arguments than begin() was told');
    this.#bulk(value);
    if (--this.#missing === 0) this.#end();
  }

  /** The next argument of the command that begin() started, as it is. */
  argBytes(value: Uint8Array): void {
    if (this.#missing === 0)
      throw new RangeError('argBytes() without begin(), or more arguments than begin() was told');
    this.#bulkBytes(value);
    if (--this.#missing === 0) this.#end();
  }

  /** Appends commands `from` (inclusive) to `to` (exclusive) of another batch, byte for byte; their replies are wanted alike. */
  append(other: CommandBatch, from = 0, to = other.count): void {
    if (this.#missing !== 0) throw new RangeError('the command before is not complete');
    const start = other.startOf(from);
    const bytes = other.bytes(from, to);
    const shift = this.#length - start;
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    for (const name of other.names) this.#names.add(name);
    this.encodedReplies ||= other.encodedReplies;
    for (let i = from; i < to; i++) this.#pushEnd(other.endOf(i) + shift);
  }

  /** Command `index` decoded: its name first. For errors and for routing, not for hot paths. */
  commandAt(index: number): string[] {
    return this.wordsAt(index).map((word) => word.toString('utf8'));
  }

  /** The words of command `index` as views of the buffer. */
  wordsAt(index: number): Buffer[] {
    if (index < 0 || index >= this.#count)
      throw new RangeError(`no command ${index} in a batch of ${this.#count}`);
    const words: Buffer[] = [];
    const buffer = this.#buffer;
    const end = this.endOf(index);
    let at = buffer.indexOf(LF, this.startOf(index)) + 1;
    while (at < end) {
      const lineEnd = buffer.indexOf(CR, at);
      const length = Number(buffer.latin1Slice(at + 1, lineEnd));
      words.push(buffer.subarray(lineEnd + 2, lineEnd + 2 + length));
      at = lineEnd + 2 + length + 2;
    }
    return words;
  }

  /** `*argc`, and the name as the first word. */
  #head(argc: number, name: string): void {
    if (argc === this.#lastWords && name === this.#lastName && this.#missing === 0) {
      const length = this.#lastHead;
      this.#reserve(length);
      copyShort(this.#view, this.#lastStart, length, this.#view, this.#length);
      this.#lastStart = this.#length;
      this.#length += length;
      return;
    }
    const start = this.#length;
    this.#header(argc);
    this.#name(name);
    this.#lastWords = argc;
    this.#lastStart = start;
    this.#lastHead = this.#length - start;
  }

  #header(argc: number): void {
    if (this.#missing !== 0) throw new RangeError(`the command before lacks ${this.#missing} arguments`);
    this.#lastWords = 0;
    this.#reserve(FRAME);
    this.#buffer[this.#length++] = STAR;
    this.#number(argc);
  }

  #name(name: string): void {
    if (name !== this.#lastName) {
      this.#lastName = name;
      this.#names.add(name);
    }
    this.#bulk(name);
  }

  #argument(arg: Arg, name?: string): void {
    if (name !== undefined) this.#names.add(name);
    if (typeof arg === 'string') this.#bulk(arg);
    else if (typeof arg === 'number') this.#bulk(this.#numberText(arg));
    else this.#bulkBytes(arg);
  }

  #end(): void {
    this.#pushEnd(this.#length);
  }

  #pushEnd(end: number): void {
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ends[this.#count++] = end;
  }

  #bulk(value: Text): void {
    if (typeof value === 'string') this.#bulkString(value);
    else this.#bulkEncoded(value);
  }

  #bulkString(value: string): void {
    const length = value.length;
    if (length > SHORT) {
      this.#encode(value);
      return;
    }
    if (this.#length + length + 2 * FRAME > this.#buffer.length) this.#grow(length + 2 * FRAME);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = DOLLAR;
    at = writeSmallNumber(buffer, at, length);
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.#encode(value); // starts again at #length: nothing of the loop is kept
        return;
      }
      buffer[at++] = code;
    }
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  #encode(value: string): void {
    // The bytes are written behind a length field for the number of characters, which is right for ASCII text; where the
    // number of bytes needs more digits, they move. This saves counting the bytes first.
    const length = value.length;
    this.#reserve(length * 3 + 2 * FRAME);
    const buffer = this.#buffer;
    const field = this.#length + 1;
    let at = field + digits(length) + 2;
    const bytes = buffer.utf8Write(value, at);
    if (bytes !== length && digits(bytes) !== digits(length)) {
      const moved = field + digits(bytes) + 2;
      buffer.copyWithin(moved, at, at + bytes);
      at = moved;
    }
    buffer[field - 1] = DOLLAR;
    this.#length = field;
    this.#number(bytes);
    this.#length = at + bytes;
    buffer[this.#length++] = CR;
    buffer[this.#length++] = LF;
  }

  #bulkBytes(value: Uint8Array): void {
    this.#reserve(value.length + 2 * FRAME);
    this.#buffer[this.#length++] = DOLLAR;
    this.#number(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    this.#buffer[this.#length++] = CR;
    this.#buffer[this.#length++] = LF;
  }

  #bulkEncoded(text: EncodedText): void {
    const { length } = text;
    this.#reserve(length + 2 * FRAME);
    const buffer = this.#buffer;
    buffer[this.#length++] = DOLLAR;
    this.#number(length);
    let at = this.#length;
    text.copyTo(buffer, this.#view, at);
    at += length;
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  #numberText(value: number): string {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      this.#length = this.byteLength; // nothing of the refused command stays
      throw new RangeError(`${value} cannot be sent as a number without loss: pass a string`);
    }
    return String(value);
  }

  #number(value: number): void {
    const buffer = this.#buffer;
    if (value < 100) {
      this.#length = writeSmallNumber(buffer, this.#length, value);
      return;
    }
    const end = this.#length + digits(value);
    let rest = value;
    for (let at = end - 1; at >= this.#length; at--) {
      const tenth = Math.trunc(rest / 10);
      buffer[at] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    buffer[end] = CR;
    buffer[end + 1] = LF;
    this.#length = end + 2;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#buffer.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    // The end offsets are 32 bits, and Redis takes no more than 512 MB in one argument.
    if (this.#length + bytes > 0xffffffff)
      throw new RangeError('a batch of Redis commands must stay under 4 GiB');
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#setBuffer(grown);
  }
}

/** A line with a number below 100. @returns where it ends */
function writeSmallNumber(buffer: Buffer, start: number, value: number): number {
  let at = start;
  if (value < 10) {
    buffer[at++] = 48 + value;
  } else {
    const tens = (value * 205) >> 11;
    buffer[at++] = 48 + tens;
    buffer[at++] = 48 + value - tens * 10;
  }
  buffer[at++] = CR;
  buffer[at++] = LF;
  return at;
}

function digits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
