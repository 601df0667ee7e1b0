// A cursor over the bytes of one JSON text: strict as Jackson is with Flink's settings (raw control characters inside of
// strings are allowed), without a tree.
import { isUtf8 } from 'node:buffer';
import { type RawBuffer, raw } from '../../types/raw-buffer.ts';
import {
  endsNumber,
  hexDigit,
  isDigit,
  isWordCharacter,
  JsonSyntaxError,
  MAX_DEPTH,
  show,
} from './syntax.ts';

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const EMPTY = raw(Buffer.alloc(0));

/** Bytes that are read as one text; longer messages are not. */
const TEXT = 512;

export class JsonScanner {
  bytes: RawBuffer = EMPTY;
  start = 0;
  /** The next byte to read. */
  pos = 0;
  end = 0;
  /** Whether the number that `skipNumber` passed last had a fraction or an exponent. */
  isFloat = false;
  /** A stretch of `bytes` as text, each byte a character: texts are cut out of it. */
  #text = '';
  #textStart = 0;
  #textEnd = 0;

  /** Messages in one buffer come one behind the other; one that begins before the last has other bytes. */
  reset(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes || start < this.end) this.#textEnd = 0;
    this.bytes = raw(bytes);
    this.start = start;
    this.pos = start;
    this.end = end;
  }

  /**
   * Text of ASCII bytes of the message. Pieces of one text are cheaper than as many texts from bytes; a piece keeps the whole
   * text in memory, so it is short.
   */
  ascii(from: number, to: number): string {
    if (to > this.#textEnd && !this.#readText()) return this.bytes.latin1Slice(from, to);
    return this.#text.slice(from - this.#textStart, to - this.#textStart);
  }

  /** Reads this message and what follows it. False when it is too long for that. */
  #readText(): boolean {
    const { bytes, start, end } = this;
    if (end - start > TEXT) return false;
    this.#textStart = start;
    this.#textEnd = Math.min(start + TEXT, bytes.length);
    this.#text = bytes.latin1Slice(start, this.#textEnd);
    return true;
  }

  /** Passes white space. The byte that follows, or -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let i = this.pos;
    while (i < end) {
      const c = bytes[i]!;
      if (c > 32 || (c !== 32 && c !== 10 && c !== 13 && c !== 9)) {
        this.pos = i;
        return c;
      }
      i++;
    }
    this.pos = i;
    return -1;
  }

  /** The string that starts at the quote where the cursor stands. */
  string(): string {
    const { bytes, end } = this;
    const from = this.pos + 1;
    let bits = 0;
    for (let i = from; i < end; i++) {
      const c = bytes[i]!;
      if (c === 34) {
        this.pos = i + 1;
        return bits < 128 ? this.ascii(from, i) : this.utf8(from, i);
      }
      if (c === 92) return this.#escapedString(from, i);
      bits |= c;
    }
    throw this.error('Unexpected end-of-input in a string', this.pos);
  }

  #escapedString(from: number, firstEscape: number): string {
    const { bytes, end } = this;
    let text = this.utf8(from, firstEscape);
    let i = firstEscape;
    while (i < end) {
      const c = bytes[i]!;
      if (c === 34) {
        this.pos = i + 1;
        return text;
      }
      if (c === 92) {
        text += this.#escape(i);
        i += bytes[i + 1] === 117 ? 6 : 2;
        continue;
      }
      let next = i + 1;
      while (next < end && bytes[next] !== 34 && bytes[next] !== 92) next++;
      text += this.utf8(i, next);
      i = next;
    }
    throw this.error('Unexpected end-of-input in a string', this.pos);
  }

  /** The character that the escape at `at` stands for. */
  #escape(at: number): string {
    if (at + 1 >= this.end) throw this.error('Unexpected end-of-input in a character escape', at);
    const c = this.bytes[at + 1]!;
    switch (c) {
      case 34:
      case 47:
      case 92:
        return String.fromCharCode(c);
      case 98:
        return '\b';
      case 102:
        return '\f';
      case 110:
        return '\n';
      case 114:
        return '\r';
      case 116:
        return '\t';
      case 117:
        return String.fromCharCode(this.#hex4(at + 2));
      default:
        throw this.error(`Unrecognized character escape ${show(c)}`, at);
    }
  }

  #hex4(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = i < this.end ? hexDigit(this.bytes[i]!) : -1;
      if (digit < 0) throw this.error('Expected four hexadecimal digits behind \\u', i);
      value = value * 16 + digit;
    }
    return value;
  }

  /** Text of well-formed UTF-8. */
  utf8(from: number, to: number): string {
    const text = this.bytes.utf8Slice(from, to);
    if (text.includes('\uFFFD') && !isUtf8(this.bytes.subarray(from, to))) {
      throw this.error('Invalid UTF-8 in a string', from);
    }
    return text;
  }

  /** Passes a number and sets `isFloat`. */
  skipNumber(): void {
    const { bytes, end } = this;
    let i = this.pos;
    if (bytes[i] === 45) i++;
    const integer = i;
    while (i < end && isDigit(bytes[i]!)) i++;
    if (i === integer) throw this.unexpected(i, 'a digit');
    if (bytes[integer] === 48 && i > integer + 1) {
      throw this.error('Invalid numeric value: Leading zeroes not allowed', integer);
    }
    this.isFloat = false;
    if (i < end && bytes[i] === 46) {
      this.isFloat = true;
      i = this.#digits(i + 1);
    }
    if (i < end && (bytes[i]! | 32) === 101) {
      this.isFloat = true;
      i++;
      if (i < end && (bytes[i] === 43 || bytes[i] === 45)) i++;
      i = this.#digits(i);
    }
    if (i < end && !endsNumber(bytes[i]!)) throw this.unexpected(i, 'the end of the number');
    this.pos = i;
  }

  #digits(from: number): number {
    let i = from;
    while (i < this.end && isDigit(this.bytes[i]!)) i++;
    if (i === from) throw this.unexpected(i, 'a digit');
    return i;
  }

  /** Passes `true`, `false` or `null`. */
  literal(word: string): void {
    const { bytes, pos } = this;
    for (let i = 0; i < word.length; i++) {
      if (pos + i >= this.end || bytes[pos + i] !== word.charCodeAt(i)) {
        throw this.noValue();
      }
    }
    const next = pos + word.length;
    if (next < this.end && !endsNumber(bytes[next]!)) throw this.noValue();
    this.pos = next;
  }

  skipString(): void {
    const { bytes, end } = this;
    for (let i = this.pos + 1; i < end; i++) {
      const c = bytes[i]!;
      if (c === 34) {
        this.pos = i + 1;
        return;
      }
      if (c === 92) {
        this.#escape(i);
        i += bytes[i + 1] === 117 ? 5 : 1;
      }
    }
    throw this.error('Unexpected end-of-input in a string', this.pos);
  }

  /** Passes the value that starts at the cursor, checking its syntax. */
  skipValue(depth = 0): void {
    const c = this.pos < this.end ? this.bytes[this.pos]! : -1;
    if (c === 34) this.skipString();
    else if (c === 45 || isDigit(c)) this.skipNumber();
    else if (c === 116) this.literal('true');
    else if (c === 102) this.literal('false');
    else if (c === 110) this.literal('null');
    else if (c === 123) this.#skipObject(depth + 1);
    else if (c === 91) this.#skipArray(depth + 1);
    else throw this.noValue();
  }

  #skipObject(depth: number): void {
    this.checkDepth(depth);
    let c = this.enter();
    if (c === 125) {
      this.pos++;
      return;
    }
    do {
      if (c !== 34) throw this.unexpected(this.pos, 'double-quote to start field name');
      this.skipString();
      this.colon();
      this.skipValue(depth);
      c = this.next(125);
    } while (c !== -1);
  }

  #skipArray(depth: number): void {
    this.checkDepth(depth);
    if (this.enter() === 93) {
      this.pos++;
      return;
    }
    do this.skipValue(depth);
    while (this.next(93) !== -1);
  }

  checkDepth(depth: number): void {
    if (depth > MAX_DEPTH) throw this.error(`JSON nested deeper than ${MAX_DEPTH}`, this.pos);
  }

  /** Passes the `{` or `[` at the cursor and white space; the byte that follows. */
  enter(): number {
    this.pos++;
    return this.peek();
  }

  /** Passes the `:` and white space around it: the cursor stands on the value. */
  colon(): void {
    if (this.peek() !== 58) throw this.unexpected(this.pos, "':' behind the field name");
    this.pos++;
    if (this.peek() === -1) throw this.unexpected(this.pos, 'a value');
  }

  /** Behind a member: passes `,` (answers the byte that follows) or the closing byte (answers -1). */
  next(close: number): number {
    const c = this.peek();
    if (c === close) {
      this.pos++;
      return -1;
    }
    if (c !== 44) throw this.unexpected(this.pos, `',' or '${String.fromCharCode(close)}'`);
    this.pos++;
    const following = this.peek();
    if (following === -1) throw this.unexpected(this.pos, 'a value');
    return following;
  }

  unexpected(at: number, expected: string): JsonSyntaxError {
    if (at >= this.end) return this.error(`Unexpected end-of-input: was expecting ${expected}`, at);
    return this.error(`Unexpected character ${show(this.bytes[at]!)}: was expecting ${expected}`, at);
  }

  /** What stands at the cursor is not the beginning of a value. */
  noValue(): JsonSyntaxError {
    const { bytes, pos, end } = this;
    if (pos >= end) return this.unexpected(pos, 'a value');
    let next = pos;
    while (next < end && isWordCharacter(bytes[next]!)) next++;
    const what =
      next === pos
        ? `Unexpected character ${show(bytes[pos]!)}: expected a valid value`
        : `Unrecognized token '${bytes.utf8Slice(pos, next)}': was expecting`;
    return this.error(`${what} ${VALUES}`, pos);
  }

  error(message: string, at: number): JsonSyntaxError {
    return new JsonSyntaxError(message, at - this.start);
  }
}
