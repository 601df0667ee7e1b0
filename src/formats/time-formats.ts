// Dates, times and timestamps inside of JSON and CSV (org.apache.flink.formats.common.TimeFormats): stricter than CAST.
import { lengthOfMonth, parseIsoDate } from '../types/text/dates.ts';
import { timeToString } from '../types/text/times.ts';
import { timestampOf, timestampToString, truncateTimestamp } from '../types/text/timestamps.ts';
import { TimestampData } from '../types/values.ts';

/** `SQL`: `2020-01-02 03:04:05.123`, `ISO-8601`: a `T` instead of the space, `-WITH-OFFSET`: an offset behind it. */
export const TIMESTAMP_FORMATS = ['SQL', 'ISO-8601', 'ISO-8601-WITH-OFFSET'] as const;
export type TimestampFormat = (typeof TIMESTAMP_FORMATS)[number];

type Parser = (text: string, precision: number) => TimestampData;

const SQL = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?$/;
const OFFSET = /(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?)$/;

/** Reads TIMESTAMP texts; throws an Error that says what is expected. */
export function timestampParser(format: TimestampFormat): Parser {
  if (format === 'SQL') return (text, precision) => read(SQL, text, text, precision, SQL_SHAPE);
  if (format === 'ISO-8601') return (text, precision) => read(ISO, text, text, precision, ISO_SHAPE);
  return (text, precision) => readWithOffset(text, precision);
}

/** Reads TIMESTAMP_LTZ texts: in UTC, with a `Z` at the end (or with an offset). */
export function timestampLtzParser(format: TimestampFormat): Parser {
  if (format === 'ISO-8601-WITH-OFFSET') return readWithOffset;
  const [pattern, shape] = format === 'SQL' ? [SQL, SQL_SHAPE] : [ISO, ISO_SHAPE];
  return (text, precision) => {
    if (!text.endsWith('Z')) throw unparsable(text, `${shape}'Z'`);
    return read(pattern, text.slice(0, -1), text, precision, `${shape}'Z'`);
  };
}

/** Writes TIMESTAMP, with as many digits of the fraction as are not zero. */
export function timestampFormatter(format: TimestampFormat): (ts: TimestampData) => string {
  if (format === 'SQL') return (ts) => timestampToString(ts, 0);
  return (ts) => timestampToString(ts, 0, 'T');
}

/** Writes TIMESTAMP_LTZ: in UTC, with a `Z`. */
export function timestampLtzFormatter(format: TimestampFormat): (ts: TimestampData) => string {
  const formatLocal = timestampFormatter(format);
  return (ts) => `${formatLocal(ts)}Z`;
}

const SQL_SHAPE = 'yyyy-MM-dd HH:mm:ss[.fraction]';
const ISO_SHAPE = "yyyy-MM-dd'T'HH:mm[:ss[.fraction]]";

function read(pattern: RegExp, text: string, whole: string, precision: number, shape: string): TimestampData {
  const match = pattern.exec(text);
  if (match === null) throw unparsable(whole, shape);
  const [, y, mo, d, h, mi, s = '0', fraction = ''] = match;
  const [year, month, day] = [Number(y), Number(mo), Number(d)];
  // java.time's smart resolver: 31 April is 30 April.
  const inMonth = day >= 1 && day <= 31 ? Math.min(day, lengthOfMonth(year, month)) : 0;
  const nanos = fraction === '' ? 0 : Number(fraction.padEnd(9, '0'));
  const ts = timestampOf(year, month, inMonth, Number(h), Number(mi), Number(s), nanos);
  if (ts === null) throw unparsable(whole, shape);
  return truncateTimestamp(ts, precision);
}

function readWithOffset(text: string, precision: number): TimestampData {
  const shape = `${ISO_SHAPE} with 'Z' or an offset such as +01:00`;
  const match = OFFSET.exec(text);
  if (match === null) throw unparsable(text, shape);
  const local = read(ISO, text.slice(0, match.index), text, precision, shape);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const offset = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  const shift = sign === '-' ? offset : -offset;
  return shift === 0 ? local : new TimestampData(local.millisecond + shift, local.nanoOfMillisecond);
}

function unparsable(text: string, shape: string): Error {
  return new Error(`Text '${text}' could not be parsed as ${shape}`);
}

/** `yyyy-MM-dd` to days since the epoch. */
export function readDate(text: string): number {
  const days = parseIsoDate(text);
  if (days === null) throw unparsable(text, 'yyyy-MM-dd');
  return days;
}

const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?$/;
const SHORT_TIME = /^(\d\d):(\d\d)$/;

/**
 * `HH:mm:ss[.fraction]` to milliseconds of the day.
 * @param shortForm also takes `HH:mm` (java.time's ISO_LOCAL_TIME)
 */
export function readTime(text: string, precision: number, shortForm = false): number {
  const match = TIME.exec(text) ?? (shortForm ? SHORT_TIME.exec(text) : null);
  const [h, m, s] = match === null ? [99, 0, 0] : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (h > 23 || m > 59 || s > 59) throw unparsable(text, 'HH:mm:ss[.fraction]');
  const millis = Number((match?.[4] ?? '').padEnd(3, '0').slice(0, 3));
  const unit = 10 ** Math.max(0, 3 - precision);
  return h * 3_600_000 + m * 60_000 + s * 1000 + Math.floor(millis / unit) * unit;
}

/** `03:04:05`, with the fraction where it is not zero. */
export function writeTime(millis: number): string {
  return timeToString(millis, millis % 1000 === 0 ? 0 : 3);
}
