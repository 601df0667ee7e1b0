// A job's metrics, kept as plain numbers and read when somebody asks.
import type { Counter, MetricGroup } from '../connector/metrics.ts';
import { type Clock, systemClock } from '../types/clock.ts';
import { Meter } from './meter.ts';
import { Total } from './total.ts';

/** Counters that Flink has a meter for: `numRecordsOut` also gives `numRecordsOutPerSecond`. */
const METERED = new Set(['numRecordsIn', 'numRecordsOut', 'numBytesIn', 'numBytesOut']);

/** `kafka_source.numRecordsIn` → value. */
export type MetricValues = ReadonlyMap<string, number>;

/** What one of several threads has counted. Rates are worked out of the sums. */
export interface MetricReport {
  readonly counters: readonly (readonly [name: string, value: number])[];
  readonly gauges: readonly (readonly [name: string, value: number])[];
}

export class MetricRegistry {
  readonly #counters = new Map<string, Counter>();
  readonly #totals = new Map<string, Total>();
  readonly #gauges = new Map<string, () => number>();
  readonly #meters = new Map<string, Meter>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** A group whose metrics are named `path.name`. The same name gives the same counter or total, also after a restart. */
  group(path: string): MetricGroup {
    return {
      counter: (name) => {
        const key = `${path}.${name}`;
        let counter = this.#counters.get(key);
        if (counter === undefined) {
          counter = { value: 0 };
          this.#counters.set(key, counter);
          this.#meter(key, name, counter);
        }
        return counter;
      },
      total: (name, read) => {
        const key = `${path}.${name}`;
        const known = this.#totals.get(key);
        if (known !== undefined) return known.continue(read);
        const total = new Total(read);
        this.#totals.set(key, total);
        this.#meter(key, name, total);
      },
      gauge: (name, read) => {
        this.#gauges.set(`${path}.${name}`, read);
      },
      group: (name) => this.group(`${path}.${name}`),
    };
  }

  #meter(key: string, name: string, counter: Readonly<Counter>): void {
    if (METERED.has(name)) this.#meters.set(`${key}PerSecond`, new Meter(counter, this.#clock.monotonic()));
  }

  report(): MetricReport {
    return {
      counters: [...this.#counters, ...this.#totals].map(([name, { value }]) => [name, value]),
      gauges: [...this.#gauges].map(([name, read]) => [name, read()]),
    };
  }

  read(): MetricValues {
    const values = new Map<string, number>();
    for (const [name, counter] of [...this.#counters, ...this.#totals]) values.set(name, counter.value);
    const now = this.#clock.monotonic();
    for (const [name, meter] of this.#meters) values.set(name, meter.rate(now));
    for (const [name, gauge] of this.#gauges) values.set(name, gauge());
    return values;
  }
}
