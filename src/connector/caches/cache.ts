// What a lookup keeps in memory (org.apache.flink.table.connector.source.lookup.cache.LookupCache).
import type { Row } from '../../types/row.ts';

export interface LookupCache {
  /** The rows of a key; an empty list is a known miss, undefined is not known. */
  get(key: string): readonly Row[] | undefined;
  put(key: string, rows: readonly Row[]): void;
  /** Keys that are kept. */
  readonly size: number;
  /** Forgets one key. */
  delete(key: string): void;
  clear(): void;
}
