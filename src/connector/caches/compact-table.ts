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
  /** Two numbers a slot, so that one access to memory reads both: the key's hash, and the entry's place plus one (0: free). */
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  /** Slots less one: they are a power of two. */
  #mask = FIRST_SLOTS - 1;
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
    return this.#entries.byteLength + this.#slots.byteLength;
  }

  get(key: string): Texts | undefined {
    const slot = this.#find(key, this.#hash(key));
    return slot < 0 ? undefined : this.#entries.valuesAt(this.#placeAt(slot) - 1);
  }

  has(key: string): boolean {
    return this.#find(key, this.#hash(key)) >= 0;
  }

  set(key: string, values: Texts): void {
    if ((this.#size + 1) * 4 > this.#mask * 3) this.#growIndex();
    const hash = this.#hash(key);
    const found = this.#find(key, hash);
    const place = this.#entries.append(key, values) + 1;
    if (found >= 0) {
      const old = this.#placeAt(found) - 1;
      this.#slots[2 * found + 1] = place;
      this.#entries.remove(old, this);
      return;
    }
    this.#insert(hash, place);
    this.#size++;
  }

  delete(key: string): boolean {
    let hole = this.#find(key, this.#hash(key));
    if (hole < 0) return false;
    const old = this.#placeAt(hole) - 1;
    this.#size--;
    // What stands behind in the same run moves up where its own place allows: no tombstones.
    const mask = this.#mask;
    let slot = hole;
    for (;;) {
      slot = (slot + 1) & mask;
      if (this.#placeAt(slot) === 0) break;
      const home = this.#slots[2 * slot]! & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#slots.copyWithin(2 * hole, 2 * slot, 2 * slot + 2);
      hole = slot;
    }
    this.#slots[2 * hole + 1] = 0;
    this.#entries.remove(old, this);
    return true;
  }

  /** In no order. The table must not be changed meanwhile. */
  *entries(): Generator<[key: string, values: Texts]> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      const place = this.#placeAt(slot);
      if (place !== 0) yield [this.#entries.keyAt(place - 1), this.#entries.valuesAt(place - 1)];
    }
  }

  /** For the entries: the slot that leads to one. */
  find(place: number, buffer: Buffer, keyStart: number, keyEnd: number): number {
    const mask = this.#mask;
    for (let slot = hashBytes(buffer, keyStart, keyEnd) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#placeAt(slot);
      if (found === place + 1) return slot;
      if (found === 0) return -1;
    }
  }

  /** For the entries: one has moved. */
  moved(slot: number, to: number): void {
    this.#slots[2 * slot + 1] = to + 1;
  }

  /** Slot of the key, or -1. `hash` was made of this key just now: a key that is not ASCII is in the scratch buffer. */
  #find(key: string, hash: number): number {
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#placeAt(slot);
      if (place === 0) return -1;
      if (this.#slots[2 * slot] === hash && this.#holds(place - 1, key)) return slot;
    }
  }

  #holds(place: number, key: string): boolean {
    return this.#scratchLength > 0
      ? this.#entries.hasKeyBytes(place, this.#scratch, this.#scratchLength)
      : this.#entries.hasKey(place, key);
  }

  #insert(hash: number, place: number): void {
    const mask = this.#mask;
    let slot = hash & mask;
    while (this.#placeAt(slot) !== 0) slot = (slot + 1) & mask;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = place;
  }

  #placeAt(slot: number): number {
    return this.#slots[2 * slot + 1]!;
  }

  #growIndex(): void {
    const slots = this.#slots;
    this.#slots = new Uint32Array(2 * slots.length);
    this.#mask = slots.length - 1;
    for (let i = 0; i < slots.length; i += 2) if (slots[i + 1] !== 0) this.#insert(slots[i]!, slots[i + 1]!);
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
