// Metrics with Flink's names and kinds (org.apache.flink.metrics). Counting is a plain addition; rates are worked out by
// whoever reads them.

export interface Counter {
  value: number;
}

export interface MetricGroup {
  /** A number that only grows; `numRecordsIn`, `numRecordsOut`, `numBytesIn` and `numBytesOut` also give `…PerSecond`. */
  counter(name: string): Counter;
  /** Read when somebody asks. */
  gauge(name: string, read: () => number): void;
  /** A group below this one: `cache`, `KafkaSourceReader`. */
  group(name: string): MetricGroup;
}
