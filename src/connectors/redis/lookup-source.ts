// Planning object of a Redis table that a lookup join asks.
import { LruLookupCache } from '../../connector/caches/lru.ts';
import type { LookupFunction, LookupTableSource } from '../../connector/lookup.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ValidationError } from '../../types/errors.ts';
import { summaryString } from '../../types/schema.ts';
import { openPort } from './connection.ts';
import { RedisLookup } from './lookup.ts';
import { bindLookup } from './modes/index.ts';
import type { BoundLookup, TableContext } from './modes/mode.ts';
import type { LookupSettings, Settings } from './settings.ts';

export class RedisLookupSource implements LookupTableSource {
  readonly kind = 'lookup';
  readonly async: boolean;
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  readonly #context: TableContext;
  readonly #settings: Settings<LookupSettings>;
  readonly #bound: BoundLookup;

  /** @throws ValidationError about columns or primary key */
  constructor(context: TableContext, settings: Settings<LookupSettings>) {
    const { own } = settings;
    this.#context = context;
    this.#settings = settings;
    this.#bound = bindLookup(context, own.mode, own);
    this.async = own.async;
    this.explain = [...this.#bound.explain, `cache=[${cacheText(own)}]`];
    this.warnings = [...settings.warnings, ...this.#bound.warnings];
  }

  resolveKeys(keys: readonly number[]): readonly number[] {
    const { keyColumn } = this.#bound;
    if (keys.includes(keyColumn)) return [keyColumn];
    const { fields } = this.#context.schema;
    const given = keys.map((i) => `'${fields[i]!.name}'`).join(', ');
    throw new ValidationError(
      `Temporal table join requires an equality condition on the primary key '${fields[keyColumn]!.name}' of table [${summaryString(this.#context.table)}]: Redis finds a row by its key only${given === '' ? '' : `, and the join has equalities on ${given}`}.`,
    );
  }

  createLookup(_keys: readonly number[], context: RuntimeContext): LookupFunction {
    const { connection, own } = this.#settings;
    const cache =
      own.cache === 'LRU'
        ? new LruLookupCache(
            { maxRows: own.cacheSize, ttlMs: own.cacheTtlMs, cacheEmpty: own.cacheEmpty },
            context.clock,
          )
        : null;
    return new RedisLookup(
      {
        table: summaryString(this.#context.table),
        bound: this.#bound,
        cache,
        openPort: () => openPort(connection, context),
      },
      context,
    );
  }
}

function cacheText(own: LookupSettings): string {
  if (own.cache === 'None') return 'None';
  const ttl = own.cacheTtlMs === undefined ? '' : `, ttl ${own.cacheTtlMs} ms`;
  return `${own.cache}, ${own.cacheSize} keys${ttl}${own.cacheEmpty ? '' : ', no misses'}`;
}
