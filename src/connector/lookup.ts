// Asking a table for the rows of a key (org.apache.flink.table.connector.source.LookupTableSource).
import type { Row } from '../types/row.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** Planning object of a dimension table. */
export interface LookupTableSource {
  readonly kind: 'lookup';
  /**
   * Checks that the table can be asked by these columns.
   * @param keys indexes of the columns that the join offers an equality for, ascending
   * @returns the keys the table will use (a subset of `keys`); the plan evaluates the others after the lookup
   * @throws ValidationError that says which equality is missing
   */
  resolveKeys(keys: readonly number[]): readonly number[];
  /** `async` of the table's own options; hints and job options are the plan's. */
  readonly async: boolean;
  /** Attributes for EXPLAIN, such as `cache=[LRU, 10000 rows]`. */
  readonly explain: readonly string[];
  /** Warnings of plan time (an option that has no effect here). */
  readonly warnings: readonly string[];
  /**
   * @param keys as returned by `resolveKeys`
   * @param takesEncoded texts in rows may come as EncodedText: the host only passes them on, and keys as `encodedKeys` of
   * the function says. Default: false
   */
  createLookup(keys: readonly number[], context: RuntimeContext, takesEncoded?: boolean): LookupFunction;
}

/** How keys are asked for that may be asked for again (LOOKUP hint, `retry-predicate` = `lookup_miss`). */
export interface LookupAttempt {
  /** Not for the first time: what a cache remembers of them does not count. */
  readonly again: boolean;
  /** Nobody will ask again: misses may be kept. */
  readonly last: boolean;
}

/** The rows of a key that is known, in memory, to have none: asking again would be of no use. */
export const KNOWN_MISS: readonly Row[] = [];

/** Answers whole batches of keys. Rows have all physical columns of the table, in DDL order. */
export interface LookupFunction {
  /** STRINGs of keys are to come as EncodedText; never for a host that does not take it in rows. Default: false */
  readonly encodedKeys?: boolean;
  /** Connects; fills a full cache. Rejects when the table cannot be reached. */
  open(): Promise<void>;
  /**
   * The rows of each key, in order; an empty list for a miss. Keys hold no NULL and may repeat: the function asks each
   * only once. Answers at once (no promise) when every key is in the cache. Rejects when a lookup fails: never a row of
   * nulls instead.
   * @param attempt absent: each key is asked for once
   */
  lookup(
    keys: readonly Row[],
    attempt?: LookupAttempt,
  ): readonly (readonly Row[])[] | Promise<readonly (readonly Row[])[]>;
  close(): Promise<void>;
}
