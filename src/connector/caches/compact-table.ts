// A map from strings to a few strings or NULLs, for tables with millions of rows: it lives outside of the JavaScript heap, so
// that the garbage collector never walks through it, and costs about 25 bytes a row besides the data in UTF-8.
//
// Entries stand one behind the other in large buffers: the length of the key, the key, then length and bytes of each value.
// An index by hash (open addressing, linear probing) leads to them. What is overwritten or deleted leaves a hole; when half
// of all is holes, the table is written anew.

/** What a key has: one text, or several of which some may be missing. */
export type Texts = readonly (string | null)[];

/** Places in the buffers are counted in steps of 8 bytes, so that 32 bits reach 32 GiB. */
const UNIT = 8;
const CHUNK_BYTES = 16 * 1024 * 1024;
const CHUNK_UNITS = CHUNK_BYTES / UNIT;
/** The same as a shift: `place >>> CHUNK_SHIFT` is the chunk, `place & (CHUNK_UNITS - 1)` the unit in it. */
const CHUNK_SHIFT = 21;
const FIRST_CHUNK_BYTES = 64 * 1024;
const FIRST_SLOTS = 1024;
/** Holes smaller than this are not worth the work. */
const MIN_WASTE_BYTES = 4 * 1024 * 1024;
/** Above this the size of an entry is counted before, not guessed. */
const EXACT_BYTES = 64 * 1024;
/** A key up to this length is compared and hashed as it is, when it is ASCII. */
const SCRATCH_BYTES = 4096;

export class CompactTable {
  #chunks: Buffer[] = [];
  /** Where the next entry goes: chunk, and byte in it. */
  #chunk = -1;
  #at = 0;
  /** Hash of each slot's key. */
  #hashes = new Uint32Array(FIRST_SLOTS);
  /** Place of each slot's entry, plus one; 0 is a free slot. */
  #places = new Uint32Array(FIRST_SLOTS);
  #size = 0;
  #chunkBytes = 0;
  #usedBytes = 0;
  #wastedBytes = 0;
  /** The key under way in UTF-8, when it is not ASCII. */
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #scratchLength = 0;
  /** End of the part of an entry that was read or written last. */
  #end = 0;

  /** Keys. */
  get size(): number {
    return this.#size;
  }

  /** Memory taken, reserved or used. */
  get byteLength(): number {
    return this.#chunkBytes + this.#hashes.byteLength + this.#places.byteLength;
  }

  get(key: string): Texts | undefined {
    const slot = this.#find(key, this.#hash(key));
    if (slot < 0) return undefined;
    const place = this.#places[slot]! - 1;
    const buffer = this.#chunks[place >>> CHUNK_SHIFT]!;
    let at = (place & (CHUNK_UNITS - 1)) * UNIT;
    const keyBytes = this.#readLength(buffer, at);
    at = this.#end + keyBytes;
    const values: (string | null)[] = [];
    const count = this.#readLength(buffer, at);
    at = this.#end;
    for (let i = 0; i < count; i++) {
      const length = this.#readLength(buffer, at) - 1;
      at = this.#end;
      values.push(length < 0 ? null : buffer.toString('utf8', at, at + length));
      if (length > 0) at += length;
    }
    return values;
  }

  has(key: string): boolean {
    return this.#find(key, this.#hash(key)) >= 0;
  }

  set(key: string, values: Texts): void {
    if ((this.#size + 1) * 4 > this.#places.length * 3) this.#growIndex();
    const hash = this.#hash(key);
    const found = this.#find(key, hash);
    const place = this.#append(key, values) + 1;
    if (found >= 0) {
      this.#waste(found);
      this.#places[found] = place;
      this.#rewriteIfWasteful();
      return;
    }
    this.#insert(hash, place);
    this.#size++;
  }

  delete(key: string): boolean {
    let hole = this.#find(key, this.#hash(key));
    if (hole < 0) return false;
    this.#waste(hole);
    this.#size--;
    // What stands behind in the same run moves up where its own place allows: no tombstones.
    const mask = this.#places.length - 1;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      const place = this.#places[slot]!;
      if (place === 0) break;
      const home = this.#hashes[slot]! & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#places[hole] = place;
      this.#hashes[hole] = this.#hashes[slot]!;
      hole = slot;
    }
    this.#places[hole] = 0;
    this.#rewriteIfWasteful();
    return true;
  }

  /** Slot of the key, or -1. `hash` was made of this key just now: a key that is not ASCII is in the scratch buffer. */
  #find(key: string, hash: number): number {
    const mask = this.#places.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#places[slot]!;
      if (place === 0) return -1;
      if (this.#hashes[slot] === hash && this.#holds(place - 1, key)) return slot;
    }
  }

  #holds(place: number, key: string): boolean {
    const buffer = this.#chunks[place >>> CHUNK_SHIFT]!;
    const length = this.#readLength(buffer, (place & (CHUNK_UNITS - 1)) * UNIT);
    const at = this.#end;
    if (this.#scratchLength > 0) {
      if (length !== this.#scratchLength) return false;
      return buffer.compare(this.#scratch, 0, length, at, at + length) === 0;
    }
    if (length !== key.length) return false;
    for (let i = 0; i < length; i++) if (buffer[at + i] !== key.charCodeAt(i)) return false;
    return true;
  }

  #insert(hash: number, place: number): void {
    const mask = this.#places.length - 1;
    let slot = hash & mask;
    while (this.#places[slot] !== 0) slot = (slot + 1) & mask;
    this.#hashes[slot] = hash;
    this.#places[slot] = place;
  }

  #growIndex(): void {
    const hashes = this.#hashes;
    const places = this.#places;
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#places = new Uint32Array(hashes.length * 2);
    for (let i = 0; i < places.length; i++) if (places[i] !== 0) this.#insert(hashes[i]!, places[i]!);
  }

  /** FNV-1a over the key's UTF-8 bytes, mixed once more. Sets the scratch buffer. */
  #hash(key: string): number {
    let hash = 0x811c9dc5;
    this.#scratchLength = 0;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 127) return this.#hashEncoded(key);
      hash = Math.imul(hash ^ code, 0x01000193);
    }
    return mix(hash);
  }

  #hashEncoded(key: string): number {
    const most = key.length * 3;
    if (most > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(most);
    const length = this.#scratch.write(key, 'utf8');
    let hash = 0x811c9dc5;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ this.#scratch[i]!, 0x01000193);
    this.#scratchLength = length;
    return mix(hash);
  }

  /** Writes an entry behind the last. @returns its place */
  #append(key: string, values: Texts): number {
    let most = largestSize(key, values, (text) => text.length * 3);
    if (most > EXACT_BYTES) most = largestSize(key, values, Buffer.byteLength);
    this.#reserve(most);
    const buffer = this.#chunks[this.#chunk]!;
    const start = this.#at;
    let at = this.#writeText(buffer, start, key, 0);
    at = writeLength(buffer, at, values.length);
    for (const value of values) {
      if (value === null) buffer[at++] = 0;
      else at = this.#writeText(buffer, at, value, 1);
    }
    this.#at = Math.ceil(at / UNIT) * UNIT;
    this.#usedBytes += this.#at - start;
    return this.#chunk * CHUNK_UNITS + start / UNIT;
  }

  /** Length (plus `extra`) and text. The length is that of the text's UTF-8. @returns the end */
  #writeText(buffer: Buffer, at: number, text: string, extra: number): number {
    // Written behind a length of the size that fits ASCII, which is nearly always right.
    const guess = at + lengthSize(text.length + extra);
    const bytes = buffer.write(text, guess, 'utf8');
    const start = at + lengthSize(bytes + extra);
    if (start !== guess) buffer.copyWithin(start, guess, guess + bytes);
    writeLength(buffer, at, bytes + extra);
    return start + bytes;
  }

  #reserve(bytes: number): void {
    const current = this.#chunks[this.#chunk];
    const shared = current !== undefined && current.length <= CHUNK_BYTES;
    if (shared && this.#at + bytes <= current.length) return;
    if (shared && current.length < CHUNK_BYTES && this.#at + bytes <= CHUNK_BYTES) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(CHUNK_BYTES, Math.max(current.length * 2, this.#at + bytes)),
      );
      current.copy(grown, 0, 0, this.#at);
      this.#chunkBytes += grown.length - current.length;
      this.#chunks[this.#chunk] = grown;
      return;
    }
    // An entry larger than a chunk gets one of its own size, at whose front it stands; nothing follows it.
    const size = Math.max(bytes, this.#chunks.length === 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES);
    if (this.#chunks.length * CHUNK_UNITS >= 0xffff_ffff - CHUNK_UNITS) {
      throw new RangeError('the cached table is larger than 32 GiB');
    }
    this.#chunk = this.#chunks.length;
    this.#chunks.push(Buffer.allocUnsafeSlow(size));
    this.#chunkBytes += size;
    this.#at = 0;
  }

  #waste(slot: number): void {
    const place = this.#places[slot]! - 1;
    const buffer = this.#chunks[place >>> CHUNK_SHIFT]!;
    const start = (place & (CHUNK_UNITS - 1)) * UNIT;
    let at = start;
    const keyBytes = this.#readLength(buffer, at);
    const count = this.#readLength(buffer, this.#end + keyBytes);
    at = this.#end;
    for (let i = 0; i < count; i++) {
      const length = this.#readLength(buffer, at) - 1;
      at = this.#end + Math.max(0, length);
    }
    this.#wastedBytes += Math.ceil((at - start) / UNIT) * UNIT;
  }

  #rewriteIfWasteful(): void {
    if (this.#wastedBytes < MIN_WASTE_BYTES || this.#wastedBytes * 2 < this.#usedBytes) return;
    const fresh = new CompactTable();
    for (const [key, values] of this.entries()) fresh.set(key, values);
    this.#chunks = fresh.#chunks;
    this.#chunk = fresh.#chunk;
    this.#at = fresh.#at;
    this.#hashes = fresh.#hashes;
    this.#places = fresh.#places;
    this.#chunkBytes = fresh.#chunkBytes;
    this.#usedBytes = fresh.#usedBytes;
    this.#wastedBytes = 0;
  }

  /** In no order. The table must not be changed meanwhile. */
  *entries(): Generator<[key: string, values: Texts]> {
    for (const place of this.#places) {
      if (place === 0) continue;
      const buffer = this.#chunks[(place - 1) >>> CHUNK_SHIFT]!;
      const at = ((place - 1) & (CHUNK_UNITS - 1)) * UNIT;
      const length = this.#readLength(buffer, at);
      const key = buffer.toString('utf8', this.#end, this.#end + length);
      yield [key, this.get(key)!];
    }
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

/** Bytes that an entry takes at most, for texts that take as many as `sizeOf` says. */
function largestSize(key: string, values: Texts, sizeOf: (text: string) => number): number {
  let most = 10 + sizeOf(key);
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

function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
