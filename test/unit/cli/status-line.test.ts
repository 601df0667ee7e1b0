import { expect, test } from 'vitest';
import { count, duration, StatusLine } from '../../../src/cli/status-line.ts';

const progress = (rowsIn: number, fraction: number | null = null, pending: number | null = null) => ({
  rowsIn,
  rowsOut: rowsIn,
  pending,
  fraction,
});

test('rows, rates over the last seconds, lag', () => {
  const line = new StatusLine(0);
  expect(line.line('RUNNING', progress(1000), 1000, 120)).toBe(
    'RUNNING 0:01  in 1,000 (1,000/s)  out 1,000 (1,000/s)',
  );
  line.line('RUNNING', progress(1000), 5000, 120);
  line.line('RUNNING', progress(1000), 6500, 120);
  expect(line.line('RUNNING', progress(3000, null, 12_345), 10_000, 120)).toBe(
    'RUNNING 0:10  in 3,000 (400/s)  out 3,000 (400/s)  lag 12,345',
  );
});

test('a bar and the time left when the source is bounded', () => {
  const line = new StatusLine(0);
  expect(line.line('RUNNING', progress(10, 0.25), 10_000, 120)).toBe(
    '[=====>              ]  25%  ETA 0:30  RUNNING 0:10  in 10 (1/s)  out 10 (1/s)',
  );
  expect(line.line('RUNNING', progress(10, 1), 20_000, 120)).toContain(
    '[====================] 100%  RUNNING',
  );
});

test('never wider than the terminal', () => {
  const line = new StatusLine(0);
  expect(line.line('RUNNING', progress(1_000_000, 0.5, 7), 1000, 60)).toBe(
    '[==========>         ]  50%  ETA 0:01  RUNNING 0:01',
  );
});

test.each([
  [0, '0:00'],
  [59_600, '1:00'],
  [3_723_000, '1:02:03'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('thousands', () => {
  expect([0, 999, 1000, 1234567, -3].map(count)).toEqual(['0', '999', '1,000', '1,234,567', '0']);
});
