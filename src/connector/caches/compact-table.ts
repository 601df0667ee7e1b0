// A map from strings to a few strings or NULLs, for tables with millions of rows: it lives outside of the JavaScript heap, so
// that the garbage collector never walks through it, and costs about 25 bytes a row besides the data in UTF-8.
//
// An index by hash leads to the entries (compact-entries.ts).
import { addUnit, HASH_START, mixed } from '../../types/hash.ts';
import { CompactEntries, type EntryOwner, type Texts } from './compact-entries.ts';
import { HashIndex } from './hash-index.ts';

export type { Texts };

/** A key that is not ASCII is compared and hashed in UTF-8; up to this length without making room for it. */
const SCRATCH_BYTES = 4096;

export class CompactTable implements EntryOwner {
  readonly #entries = new CompactEntries();
  readonly #index = new HashIndex();
  /** The key under way in UTF-8, when it is not ASCII. */
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #scratchLength = 0;

  /** Keys. */
  get size(): number {
    return this.#index.size;
  }

  /** Memory taken, reserved or used. */
  get byteLength(): number {
    return this.#entries.byteLength + this.#index.byteLength;
  }

  get(key: string): Texts | undefined {
    const slot = this.#find(key, this.#hash(key));
    return slot < 0 ? undefined : this.#entries.valuesAt(this.#index.placeAt(slot));
  }

  has(key: string): boolean {
    return this.#find(key, this.#hash(key)) >= 0;
  }

  set(key: string, values: Texts): void {
    const hash = this.#hash(key);
    const found = this.#find(key, hash);
    const place = this.#entries.append(key, values);
    if (found < 0) {
      this.#index.add(hash, place);
      return;
    }
    const old = this.#index.placeAt(found);
    this.#index.moveTo(found, place);
    this.#entries.remove(old, this);
  }

  delete(key: string): boolean {
    const slot = this.#find(key, this.#hash(key));
    if (slot < 0) return false;
    const old = this.#index.placeAt(slot);
    this.#index.removeAt(slot);
    this.#entries.remove(old, this);
    return true;
  }

  /** In no order. The table must not be changed meanwhile. */
  *entries(): Generator<[key: string, values: Texts]> {
    for (const place of this.#index.places())
      yield [this.#entries.keyAt(place), this.#entries.valuesAt(place)];
  }

  /** For the entries: the slot that leads to one. */
  find(place: number, buffer: Buffer, keyStart: number, keyEnd: number): number {
    const index = this.#index;
    for (let slot = index.home(hashBytes(buffer, keyStart, keyEnd)); ; slot = index.next(slot)) {
      const found = index.placeAt(slot);
      if (found === place) return slot;
      if (found < 0) return -1;
    }
  }

  /** For the entries: one has moved. */
  moved(slot: number, to: number): void {
    this.#index.moveTo(slot, to);
  }

  /** Slot of the key, or -1. `hash` was made of this key just now: a key that is not ASCII is in the scratch buffer. */
  #find(key: string, hash: number): number {
    const index = this.#index;
    for (let slot = index.home(hash); ; slot = index.next(slot)) {
      const place = index.placeAt(slot);
      if (place < 0) return -1;
      if (index.hashAt(slot) === hash && this.#holds(place, key)) return slot;
    }
  }

  #holds(place: number, key: string): boolean {
    return this.#scratchLength > 0
      ? this.#entries.hasKeyBytes(place, this.#scratch, this.#scratchLength)
      : this.#entries.hasKey(place, key);
  }

  /** Of the key's UTF-8 bytes. Sets the scratch buffer. */
  #hash(key: string): number {
    let hash = HASH_START;
    this.#scratchLength = 0;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 127) return this.#hashEncoded(key);
      hash = addUnit(hash, code);
    }
    return mixed(hash);
  }

  #hashEncoded(key: string): number {
    const most = key.length * 3;
    if (most > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(most);
    this.#scratchLength = this.#scratch.write(key, 'utf8');
    return hashBytes(this.#scratch, 0, this.#scratchLength);
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = addUnit(hash, bytes[i]!);
  return mixed(hash);
}
