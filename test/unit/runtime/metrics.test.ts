import { expect, test } from 'vitest';
import { Latency } from '../../../src/connector/latency.ts';
import { MetricRegistry } from '../../../src/runtime/metrics.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('rates: the growth a second over the last minute, from the start on', async () => {
  const clock = new ManualClock();
  const registry = new MetricRegistry(clock);
  const out = registry.group('sink').counter('numRecordsOut');
  registry.group('sink').counter('numRecordsSend');
  const rate = () => registry.read().get('sink.numRecordsOutPerSecond');
  expect(rate()).toBe(0);
  expect(registry.read().has('sink.numRecordsSendPerSecond')).toBe(false);
  out.value += 100;
  await clock.advance(2_000);
  expect(rate()).toBe(50);
  for (let i = 0; i < 100; i++) {
    await clock.advance(1_000);
    out.value += 10;
    rate();
  }
  expect(rate()).toBeCloseTo(10, 0);
  for (let i = 0; i < 70; i++) {
    await clock.advance(1_000);
    rate();
  }
  expect(rate()).toBe(0);
});

test('rates: a reader that comes seldom gets the growth since it came last', async () => {
  const clock = new ManualClock();
  const registry = new MetricRegistry(clock);
  const bytes = registry.group('sink').counter('numBytesOut');
  await clock.advance(600_000);
  bytes.value += 6_000;
  expect(registry.read().get('sink.numBytesOutPerSecond')).toBe(10);
  await clock.advance(600_000);
  expect(registry.read().get('sink.numBytesOutPerSecond')).toBe(0);
});

test('latencies: quantiles within a tenth', () => {
  const registry = new MetricRegistry();
  const latency = new Latency(registry.group('l'), 'requestLatency');
  const value = (name: string) => registry.read().get(`l.requestLatency${name}`)!;
  expect(value('P50')).toBe(0);
  for (let i = 1; i <= 1000; i++) latency.record(i / 10);
  expect(value('P50')).toBeGreaterThan(50);
  expect(value('P50')).toBeLessThan(55);
  expect(value('P99')).toBeGreaterThan(99);
  expect(value('Max')).toBe(100);
  expect(value('P99')).toBeLessThanOrEqual(100);
  latency.record(0);
  latency.record(1e12);
  expect(value('Max')).toBe(1e12);
});

test('a total goes on in the next attempt from where it was, whoever counts then', async () => {
  const clock = new ManualClock();
  const registry = new MetricRegistry(clock);
  const value = (name: string) => registry.read().get(`sink.${name}`);
  const first = { sent: 2 };
  registry.group('sink').total('numCommandsSent', () => first.sent);
  expect(value('numCommandsSent')).toBe(2);
  first.sent = 10;

  const second = { sent: 0 };
  registry.group('sink').total('numCommandsSent', () => second.sent);
  expect(value('numCommandsSent')).toBe(10);
  second.sent = 5;
  expect(value('numCommandsSent')).toBe(15);
  expect(registry.report().counters).toEqual([['sink.numCommandsSent', 15]]);
  first.sent = 1000; // no longer asked
  expect(value('numCommandsSent')).toBe(15);

  // One that several attempts share counts once.
  registry.group('sink').total('numCommandsSent', () => second.sent);
  second.sent = 6;
  expect(value('numCommandsSent')).toBe(16);
});

test('rates: of a total as of a counter', async () => {
  const clock = new ManualClock();
  const registry = new MetricRegistry(clock);
  let bytes = 0;
  registry.group('source').total('numBytesIn', () => bytes);
  bytes = 600;
  await clock.advance(2_000);
  expect(registry.read().get('source.numBytesInPerSecond')).toBe(300);
  registry.group('source').total('numBytesIn', () => 0);
  expect(registry.read().get('source.numBytesInPerSecond')).toBe(300);
});
