// What a sink counts, over all of its connections (org.apache.flink.metrics.groups.SinkWriterMetricGroup).
import type { Counter, MetricGroup } from '../../connector/metrics.ts';
import type { PortStats } from './client/port.ts';
import { registerPortMetrics } from './port-metrics.ts';

/** What can be asked of a writer. */
export interface WriterState {
  readonly portStats: PortStats | null;
  /** Changes in the buffer. */
  readonly bufferedRecords: number;
  /** The share of the buffer that is taken, 0..1. */
  readonly bufferFill: number;
  /** Batches sent and not answered. */
  readonly batchesInFlight: number;
}

/** Counted when Redis has answered: rows that failed are in the error counters only. */
export class SinkMetrics {
  readonly #records: readonly Counter[];
  readonly #bytes: readonly Counter[];
  readonly #errors: readonly Counter[];

  constructor(metrics: MetricGroup, writers: () => readonly WriterState[]) {
    this.#records = ['numRecordsOut', 'numRecordsSend'].map((name) => metrics.counter(name));
    this.#bytes = ['numBytesOut', 'numBytesSend'].map((name) => metrics.counter(name));
    this.#errors = ['numRecordsSendErrors', 'numRecordsOutErrors'].map((name) => metrics.counter(name));
    const stats = () => writers().flatMap((w) => (w.portStats === null ? [] : [w.portStats]));
    const sum = (read: (w: WriterState) => number) => () =>
      writers().reduce((total, one) => total + read(one), 0);
    // Milliseconds that the last answered batch took; the longest where there are several connections.
    metrics.gauge('currentSendTime', () => Math.max(0, ...stats().map((s) => s.lastRoundTripMs)));
    metrics.gauge(
      'bufferedRecords',
      sum((w) => w.bufferedRecords),
    );
    metrics.gauge('bufferFill', () => Math.max(0, ...writers().map((w) => w.bufferFill)));
    metrics.gauge(
      'batchesInFlight',
      sum((w) => w.batchesInFlight),
    );
    registerPortMetrics(metrics, stats);
  }

  /** @param bytes of the encoded commands */
  sent(rows: number, bytes: number): void {
    for (const counter of this.#records) counter.value += rows;
    for (const counter of this.#bytes) counter.value += bytes;
  }

  failed(rows: number): void {
    for (const counter of this.#errors) counter.value += rows;
  }
}
