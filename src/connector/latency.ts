// How long something took, of many times: counts in buckets of equal ratio, so that recording is an addition and memory is
// fixed. A quantile is right within 10 %.
import type { MetricGroup } from './metrics.ts';

const PER_DOUBLING = 8;
const SMALLEST_MS = 1 / 64;
const BUCKETS = 26 * PER_DOUBLING;

export class Latency {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  /** Registers `<name>P50`, `P95`, `P99` and `Max`, in milliseconds since the start. */
  constructor(group: MetricGroup, name: string) {
    group.gauge(`${name}P50`, () => this.quantile(0.5));
    group.gauge(`${name}P95`, () => this.quantile(0.95));
    group.gauge(`${name}P99`, () => this.quantile(0.99));
    group.gauge(`${name}Max`, () => this.#max);
  }

  record(millis: number): void {
    const steps = Math.ceil(Math.log2(Math.max(millis, SMALLEST_MS) / SMALLEST_MS) * PER_DOUBLING);
    this.#counts[Math.min(steps, BUCKETS - 1)]!++;
    this.#total++;
    this.#max = Math.max(this.#max, millis);
  }

  /** @param share 0..1. 0 while there is nothing. */
  quantile(share: number): number {
    let missing = Math.ceil(this.#total * share);
    if (missing === 0) return 0;
    for (let i = 0; i < BUCKETS; i++) {
      missing -= this.#counts[i]!;
      if (missing <= 0) return Math.min(this.#max, SMALLEST_MS * 2 ** (i / PER_DOUBLING));
    }
    return this.#max;
  }
}
