// The keys used last: never more than a number of them, each for a time counted from its loading.
//
// A hash index leads to entries that stand in arrays, linked in the order of use. A Map of objects, or the library that was here
// before, touches twice as much memory for a key, and in a cache of many keys that is what a hit costs.
import type { Clock } from '../../types/clock.ts';
import { textHash } from '../../types/hash.ts';
import type { Row } from '../../types/row.ts';
import type { LookupCache } from './cache.ts';
import { HashIndex } from './hash-index.ts';

export interface LruSettings {
  /** Keys, at least 1. */
  readonly maxRows: number;
  /** Milliseconds since `put`; undefined: no limit. */
  readonly ttlMs: number | undefined;
  /** Whether keys without rows are kept. */
  readonly cacheEmpty: boolean;
}

const FIRST_ENTRIES = 256;
/** The entry before the first and behind the last. */
const ENDS = 0;
const NO_ROWS: readonly Row[] = [];

export class LruLookupCache implements LookupCache {
  readonly #maxRows: number;
  readonly #ttlMs: number;
  readonly #cacheEmpty: boolean;
  readonly #clock: Clock;
  readonly #index = new HashIndex();
  #keys: string[] = [''];
  #rows: (readonly Row[])[] = [NO_ROWS];
  /** When an entry ends; without a time to live nothing is kept. */
  #ends: number[] = [0];
  /** Two numbers an entry: the one used after it, the one used before it. */
  #links = new Uint32Array(2 * FIRST_ENTRIES);
  readonly #free: number[] = [];

  constructor(settings: LruSettings, clock: Clock) {
    this.#maxRows = settings.maxRows;
    this.#ttlMs = settings.ttlMs ?? Number.POSITIVE_INFINITY;
    this.#cacheEmpty = settings.cacheEmpty;
    this.#clock = clock;
  }

  get(key: string): readonly Row[] | undefined {
    const slot = this.#find(key, textHash(key));
    if (slot < 0) return undefined;
    const entry = this.#index.placeAt(slot);
    if (this.#hasTtl() && this.#clock.monotonic() >= this.#ends[entry]!) {
      this.#remove(slot, entry);
      return undefined;
    }
    this.#use(entry);
    return this.#rows[entry];
  }

  put(key: string, rows: readonly Row[]): void {
    const hash = textHash(key);
    const slot = this.#find(key, hash);
    if (rows.length === 0 && !this.#cacheEmpty) {
      if (slot >= 0) this.#remove(slot, this.#index.placeAt(slot));
      return;
    }
    const entry = slot < 0 ? this.#add(key, hash) : this.#index.placeAt(slot);
    this.#rows[entry] = rows;
    if (this.#hasTtl()) this.#ends[entry] = this.#clock.monotonic() + this.#ttlMs;
    this.#use(entry);
  }

  get size(): number {
    return this.#index.size;
  }

  delete(key: string): void {
    const slot = this.#find(key, textHash(key));
    if (slot >= 0) this.#remove(slot, this.#index.placeAt(slot));
  }

  clear(): void {
    this.#index.clear();
    this.#keys = [''];
    this.#rows = [NO_ROWS];
    this.#ends = [0];
    this.#links = new Uint32Array(2 * FIRST_ENTRIES);
    this.#free.length = 0;
  }

  #hasTtl(): boolean {
    return this.#ttlMs !== Number.POSITIVE_INFINITY;
  }

  /** Slot of the key, or -1. */
  #find(key: string, hash: number): number {
    const index = this.#index;
    for (let slot = index.home(hash); ; slot = index.next(slot)) {
      const place = index.placeAt(slot);
      if (place < 0) return -1;
      if (index.hashAt(slot) === hash && this.#keys[place] === key) return slot;
    }
  }

  /** Makes room, and a new entry that is in no order yet. */
  #add(key: string, hash: number): number {
    if (this.#index.size >= this.#maxRows) {
      const oldest = this.#links[2 * ENDS]!;
      const oldestKey = this.#keys[oldest]!;
      this.#remove(this.#find(oldestKey, textHash(oldestKey)), oldest);
    }
    const entry = this.#free.pop() ?? this.#keys.length;
    if (2 * entry >= this.#links.length) {
      const grown = new Uint32Array(2 * this.#links.length);
      grown.set(this.#links);
      this.#links = grown;
    }
    this.#keys[entry] = key;
    this.#links[2 * entry] = entry;
    this.#links[2 * entry + 1] = entry;
    this.#index.add(hash, entry);
    return entry;
  }

  #remove(slot: number, entry: number): void {
    this.#index.removeAt(slot);
    this.#unlink(entry);
    this.#keys[entry] = '';
    this.#rows[entry] = NO_ROWS;
    this.#free.push(entry);
  }

  /** The entry is the one used last from now on. */
  #use(entry: number): void {
    const links = this.#links;
    const last = links[2 * ENDS + 1]!;
    if (last === entry) return;
    this.#unlink(entry);
    links[2 * entry] = ENDS;
    links[2 * entry + 1] = last;
    links[2 * last] = entry;
    links[2 * ENDS + 1] = entry;
  }

  #unlink(entry: number): void {
    const links = this.#links;
    const after = links[2 * entry]!;
    const before = links[2 * entry + 1]!;
    links[2 * after + 1] = before;
    links[2 * before] = after;
  }
}
