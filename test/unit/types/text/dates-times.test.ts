import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  civilFromDays,
  dateToString,
  daysFromCivil,
  parseDate,
  parseIsoDate,
} from '../../../../src/types/text/dates.ts';
import { parseTime, timeToString } from '../../../../src/types/text/times.ts';
import {
  instantToString,
  localDateTimeToString,
  parseTimestamp,
  timestampToString,
  truncateTimestamp,
} from '../../../../src/types/text/timestamps.ts';
import { TimestampData } from '../../../../src/types/values.ts';

test('days and calendar dates are each other’s inverse, and agree with Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: -3_000_000, max: 3_000_000 }), (days) => {
      const { year, month, day } = civilFromDays(days);
      const date = new Date(days * 86_400_000);
      expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      expect(daysFromCivil(year, month, day)).toBe(days);
    }),
  );
});

describe('parseDate', () => {
  test.each([
    ['2020-01-02', 18_263],
    ['2020-1-2', 18_263],
    ['2020-01-02 03:04:05', 18_263],
    ['2020', 18_262],
    ['2020-01', 18_262],
    ['2020-02-30', null],
    ['2020-13-01', null],
    ['bad', null],
    ['', null],
    ['2020-01-02-03', null],
  ])('%s', (text, days) => expect(parseDate(text)).toBe(days));

  test('ISO takes no short forms', () => {
    expect(parseIsoDate('2020-1-2')).toBeNull();
    expect(parseIsoDate('2020-01-02')).toBe(18_263);
  });
  test('reads what dateToString writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -719_162, max: 2_932_896 }),
        (days) => parseDate(dateToString(days)) === days,
      ),
    );
  });
});

describe('times', () => {
  test.each([
    ['03:04:05', 11_045_000],
    ['03:04:05.1236', 11_045_124],
    ['3:4', 11_040_000],
    ['3', 10_800_000],
    ['24:00:00', null],
    ['03:60', null],
    ['x', null],
  ])('%s', (text, millis) => expect(parseTime(text)).toBe(millis));

  test('as Flink casts them', () => {
    expect(timeToString(11_045_120)).toBe('03:04:05');
    expect(timeToString(11_045_120, 3)).toBe('03:04:05.12');
    expect(timeToString(0, 3)).toBe('00:00:00.0');
  });
});

describe('timestamps', () => {
  test.each([
    ['2020-01-02 03:04:05.123456789', 9, '2020-01-02 03:04:05.123456789'],
    ['2020-01-02 03:04:05.123456', 3, '2020-01-02 03:04:05.123'],
    ['2020-01-02', 6, '2020-01-02 00:00:00.000000'],
    ['2020-2-30 1:2:3', 0, '2020-02-29 01:02:03'],
    ['1969-12-31 23:59:59.9', 3, '1969-12-31 23:59:59.900'],
  ])('%s', (text, precision, printed) => {
    expect(timestampToString(parseTimestamp(text, precision)!, precision)).toBe(printed);
  });
  test.each(['bad', '2020-01-02T03:04:05', '2020-01-02 03:04', '2020-01-32', '2020-01-02 25:00:00', ''])(
    'refuses %j',
    (text) => expect(parseTimestamp(text)).toBeNull(),
  );
  test('as java.time prints them', () => {
    expect(localDateTimeToString(new TimestampData(1_577_934_240_000))).toBe('2020-01-02T03:04');
    expect(localDateTimeToString(new TimestampData(1_577_934_245_120))).toBe('2020-01-02T03:04:05.120');
    expect(instantToString(new TimestampData(1_577_934_240_000))).toBe('2020-01-02T03:04:00Z');
    expect(instantToString(new TimestampData(0, 1000))).toBe('1970-01-01T00:00:00.000001Z');
  });
  test('truncates towards the past', () => {
    expect(truncateTimestamp(new TimestampData(-1, 5), 0)).toEqual(new TimestampData(-1000));
    expect(truncateTimestamp(new TimestampData(5, 123_456), 6)).toEqual(new TimestampData(5, 123_000));
  });
});
