// Metrics with Flink's names and kinds (org.apache.flink.metrics). Counting is a plain addition; rates are worked out by
// whoever reads them.

export interface Counter {
  value: number;
}

export interface MetricGroup {
  /** A number that only grows; `numRecordsIn`, `numRecordsOut`, `numBytesIn` and `numBytesOut` also give `…PerSecond`. */
  counter(name: string): Counter;
  /**
   * A counter whose count somebody else keeps: read when somebody asks. Where an attempt of a job registers it again, it goes on
   * from what it was.
   */
  total(name: string, read: () => number): void;
  /** Read when somebody asks. */
  gauge(name: string, read: () => number): void;
  /** A group below this one: `cache`, `KafkaSourceReader`. */
  group(name: string): MetricGroup;
}
