// The keys used last: never more than a number of them, each for a time counted from its loading.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../types/clock.ts';
import type { Row } from '../../types/row.ts';
import type { LookupCache } from './cache.ts';

export interface LruSettings {
  /** Keys, at least 1. */
  readonly maxRows: number;
  /** Milliseconds since `put`; undefined: no limit. */
  readonly ttlMs: number | undefined;
  /** Whether keys without rows are kept. */
  readonly cacheEmpty: boolean;
}

const ONE = { size: 1 } as const;

export class LruLookupCache implements LookupCache {
  readonly #entries: LRUCache<string, readonly Row[]>;
  readonly #cacheEmpty: boolean;

  constructor(settings: LruSettings, clock: Clock) {
    this.#cacheEmpty = settings.cacheEmpty;
    this.#entries = new LRUCache({
      // Entries of size 1 and a largest total, not the library's `max`: that one allocates all of it beforehand.
      maxSize: settings.maxRows,
      ...(settings.ttlMs === undefined
        ? {}
        : {
            ttl: settings.ttlMs,
            // 0: the clock is asked each time, no timer of the library keeps an old answer.
            ttlResolution: 0,
            // The library takes a start of 0 for "no time to live".
            perf: { now: () => clock.monotonic() + 1 },
          }),
    });
  }

  get(key: string): readonly Row[] | undefined {
    return this.#entries.get(key);
  }

  put(key: string, rows: readonly Row[]): void {
    if (rows.length > 0 || this.#cacheEmpty) this.#entries.set(key, rows, ONE);
    else this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
