// The metrics of a lookup cache (org.apache.flink.metrics.groups.CacheMetricGroup).
import type { Counter, MetricGroup } from '../metrics.ts';
import type { LookupCache } from './cache.ts';

export class CacheMetrics {
  readonly hits: Counter;
  readonly misses: Counter;
  /** Keys loaded, found or not. */
  readonly loads: Counter;
  readonly loadFailures: Counter;
  /** Milliseconds. */
  latestLoadTime = 0;

  /** Registers them in the group `cache` of `parent`. */
  constructor(parent: MetricGroup, cache: LookupCache) {
    const group = parent.group('cache');
    this.hits = group.counter('hitCount');
    this.misses = group.counter('missCount');
    this.loads = group.counter('loadCount');
    this.loadFailures = group.counter('numLoadFailures');
    group.gauge('latestLoadTime', () => this.latestLoadTime);
    group.gauge('numCachedRecords', () => cache.size);
  }
}
