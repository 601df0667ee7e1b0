// Keys and their values in large buffers outside of the JavaScript heap, one entry behind the other: the length of the key, the
// key, the number of values, then head and bytes of each. An entry is known by its place. What is given up leaves a hole; a
// buffer of which half is holes is emptied, its entries written anew behind the others: one buffer at a time, so that a table of any
// size never stands still for long.

import { type RawBuffer, raw } from '../../types/raw-buffer.ts';

/** What a key has: one text, or several of which some may be missing. */
export type Texts = readonly (string | null)[];

/** Places are counted in steps of 8 bytes, so that 32 bits reach 32 GiB. */
const UNIT = 8;
const CHUNK_BYTES = 16 * 1024 * 1024;
const CHUNK_UNITS = CHUNK_BYTES / UNIT;
/** The same as a shift: `place >>> CHUNK_SHIFT` is the buffer, `place & (CHUNK_UNITS - 1)` the unit in it. */
const CHUNK_SHIFT = 21;
const MAX_CHUNKS = 0xffff_ffff / CHUNK_UNITS - 1;
const FIRST_CHUNK_BYTES = 64 * 1024;
/** Holes smaller than this are not worth the work. */
const MIN_WASTE_BYTES = 4 * 1024 * 1024;
/** Above this the size of an entry is counted before, not guessed. */
const EXACT_BYTES = 64 * 1024;

interface Chunk {
  buffer: RawBuffer;
  /** Where the next entry would go. */
  end: number;
  wasted: number;
}

/** What leads to the entries. */
export interface EntryOwner {
  /** A number by which the owner knows the entry at this place, whose key is given; -1: it has been given up. */
  find(place: number, buffer: Buffer, keyStart: number, keyEnd: number): number;
  moved(handle: number, to: number): void;
}

export class CompactEntries {
  /** Null: emptied, its number is free. */
  readonly #chunks: (Chunk | null)[] = [];
  readonly #freeNumbers: number[] = [];
  /** The number of the one that is written to; -1: none. */
  #current = -1;
  #bytes = 0;
  /** End of the part of an entry that was read last. */
  #end = 0;

  /** Memory taken, reserved or used. */
  get byteLength(): number {
    return this.#bytes;
  }

  keyAt(place: number): string {
    const { buffer } = this.#chunks[place >>> CHUNK_SHIFT]!;
    const length = this.#readLength(buffer, (place & (CHUNK_UNITS - 1)) * UNIT);
    return buffer.utf8Slice(this.#end, this.#end + length);
  }

  valuesAt(place: number): Texts {
    const { buffer } = this.#chunks[place >>> CHUNK_SHIFT]!;
    const keyBytes = this.#readLength(buffer, (place & (CHUNK_UNITS - 1)) * UNIT);
    const count = this.#readLength(buffer, this.#end + keyBytes);
    let at = this.#end;
    const values: (string | null)[] = [];
    for (let i = 0; i < count; i++) {
      const head = this.#readLength(buffer, at);
      const start = this.#end;
      at = start + bytesOf(head);
      if (head === MISSING) values.push(null);
      // Reading ASCII costs half of what reading UTF-8 does.
      else values.push(isAscii(head) ? buffer.latin1Slice(start, at) : buffer.utf8Slice(start, at));
    }
    return values;
  }

  /** Whether the entry's key is this ASCII text. */
  hasKey(place: number, key: string): boolean {
    const { buffer } = this.#chunks[place >>> CHUNK_SHIFT]!;
    const length = this.#readLength(buffer, (place & (CHUNK_UNITS - 1)) * UNIT);
    if (length !== key.length) return false;
    const at = this.#end;
    for (let i = 0; i < length; i++) if (buffer[at + i] !== key.charCodeAt(i)) return false;
    return true;
  }

  /** Whether the entry's key are the first `length` bytes of `bytes`. */
  hasKeyBytes(place: number, bytes: Buffer, length: number): boolean {
    const { buffer } = this.#chunks[place >>> CHUNK_SHIFT]!;
    if (this.#readLength(buffer, (place & (CHUNK_UNITS - 1)) * UNIT) !== length) return false;
    return buffer.compare(bytes, 0, length, this.#end, this.#end + length) === 0;
  }

  /** @returns the place of the new entry */
  append(key: string, values: Texts): number {
    let most = largestSize(key, values, (text) => text.length * 3);
    if (most > EXACT_BYTES) most = largestSize(key, values, Buffer.byteLength);
    const chunk = this.#reserve(most);
    const { buffer, end: start } = chunk;
    let at = writeText(buffer, start, key, lengthOf);
    at = writeLength(buffer, at, values.length);
    for (const value of values) {
      if (value === null) buffer[at++] = MISSING;
      else at = writeText(buffer, at, value, headOf);
    }
    chunk.end = Math.ceil(at / UNIT) * UNIT;
    return this.#current * CHUNK_UNITS + start / UNIT;
  }

  /**
   * Gives an entry up. Others may have to move because of it.
   * @param owner knows which entries are living
   */
  remove(place: number, owner: EntryOwner): void {
    const number = place >>> CHUNK_SHIFT;
    const chunk = this.#chunks[number]!;
    chunk.wasted += this.#entryBytes(chunk.buffer, (place & (CHUNK_UNITS - 1)) * UNIT);
    if (chunk.wasted === chunk.end) {
      if (number !== this.#current || chunk.buffer.length > CHUNK_BYTES) this.#free(number);
      else {
        chunk.end = 0;
        chunk.wasted = 0;
      }
    } else if (chunk.wasted >= MIN_WASTE_BYTES && chunk.wasted * 2 >= chunk.end) {
      this.#empty(number, owner);
    }
  }

  #empty(number: number, owner: EntryOwner): void {
    const { buffer, end, wasted } = this.#chunks[number]!;
    if (number === this.#current) this.#open(Math.max(FIRST_CHUNK_BYTES, end - wasted));
    for (let at = 0; at < end; ) {
      const place = number * CHUNK_UNITS + at / UNIT;
      const keyEnd = this.#readLength(buffer, at) + this.#end;
      const handle = owner.find(place, buffer, this.#end, keyEnd);
      const bytes = this.#entryBytes(buffer, at);
      if (handle >= 0) {
        const target = this.#reserve(bytes);
        buffer.copy(target.buffer, target.end, at, at + bytes);
        owner.moved(handle, this.#current * CHUNK_UNITS + target.end / UNIT);
        target.end += bytes;
      }
      at += bytes;
    }
    this.#free(number);
  }

  #free(number: number): void {
    this.#bytes -= this.#chunks[number]!.buffer.length;
    this.#chunks[number] = null;
    this.#freeNumbers.push(number);
    if (number === this.#current) this.#current = -1;
  }

  /** @returns the current buffer, with room for so many bytes */
  #reserve(bytes: number): Chunk {
    const current = this.#chunks[this.#current];
    // An entry larger than a buffer has one of its own size, at whose front it stands; nothing follows it.
    if (current != null && current.buffer.length <= CHUNK_BYTES && current.end + bytes <= CHUNK_BYTES) {
      if (current.end + bytes > current.buffer.length) this.#grow(current, bytes);
      return current;
    }
    return this.#open(Math.max(bytes, this.#bytes === 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES));
  }

  #grow(chunk: Chunk, bytes: number): void {
    const size = Math.min(CHUNK_BYTES, Math.max(chunk.buffer.length * 2, chunk.end + bytes));
    const grown = raw(Buffer.allocUnsafeSlow(size));
    chunk.buffer.copy(grown, 0, 0, chunk.end);
    this.#bytes += size - chunk.buffer.length;
    chunk.buffer = grown;
  }

  #open(size: number): Chunk {
    const number = this.#freeNumbers.pop() ?? this.#chunks.length;
    if (number > MAX_CHUNKS) throw new RangeError('the cached table is larger than 32 GiB');
    const chunk = { buffer: raw(Buffer.allocUnsafeSlow(size)), end: 0, wasted: 0 };
    this.#chunks[number] = chunk;
    this.#bytes += size;
    this.#current = number;
    return chunk;
  }

  /** What the entry takes up, in whole units. */
  #entryBytes(buffer: Buffer, start: number): number {
    const keyBytes = this.#readLength(buffer, start);
    const count = this.#readLength(buffer, this.#end + keyBytes);
    let at = this.#end;
    for (let i = 0; i < count; i++) at = bytesOf(this.#readLength(buffer, at)) + this.#end;
    return Math.ceil((at - start) / UNIT) * UNIT;
  }

  /** A length in 7-bit groups, the lowest first. Sets #end. */
  #readLength(buffer: Buffer, from: number): number {
    let at = from;
    let byte = buffer[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = buffer[at++]!;
      value += (byte & 127) * scale;
    }
    this.#end = at;
    return value;
  }
}

/** Head of a value that is missing. */
const MISSING = 0;

/** What stands in front of a value: how many bytes it has, and whether they are ASCII. */
function headOf(bytes: number, characters: number): number {
  return bytes * 2 + (bytes === characters ? 2 : 1);
}

function isAscii(head: number): boolean {
  return head % 2 === 0;
}

function bytesOf(head: number): number {
  return head === MISSING ? 0 : Math.floor((head - 1) / 2);
}

/** What stands in front of a key. */
function lengthOf(bytes: number): number {
  return bytes;
}

/** @param headOf of a text of so many bytes of UTF-8 and so many characters (UTF-16). @returns the end */
function writeText(
  buffer: Buffer,
  at: number,
  text: string,
  headOf: (bytes: number, characters: number) => number,
): number {
  // Written behind a head of the size that fits ASCII, which is nearly always right.
  const guess = at + lengthSize(headOf(text.length, text.length));
  const bytes = buffer.write(text, guess, 'utf8');
  const head = headOf(bytes, text.length);
  const start = at + lengthSize(head);
  if (start !== guess) buffer.copyWithin(start, guess, guess + bytes);
  writeLength(buffer, at, head);
  return start + bytes;
}

/** Bytes that an entry takes at most, for texts that take as many as `sizeOf` says. */
function largestSize(key: string, values: Texts, sizeOf: (text: string) => number): number {
  let most = 10 + UNIT + sizeOf(key);
  for (const value of values) most += 5 + (value === null ? 0 : sizeOf(value));
  return most;
}

function lengthSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** @returns the end */
function writeLength(buffer: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  while (rest > 127) {
    buffer[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  buffer[at++] = rest;
  return at;
}
