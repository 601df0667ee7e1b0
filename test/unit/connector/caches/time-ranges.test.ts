import { expect, test } from 'vitest';
import { parseTimeRanges } from '../../../../src/connector/caches/time-ranges.ts';

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
