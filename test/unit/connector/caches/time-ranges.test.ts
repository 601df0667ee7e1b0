import { expect, test } from 'vitest';
import { parseTimeRanges, untilEnd, wallClock } from '../../../../src/connector/caches/time-ranges.ts';

test('dated, cross-day and daily periods, as on the connector page', () => {
  expect(parseTimeRanges('2017-10-24 14:00 -> 2017-10-24 15:00')).toEqual([
    {
      kind: 'dated',
      text: '2017-10-24 14:00 -> 2017-10-24 15:00',
      start: Date.UTC(2017, 9, 24, 14),
      end: Date.UTC(2017, 9, 24, 15),
    },
  ]);
  const several = parseTimeRanges('2017-11-10 23:30 -> 2017-11-11 08:00,12:00 -> 14:00, 22:00->2:00');
  expect(several.map((r) => [r.kind, r.start, r.end])).toEqual([
    ['dated', Date.UTC(2017, 10, 10, 23, 30), Date.UTC(2017, 10, 11, 8)],
    ['daily', 720, 840],
    ['daily', 1320, 120],
  ]);
});

test.each([
  ['12:00 14:00', "Illegal time range blacklist, should use '->' to separate start time and end time"],
  ['12:00 -> 13:00 -> 14:00', "Illegal time range blacklist, should use '->'"],
  ['2017-11-11 08:00 -> 2017-11-10 23:30', 'start time is greater than end time'],
  ['25:00 -> 26:00', 'Illegal time format'],
  ['12:60 -> 13:00', 'Illegal time format'],
  ['2017-02-30 08:00 -> 2017-03-01 08:00', 'Illegal time format'],
  ['2017-11-10 08:00 -> 12:00', 'Illegal time format'],
  ['noon -> 14:00', 'Illegal time format'],
  ['', 'Illegal time range blacklist'],
])('%s', (text, message) => {
  expect(() => parseTimeRanges(text)).toThrow(message);
});

const MINUTE = 60_000;
const at = (text: string) => Date.parse(`${text}Z`);

test.each([
  ['12:00 -> 14:00', '2024-05-01T11:59:59.999', 0],
  ['12:00 -> 14:00', '2024-05-01T12:00', 120],
  ['12:00 -> 14:00', '2024-05-01T13:59', 1],
  ['12:00 -> 14:00', '2024-05-01T14:00', 0],
  ['22:00 -> 2:00', '2024-05-01T23:00', 180],
  ['22:00 -> 2:00', '2024-05-01T01:30', 30],
  ['22:00 -> 2:00', '2024-05-01T02:00', 0],
  ['22:00 -> 2:00', '2024-05-01T21:59', 0],
  ['9:05 -> 9:10', '2024-05-01T09:07', 3],
  ['12:00 -> 12:00', '2024-05-01T12:00', 0],
  ['2017-11-10 23:30 -> 2017-11-11 08:00', '2017-11-11T00:00', 480],
  ['2017-11-10 23:30 -> 2017-11-11 08:00', '2018-11-11T00:00', 0],
  ['12:00 -> 14:00, 13:00 -> 15:00', '2024-05-01T13:30', 90],
  ['12:00 -> 14:00', '1969-12-31T13:00', 60],
])('%s at %s: %d minutes to go', (ranges, time, minutes) => {
  expect(untilEnd(parseTimeRanges(ranges), at(time))).toBe(minutes * MINUTE);
});

test.each([
  ['UTC', '2024-03-31T00:59:59.250', '2024-03-31T00:59:59.250'],
  ['Europe/Berlin', '2024-03-31T00:59:59', '2024-03-31T01:59:59'],
  ['Europe/Berlin', '2024-03-31T01:00', '2024-03-31T03:00'],
  ['Europe/Berlin', '2024-10-27T01:30', '2024-10-27T02:30'],
  ['Asia/Shanghai', '2024-05-01T16:30', '2024-05-02T00:30'],
  ['GMT+08:00', '2024-05-01T16:30', '2024-05-02T00:30'],
])('the clocks of %s at %s UTC show %s', (zone, instant, wall) => {
  expect(wallClock(zone)(at(instant))).toBe(at(wall));
});
