// A job's metrics, kept as plain numbers and read when somebody asks.
import type { Counter, MetricGroup } from '../connector/metrics.ts';

/** `kafka_source.numRecordsIn` → value. */
export type MetricValues = ReadonlyMap<string, number>;

export class MetricRegistry {
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, () => number>();

  /** A group whose metrics are named `path.name`. The same name gives the same counter, also after a restart. */
  group(path: string): MetricGroup {
    return {
      counter: (name) => {
        const key = `${path}.${name}`;
        let counter = this.#counters.get(key);
        if (counter === undefined) {
          counter = { value: 0 };
          this.#counters.set(key, counter);
        }
        return counter;
      },
      gauge: (name, read) => {
        this.#gauges.set(`${path}.${name}`, read);
      },
      group: (name) => this.group(`${path}.${name}`),
    };
  }

  read(): MetricValues {
    const values = new Map<string, number>();
    for (const [name, counter] of this.#counters) values.set(name, counter.value);
    for (const [name, gauge] of this.#gauges) values.set(name, gauge());
    return values;
  }
}
