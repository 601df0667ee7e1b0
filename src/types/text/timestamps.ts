// TIMESTAMP as text. The wall clock of a TimestampData is read as if it were UTC; a TIMESTAMP_LTZ is moved to its zone first.
import { TimestampData } from '../values.ts';
import { dateToString, daysFromCivil, lengthOfMonth, MILLIS_PER_DAY, pad2 } from './dates.ts';

/** Nanoseconds of the second, 0..999_999_999. */
export function nanoOfSecond(ts: TimestampData): number {
  const milli = ts.millisecond % 1000;
  return (milli < 0 ? milli + 1000 : milli) * 1_000_000 + ts.nanoOfMillisecond;
}

/** `03:04:05` of the milliseconds since the epoch. */
function clock(millisecond: number): string {
  const t = millisecond - Math.floor(millisecond / MILLIS_PER_DAY) * MILLIS_PER_DAY;
  return `${pad2(Math.floor(t / 3_600_000))}:${pad2(Math.floor(t / 60_000) % 60)}:${pad2(Math.floor(t / 1000) % 60)}`;
}

/**
 * `2020-01-02 03:04:05.120`: at least `precision` digits of the fraction, more only where they are not zero (Flink's
 * CAST of TIMESTAMP(precision) to STRING).
 */
export function timestampToString(ts: TimestampData, precision: number, separator = ' '): string {
  const base = `${dateToString(Math.floor(ts.millisecond / MILLIS_PER_DAY))}${separator}${clock(ts.millisecond)}`;
  const nanos = nanoOfSecond(ts);
  if (nanos === 0) return precision === 0 ? base : `${base}.${'0'.repeat(precision)}`;
  const digits = String(nanos).padStart(9, '0');
  let length = 9;
  while (length > precision && digits.charCodeAt(length - 1) === 48) length--;
  return length === 0 ? base : `${base}.${digits.slice(0, length)}`;
}

/** java.time's `LocalDateTime.toString`: `2020-01-02T03:04`, seconds and 3, 6 or 9 digits only where they are not zero. */
export function localDateTimeToString(ts: TimestampData): string {
  const nanos = nanoOfSecond(ts);
  const text = timestampToString(ts, nanos === 0 ? 0 : groupedDigits(nanos), 'T');
  return nanos === 0 && text.endsWith(':00') ? text.slice(0, -3) : text;
}

/** java.time's `Instant.toString`: `2020-01-02T03:04:05.123Z`. */
export function instantToString(ts: TimestampData): string {
  const nanos = nanoOfSecond(ts);
  return `${timestampToString(ts, nanos === 0 ? 0 : groupedDigits(nanos), 'T')}Z`;
}

function groupedDigits(nanos: number): number {
  if (nanos % 1_000_000 === 0) return 3;
  return nanos % 1000 === 0 ? 6 : 9;
}

/** Cuts the fraction to `precision` digits (towards the past, as Flink does). */
export function truncateTimestamp(ts: TimestampData, precision: number): TimestampData {
  if (precision >= 9) return ts;
  if (precision >= 3) {
    const unit = 10 ** (9 - precision);
    const rest = ts.nanoOfMillisecond % unit;
    return rest === 0 ? ts : new TimestampData(ts.millisecond, ts.nanoOfMillisecond - rest);
  }
  const unit = 10 ** (3 - precision);
  const milli = Math.floor(ts.millisecond / unit) * unit;
  return milli === ts.millisecond && ts.nanoOfMillisecond === 0 ? ts : new TimestampData(milli);
}

/** From calendar fields; null where one is out of range. `nanos` of the second. 24:00:00 is the next day's midnight. */
export function timestampOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  nanos: number,
): TimestampData | null {
  if (month < 1 || month > 12 || day < 1 || day > lengthOfMonth(year, month)) return null;
  if (minute > 59 || second > 59) return null;
  if (hour > 23 && !(hour === 24 && minute === 0 && second === 0 && nanos === 0)) return null;
  const millis = Math.floor(nanos / 1_000_000);
  return new TimestampData(
    daysFromCivil(year, month, day) * MILLIS_PER_DAY +
      hour * 3_600_000 +
      minute * 60_000 +
      second * 1000 +
      millis,
    nanos - millis * 1_000_000,
  );
}

const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?)?$/;

/**
 * Flink's `DateTimeUtils.parseTimestampData`: `2020-1-2`, `2020-01-02 03:04:05`, up to 9 digits of a fraction; a day
 * beyond the month's end (30 February, at most 31) is its last day, as java.time's smart resolver has it. Null for anything else.
 * @param precision digits of the fraction that are kept
 */
export function parseTimestamp(text: string, precision = 9): TimestampData | null {
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  const [, y, mo, d, h = '0', mi = '0', s = '0', fraction = ''] = match;
  const [year, month, day] = [Number(y), Number(mo), Number(d)];
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const parsed = timestampOf(
    year,
    month,
    Math.min(day, lengthOfMonth(year, month)),
    Number(h),
    Number(mi),
    Number(s),
    Number(fraction.padEnd(9, '0')),
  );
  return parsed === null ? null : truncateTimestamp(parsed, precision);
}
