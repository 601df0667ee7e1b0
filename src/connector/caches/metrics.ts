// The metrics of a lookup cache (org.apache.flink.metrics.groups.CacheMetricGroup).
import type { Counter, MetricGroup } from '../metrics.ts';
import type { LookupCache } from './cache.ts';

export class CacheMetrics {
  readonly hits: Counter;
  readonly misses: Counter;
  /** Keys loaded, found or not. */
  readonly loads: Counter;
  readonly loadFailures: Counter;
  /** Keys of which the cache was told that they changed. */
  readonly invalidations: Counter;
  /** Milliseconds. */
  latestLoadTime = 0;
  #cachedRecords: () => number;

  /** Registers them in the group `cache` of `parent`. */
  constructor(parent: MetricGroup, cache: LookupCache) {
    const group = parent.group('cache');
    this.hits = group.counter('hitCount');
    this.misses = group.counter('missCount');
    this.loads = group.counter('loadCount');
    this.loadFailures = group.counter('numLoadFailures');
    this.invalidations = group.counter('numInvalidations');
    group.gauge('latestLoadTime', () => this.latestLoadTime);
    this.#cachedRecords = () => cache.size;
    group.gauge('numCachedRecords', () => this.#cachedRecords());
  }

  /** Before the cache is emptied for good: what it held is part of the last report. */
  keepSize(): void {
    const size = this.#cachedRecords();
    this.#cachedRecords = () => size;
  }
}
