// The rate of a counter (org.apache.flink.metrics.MeterView): its growth a second over the last minute. Nothing ticks: samples
// are taken when somebody reads, so that a metric that nobody reads costs nothing.
import type { Counter } from '../connector/metrics.ts';

const WINDOW_MS = 60_000;
const STEP_MS = 5_000;

interface Sample {
  readonly at: number;
  readonly value: number;
}

export class Meter {
  readonly #counter: Readonly<Counter>;
  /** Oldest first, at least STEP_MS apart; the first is the newest one that is older than the window, or the start. */
  readonly #samples: Sample[];

  /** @param now milliseconds of a monotonic clock */
  constructor(counter: Readonly<Counter>, now: number) {
    this.#counter = counter;
    this.#samples = [{ at: now, value: counter.value }];
  }

  /** Growth a second since a minute ago, or since the start or the reading before where that is all there is. */
  rate(now: number): number {
    const samples = this.#samples;
    while (samples.length > 1 && now - samples[1]!.at >= WINDOW_MS) samples.shift();
    const { at, value } = samples[0]!;
    const rate = now > at ? ((this.#counter.value - value) * 1000) / (now - at) : 0;
    if (now - samples.at(-1)!.at >= STEP_MS) samples.push({ at: now, value: this.#counter.value });
    return rate;
  }
}
