// Lookups in a table that is wholly in memory: no question ever goes to the server.
import { KNOWN_MISS, type LookupFunction } from '../../connector/lookup.ts';
import type { Counter } from '../../connector/metrics.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { Row } from '../../types/row.ts';
import type { FullTable } from './full-table.ts';
import type { BoundLookup } from './modes/mode.ts';
import { registerPortMetrics } from './port-metrics.ts';
import type { TableLease } from './shared-tables.ts';

export interface FullLookupSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly bound: BoundLookup;
  lease(): TableLease;
}

export class RedisFullLookup implements LookupFunction {
  readonly #settings: FullLookupSettings;
  readonly #context: RuntimeContext;
  readonly #hits: Counter;
  readonly #misses: Counter;
  #lease: TableLease | null = null;
  #closed = false;

  constructor(settings: FullLookupSettings, context: RuntimeContext) {
    this.#settings = settings;
    this.#context = context;
    const cache = context.metrics.group('cache');
    this.#hits = cache.counter('hitCount');
    this.#misses = cache.counter('missCount');
  }

  /** Waits for the first load. */
  async open(): Promise<void> {
    this.#lease = this.#settings.lease();
    this.#register(this.#lease.table);
    await this.#lease.opened;
  }

  #register(table: FullTable): void {
    const cache = this.#context.metrics.group('cache');
    cache.total('loadCount', () => table.loads);
    cache.total('numLoadFailures', () => table.failures);
    cache.gauge('latestLoadTime', () => table.latestLoadMs);
    cache.gauge('numCachedRecords', () => table.size);
    cache.gauge('numCachedBytes', () => table.byteLength);
    cache.total('numInvalidations', () => table.invalidations);
    registerPortMetrics(this.#context.metrics, () => (table.portStats === null ? [] : [table.portStats]));
  }

  lookup(keys: readonly Row[]): readonly (readonly Row[])[] {
    if (this.#closed || this.#lease === null) {
      throw new ConnectorError(`Table '${this.#settings.table}': the lookup is closed.`);
    }
    const { bound } = this.#settings;
    const table = this.#lease.table.current;
    const answers: (readonly Row[])[] = [];
    let hits = 0;
    for (let i = 0; i < keys.length; i++) {
      const found = table.get(bound.idOf(keys[i]!) as string);
      if (found !== undefined) hits++;
      answers.push(found === undefined ? KNOWN_MISS : bound.rows(keys[i]!, found));
    }
    this.#hits.value += hits;
    this.#misses.value += keys.length - hits;
    return answers;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#lease?.release();
  }
}
