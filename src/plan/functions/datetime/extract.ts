// EXTRACT(unit FROM x): fields of dates and times.
import { ValidationError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import { civilFromDays, daysFromCivil, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import type { TimestampData } from '../../../types/values.ts';
import { toLocal } from '../cast/to-string.ts';
import type { Zone } from './zone.ts';

/** 1 Sunday .. 7 Saturday. */
function dayOfWeek(days: number): number {
  return ((((days + 4) % 7) + 7) % 7) + 1;
}

/** 1 Monday .. 7 Sunday. */
function isoDayOfWeek(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** The year of the ISO week: that of its Thursday. */
function isoYear(days: number): number {
  return civilFromDays(days - isoDayOfWeek(days) + 4).year;
}

function isoWeek(days: number): number {
  const first = daysFromCivil(isoYear(days), 1, 1);
  return Math.floor((days - isoDayOfWeek(days) + 4 - first) / 7) + 1;
}

type OfDays = (days: number) => number;

const DATE_FIELDS: Readonly<Record<string, OfDays>> = {
  YEAR: (d) => civilFromDays(d).year,
  QUARTER: (d) => Math.ceil(civilFromDays(d).month / 3),
  MONTH: (d) => civilFromDays(d).month,
  DAY: (d) => civilFromDays(d).day,
  WEEK: isoWeek,
  DOW: dayOfWeek,
  ISODOW: isoDayOfWeek,
  DOY: (d) => d - daysFromCivil(civilFromDays(d).year, 1, 1) + 1,
  ISOYEAR: isoYear,
  DECADE: (d) => Math.trunc(civilFromDays(d).year / 10),
  CENTURY: (d) => Math.ceil(civilFromDays(d).year / 100),
  MILLENNIUM: (d) => Math.ceil(civilFromDays(d).year / 1000),
  EPOCH: (d) => d * 86_400,
};

type OfMillis = (milliOfDay: number, nanoOfMilli: number) => number;

const TIME_FIELDS: Readonly<Record<string, OfMillis>> = {
  HOUR: (t) => Math.floor(t / 3_600_000),
  MINUTE: (t) => Math.floor(t / 60_000) % 60,
  SECOND: (t) => Math.floor(t / 1000) % 60,
  MILLISECOND: (t) => t % 1000,
  MICROSECOND: (t, n) => (t % 1000) * 1000 + Math.floor(n / 1000),
  NANOSECOND: (t, n) => (t % 1000) * 1_000_000 + n,
};

/** Values of `type` to the field's number. @throws ValidationError for a unit that the type does not have */
export function extractor(unit: string, type: LogicalType, zone: Zone): (value: never) => bigint {
  const field = fieldOf(unit, type, zone);
  if (field === undefined) {
    throw new ValidationError(`${unit} for ${type.root} is unsupported now.`, {
      hint: `Units are ${[...Object.keys(DATE_FIELDS), ...Object.keys(TIME_FIELDS)].join(', ')}`,
    });
  }
  return (value) => BigInt(field(value));
}

function fieldOf(unit: string, type: LogicalType, zone: Zone): ((value: never) => number) | undefined {
  const ofDays = DATE_FIELDS[unit];
  const ofMillis = TIME_FIELDS[unit];
  switch (type.root) {
    case 'DATE':
      return ofDays ?? (ofMillis === undefined ? undefined : () => 0);
    case 'TIME':
      return ofMillis === undefined ? undefined : (v: number) => ofMillis(v, 0);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampField(unit, type.root === 'TIMESTAMP_LTZ' ? zone : undefined);
    case 'INTERVAL_DAY_TIME':
      if (unit === 'DAY') return (v: number) => Math.trunc(v / MILLIS_PER_DAY);
      return ofMillis === undefined
        ? undefined
        : (v: number) => Math.sign(v) * ofMillis(Math.abs(v) % MILLIS_PER_DAY, 0);
    case 'INTERVAL_YEAR_MONTH':
      if (unit === 'YEAR') return (v: number) => Math.trunc(v / 12);
      return unit === 'MONTH' ? (v: number) => v % 12 : undefined;
    default:
      return undefined;
  }
}

function timestampField(unit: string, zone: Zone | undefined): ((value: never) => number) | undefined {
  if (unit === 'EPOCH') return (v: TimestampData) => Math.trunc(v.millisecond / 1000);
  const local = zone === undefined ? (v: TimestampData) => v : (v: TimestampData) => toLocal(v, zone);
  const ofDays = DATE_FIELDS[unit];
  if (ofDays !== undefined) {
    return (v: TimestampData) => ofDays(Math.floor(local(v).millisecond / MILLIS_PER_DAY));
  }
  const ofMillis = TIME_FIELDS[unit];
  if (ofMillis === undefined) return undefined;
  return (v: TimestampData) => {
    const { millisecond } = local(v);
    return ofMillis(
      millisecond - Math.floor(millisecond / MILLIS_PER_DAY) * MILLIS_PER_DAY,
      v.nanoOfMillisecond,
    );
  };
}
