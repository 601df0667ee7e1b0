// A map from strings to a few strings or NULLs, for tables with millions of rows: it lives outside of the JavaScript heap, so
// that the garbage collector never walks through it, and costs about 25 bytes a row besides the data in UTF-8.
//
// An index by hash (open addressing, linear probing) leads to the entries (compact-entries.ts).
import { CompactEntries, type EntryOwner, type Texts } from './compact-entries.ts';

export type { Texts };

const FIRST_SLOTS = 1024;
/** A key that is not ASCII is compared and hashed in UTF-8; up to this length without making room for it. */
const SCRATCH_BYTES = 4096;

export class CompactTable implements EntryOwner {
  readonly #entries = new CompactEntries();
  /** Hash of each slot's key. */
  #hashes = new Uint32Array(FIRST_SLOTS);
  /** Place of each slot's entry, plus one; 0 is a free slot. */
  #places = new Uint32Array(FIRST_SLOTS);
  #size = 0;
  /** The key under way in UTF-8, when it is not ASCII. */
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #scratchLength = 0;

  /** Keys. */
  get size(): number {
    return this.#size;
  }

  /** Memory taken, reserved or used. */
  get byteLength(): number {
    return this.#entries.byteLength + this.#hashes.byteLength + this.#places.byteLength;
  }

  get(key: string): Texts | undefined {
    const slot = this.#find(key, this.#hash(key));
    return slot < 0 ? undefined : this.#entries.valuesAt(this.#places[slot]! - 1);
  }

  has(key: string): boolean {
    return this.#find(key, this.#hash(key)) >= 0;
  }

  set(key: string, values: Texts): void {
    if ((this.#size + 1) * 4 > this.#places.length * 3) this.#growIndex();
    const hash = this.#hash(key);
    const found = this.#find(key, hash);
    const place = this.#entries.append(key, values) + 1;
    if (found >= 0) {
      const old = this.#places[found]! - 1;
      this.#places[found] = place;
      this.#entries.remove(old, this);
      return;
    }
    this.#insert(hash, place);
    this.#size++;
  }

  delete(key: string): boolean {
    let hole = this.#find(key, this.#hash(key));
    if (hole < 0) return false;
    const old = this.#places[hole]! - 1;
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
    this.#entries.remove(old, this);
    return true;
  }

  /** In no order. The table must not be changed meanwhile. */
  *entries(): Generator<[key: string, values: Texts]> {
    for (const place of this.#places) {
      if (place !== 0) yield [this.#entries.keyAt(place - 1), this.#entries.valuesAt(place - 1)];
    }
  }

  /** For the entries: the slot that leads to one. */
  find(place: number, buffer: Buffer, keyStart: number, keyEnd: number): number {
    const mask = this.#places.length - 1;
    for (let slot = hashBytes(buffer, keyStart, keyEnd) & mask; ; slot = (slot + 1) & mask) {
      if (this.#places[slot] === place + 1) return slot;
      if (this.#places[slot] === 0) return -1;
    }
  }

  /** For the entries: one has moved. */
  moved(slot: number, to: number): void {
    this.#places[slot] = to + 1;
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
    return this.#scratchLength > 0
      ? this.#entries.hasKeyBytes(place, this.#scratch, this.#scratchLength)
      : this.#entries.hasKey(place, key);
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

  /** Of the key's UTF-8 bytes. Sets the scratch buffer. */
  #hash(key: string): number {
    let hash = FNV_START;
    this.#scratchLength = 0;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 127) return this.#hashEncoded(key);
      hash = Math.imul(hash ^ code, FNV_PRIME);
    }
    return mix(hash);
  }

  #hashEncoded(key: string): number {
    const most = key.length * 3;
    if (most > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(most);
    this.#scratchLength = this.#scratch.write(key, 'utf8');
    return hashBytes(this.#scratch, 0, this.#scratchLength);
  }
}

/** FNV-1a, mixed once more. */
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_START;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  return mix(hash);
}

function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
