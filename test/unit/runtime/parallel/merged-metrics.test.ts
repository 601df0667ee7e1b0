import { expect, test } from 'vitest';
import { MetricRegistry } from '../../../../src/runtime/metrics.ts';
import { MergedMetrics } from '../../../../src/runtime/parallel/merged-metrics.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** A thread's own metrics. */
function thread(counts: { rows: number; pending: number; sendTime: number; p99: number }) {
  const registry = new MetricRegistry();
  const source = registry.group('source.t.with.dots');
  source.counter('numRecordsIn').value = counts.rows;
  source.gauge('pendingRecords', () => counts.pending);
  registry.group('sink.s').gauge('currentSendTime', () => counts.sendTime);
  registry.group('sink.s').gauge('roundTripP99', () => counts.p99);
  return registry.report();
}

test('counters and most gauges are sums; of times and quantiles the largest counts', () => {
  const job = new MetricRegistry();
  const merged = new MergedMetrics(job);
  merged.take(0, thread({ rows: 3, pending: 5, sendTime: 2, p99: 9 }));
  merged.take(1, thread({ rows: 4, pending: 6, sendTime: 1, p99: 12 }));
  expect(Object.fromEntries(job.read())).toMatchObject({
    'source.t.with.dots.numRecordsIn': 7,
    'source.t.with.dots.pendingRecords': 11,
    'sink.s.currentSendTime': 2,
    'sink.s.roundTripP99': 12,
  });
});

test('counters go on over reports and attempts, and have a rate', async () => {
  const clock = new ManualClock();
  const job = new MetricRegistry(clock);
  const first = new MergedMetrics(job);
  const gauges = { pending: 1, sendTime: 1, p99: 1 };
  first.take(0, thread({ rows: 10, ...gauges }));
  await clock.advance(1000);
  first.take(0, thread({ rows: 30, ...gauges }));
  expect(job.read().get('source.t.with.dots.numRecordsIn')).toBe(30);
  expect(job.read().get('source.t.with.dots.numRecordsInPerSecond')).toBe(30);
  const second = new MergedMetrics(job);
  second.take(0, thread({ rows: 5, ...gauges, pending: 2 }));
  expect(job.read().get('source.t.with.dots.numRecordsIn')).toBe(35);
  expect(job.read().get('source.t.with.dots.pendingRecords')).toBe(2);
});
