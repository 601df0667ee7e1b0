// What the connector core counts for a channel, for the JVM to show beside what Flink counts itself.
import type { Counter, MetricGroup } from '../connector/metrics.ts';

/** Flink's sink writers have these of their own. */
const COUNTED_BY_FLINK: ReadonlySet<string> = new Set([
  'numRecordsOut',
  'numBytesOut',
  'numRecordsSend',
  'numBytesSend',
  'numRecordsSendErrors',
  'numRecordsOutErrors',
  'currentSendTime',
  // The buffer is the JVM's.
  'bufferedRecords',
  'bufferFill',
  'batchesInFlight',
]);

export class ChannelMetrics implements MetricGroup {
  readonly #prefix: string;
  readonly #readers: Map<string, () => number>;

  constructor(prefix = '', readers = new Map<string, () => number>()) {
    this.#prefix = prefix;
    this.#readers = readers;
  }

  counter(name: string): Counter {
    const counter = { value: 0 };
    this.gauge(name, () => counter.value);
    return counter;
  }

  total(name: string, read: () => number): void {
    this.gauge(name, read);
  }

  gauge(name: string, read: () => number): void {
    const full = this.#prefix + name;
    if (!COUNTED_BY_FLINK.has(full)) this.#readers.set(full, read);
  }

  group(name: string): MetricGroup {
    return new ChannelMetrics(`${this.#prefix}${name}.`, this.#readers);
  }

  /** By name, groups before it with dots. */
  read(): Record<string, number> {
    return Object.fromEntries([...this.#readers].map(([name, read]) => [name, read()]));
  }
}
