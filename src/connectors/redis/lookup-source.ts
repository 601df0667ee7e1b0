// Planning object of a Redis table that a lookup join asks.
import { LruLookupCache } from '../../connector/caches/lru.ts';
import type { LookupFunction, LookupTableSource } from '../../connector/lookup.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ValidationError } from '../../types/errors.ts';
import { summaryString } from '../../types/schema.ts';
import { openPort } from './connection.ts';
import { RedisFullLookup } from './full-lookup.ts';
import { FullTable } from './full-table.ts';
import { RedisLookup } from './lookup.ts';
import { bindLookup } from './modes/index.ts';
import type { BoundLookup, TableContext } from './modes/mode.ts';
import type { LookupSettings, Settings } from './settings.ts';
import { leaseTable } from './shared-tables.ts';

export class RedisLookupSource implements LookupTableSource {
  readonly kind = 'lookup';
  readonly async: boolean;
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  readonly #context: TableContext;
  readonly #settings: Settings<LookupSettings>;
  readonly #bound: BoundLookup;
  /** Equal for tables that hold the same rows. */
  readonly #identity: string;

  /**
   * @param options as written: tables with equal ones share a full cache
   * @throws ValidationError about columns or primary key
   */
  constructor(
    context: TableContext,
    settings: Settings<LookupSettings>,
    options: ReadonlyMap<string, string>,
  ) {
    const { own } = settings;
    this.#context = context;
    this.#settings = settings;
    this.#bound = bindLookup(context, own.mode, own);
    this.#identity = JSON.stringify([context.table, context.schema, [...options].sort()]);
    this.async = own.async;
    this.explain = [...this.#bound.explain, `cache=[${cacheText(own)}]`];
    this.warnings = [...settings.warnings, ...this.#bound.warnings];
  }

  resolveKeys(keys: readonly number[]): readonly number[] {
    const { keyColumns } = this.#bound;
    const missing = keyColumns.filter((i) => !keys.includes(i));
    if (missing.length === 0) return keyColumns;
    const { fields } = this.#context.schema;
    const names = (columns: readonly number[]) => columns.map((i) => `'${fields[i]!.name}'`).join(', ');
    const given = keys.length === 0 ? '' : `, and the join has equalities on ${names(keys)}`;
    throw new ValidationError(
      `Temporal table join requires an equality condition on the primary key ${names(keyColumns)} of table [${summaryString(this.#context.table)}]: Redis finds a row by its key only${given}.`,
    );
  }

  createLookup(_keys: readonly number[], context: RuntimeContext, takesEncoded = false): LookupFunction {
    const { connection, own } = this.#settings;
    const table = summaryString(this.#context.table);
    const bound = this.#bound;
    const open = () => openPort(connection, context);
    if (own.cache === 'ALL') {
      const { cacheTtlMs: reloadMs, noReload, tracking } = own;
      const make = () =>
        new FullTable({ table, bound, reloadMs, noReload, tracking, openPort: open }, context);
      const key = `${context.timeZone} ${this.#identity}`;
      return new RedisFullLookup(
        { table, bound, lease: () => leaseTable(context.clock, key, make) },
        context,
      );
    }
    const { cacheSize: maxRows, cacheTtlMs: ttlMs, cacheEmpty } = own;
    const cache =
      own.cache === 'LRU' ? new LruLookupCache({ maxRows, ttlMs, cacheEmpty }, context.clock) : null;
    // What a cache keeps must not hold the memory of whole replies.
    const encoded = takesEncoded && cache === null;
    return new RedisLookup({ table, bound, cache, encoded, tracking: own.tracking, openPort: open }, context);
  }
}

function cacheText(own: LookupSettings): string {
  if (own.cache === 'None') return 'None';
  const tracking = own.tracking ? ', invalidated by Redis' : '';
  if (own.cache === 'ALL') {
    const reload = own.cacheTtlMs === undefined ? 'loaded once' : `reload ${own.cacheTtlMs} ms`;
    return `ALL, ${reload}${tracking}`;
  }
  const ttl = own.cacheTtlMs === undefined ? '' : `, ttl ${own.cacheTtlMs} ms`;
  return `LRU, ${own.cacheSize} keys${ttl}${own.cacheEmpty ? '' : ', no misses'}${tracking}`;
}
