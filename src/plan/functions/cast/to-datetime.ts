// CAST to DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ.
import { DataError } from '../../../types/errors.ts';
import { isCharacter, type LogicalType } from '../../../types/logical-type.ts';
import { MILLIS_PER_DAY, parseDate } from '../../../types/text/dates.ts';
import { parseTime } from '../../../types/text/times.ts';
import { parseTimestamp, truncateTimestamp } from '../../../types/text/timestamps.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Zone } from '../datetime/zone.ts';
import type { Convert } from './converter.ts';
import { javaTrim } from './parse-number.ts';
import { toLocal } from './to-string.ts';

export function dateTimeConverter(from: LogicalType, to: LogicalType, zone: Zone): Convert | undefined {
  switch (to.root) {
    case 'DATE':
      return toDate(from, zone);
    case 'TIME':
      return toTime(from, to.precision, zone);
    case 'TIMESTAMP':
      return toTimestamp(from, to.precision, zone);
    case 'TIMESTAMP_LTZ':
      return toTimestampLtz(from, to.precision, zone);
    default:
      return undefined;
  }
}

function mustParse<T>(value: T | null, text: string): T {
  if (value === null) throw new DataError(`For input string: '${text}'.`);
  return value;
}

function toDate(from: LogicalType, zone: Zone): Convert | undefined {
  if (isCharacter(from)) {
    return (v) => mustParse(parseDate(javaTrim(v as string)), v as string);
  }
  switch (from.root) {
    case 'DATE':
      return (v) => v;
    case 'TIMESTAMP':
      return (v) => Math.floor((v as TimestampData).millisecond / MILLIS_PER_DAY);
    case 'TIMESTAMP_LTZ':
      return (v) => Math.floor(toLocal(v as TimestampData, zone).millisecond / MILLIS_PER_DAY);
    default:
      return undefined;
  }
}

/** Milliseconds of the day, cut to the precision. */
function toTime(from: LogicalType, precision: number, zone: Zone): Convert | undefined {
  const unit = precision >= 3 ? 1 : 10 ** (3 - precision);
  const cut = (millis: number) => millis - (millis % unit);
  const ofDay = (ts: TimestampData) =>
    cut(ts.millisecond - Math.floor(ts.millisecond / MILLIS_PER_DAY) * MILLIS_PER_DAY);
  if (isCharacter(from)) {
    return (v) => cut(mustParse(parseTime(v as string), v as string));
  }
  switch (from.root) {
    case 'TIME':
      return from.precision <= precision ? (v) => v : (v) => cut(v as number);
    case 'TIMESTAMP':
      return (v) => ofDay(v as TimestampData);
    case 'TIMESTAMP_LTZ':
      return (v) => ofDay(toLocal(v as TimestampData, zone));
    default:
      return undefined;
  }
}

function toTimestamp(from: LogicalType, precision: number, zone: Zone): Convert | undefined {
  if (isCharacter(from)) {
    return (v) => mustParse(parseTimestamp(javaTrim(v as string), precision), v as string);
  }
  switch (from.root) {
    case 'DATE':
      return (v) => new TimestampData((v as number) * MILLIS_PER_DAY);
    case 'TIME':
      return (v) => truncateTimestamp(new TimestampData(v as number), precision);
    case 'TIMESTAMP':
      return from.precision <= precision ? (v) => v : (v) => truncateTimestamp(v as TimestampData, precision);
    case 'TIMESTAMP_LTZ':
      return (v) => truncateTimestamp(toLocal(v as TimestampData, zone), precision);
    default:
      return undefined;
  }
}

function toTimestampLtz(from: LogicalType, precision: number, zone: Zone): Convert | undefined {
  const instant = (local: TimestampData) =>
    new TimestampData(zone.toInstant(local.millisecond), local.nanoOfMillisecond);
  if (isCharacter(from)) {
    return (v) => instant(mustParse(parseTimestamp(javaTrim(v as string), precision), v as string));
  }
  switch (from.root) {
    case 'DATE':
      return (v) => new TimestampData(zone.toInstant((v as number) * MILLIS_PER_DAY));
    case 'TIME':
      return (v) => instant(truncateTimestamp(new TimestampData(v as number), precision));
    case 'TIMESTAMP':
      return (v) => instant(truncateTimestamp(v as TimestampData, precision));
    case 'TIMESTAMP_LTZ':
      return from.precision <= precision ? (v) => v : (v) => truncateTimestamp(v as TimestampData, precision);
    default:
      return undefined;
  }
}
