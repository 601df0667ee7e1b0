// Sums and products with intervals.
import type Big from 'big.js';
import { TableError } from '../../../types/errors.ts';
import { type LogicalType, withNullable } from '../../../types/logical-type.ts';
import { civilFromDays, daysFromCivil, lengthOfMonth, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Compiled, EvalContext, FunctionCall } from '../../rex.ts';
import { isDateTime, isInterval, isNumeric } from '../../types/families.ts';
import { strict } from '../define.ts';
import { type Zone, zoneOf } from './zone.ts';

/** Type of an operation in which at least one side is no number; undefined when there is none. */
export function dateTimeArithmeticType(op: string, a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (isInterval(a) && isInterval(b)) return op === '+' || op === '-' ? a : undefined;
  if (isInterval(a) && isNumeric(b)) return op === '*' || op === '/' ? a : undefined;
  if (isNumeric(a) && isInterval(b)) return op === '*' ? b : undefined;
  if (isDateTime(a) && isInterval(b)) return op === '+' || op === '-' ? plain(a) : undefined;
  return isInterval(a) && isDateTime(b) && op === '+' ? plain(b) : undefined;
}

/** A time attribute that has been computed with is an ordinary timestamp. */
function plain(type: LogicalType): LogicalType {
  if ((type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ') && type.kind !== undefined) {
    return { root: type.root, precision: type.precision, nullable: type.nullable };
  }
  return type;
}

/** Days with `months` added; the day is cut to the month's end. */
export function addMonthsToDays(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + month - 1 + months;
  const y = Math.floor(total / 12);
  const m = total - y * 12 + 1;
  return daysFromCivil(y, m, Math.min(day, lengthOfMonth(y, m)));
}

export function addMonths(ts: TimestampData, months: number): TimestampData {
  const days = Math.floor(ts.millisecond / MILLIS_PER_DAY);
  const rest = ts.millisecond - days * MILLIS_PER_DAY;
  return new TimestampData(addMonthsToDays(days, months) * MILLIS_PER_DAY + rest, ts.nanoOfMillisecond);
}

export function addMillis(ts: TimestampData, millis: number): TimestampData {
  return new TimestampData(ts.millisecond + millis, ts.nanoOfMillisecond);
}

/** Months are added to the wall clock of the zone. */
function addMonthsInZone(ts: TimestampData, months: number, zone: Zone): TimestampData {
  const local = ts.millisecond + zone.offsetAt(ts.millisecond);
  const moved = addMonths(new TimestampData(local, ts.nanoOfMillisecond), months);
  return new TimestampData(zone.toInstant(moved.millisecond), moved.nanoOfMillisecond);
}

/** value + interval, for values of `type` and intervals of `interval`. */
export function adder(
  type: LogicalType,
  interval: LogicalType,
  zone: Zone,
): (value: never, interval: number) => unknown {
  const months = interval.root === 'INTERVAL_YEAR_MONTH';
  switch (type.root) {
    case 'DATE':
      return months
        ? (v: number, n: number) => addMonthsToDays(v, n)
        : (v: number, n: number) => v + Math.trunc(n / MILLIS_PER_DAY);
    case 'TIME':
      return months
        ? (v: number) => v
        : (v: number, n: number) => (((v + n) % MILLIS_PER_DAY) + MILLIS_PER_DAY) % MILLIS_PER_DAY;
    case 'TIMESTAMP':
      return months ? addMonths : addMillis;
    case 'TIMESTAMP_LTZ':
      return months ? (v: TimestampData, n: number) => addMonthsInZone(v, n, zone) : addMillis;
    default:
      throw new TableError(`No interval can be added to ${type.root}`);
  }
}

export function compileDateTimeArithmetic(
  op: string,
  args: readonly Compiled[],
  call: FunctionCall,
  context: EvalContext,
): Compiled {
  const [a, b] = call.operands.map((o) => o.type) as [LogicalType, LogicalType];
  return strict(bodyOf(op, a, b, zoneOf(context.timeZone)) as (...v: unknown[]) => unknown, args);
}

function bodyOf(op: string, a: LogicalType, b: LogicalType, zone: Zone): (x: never, y: never) => unknown {
  const sign = op === '-' ? -1 : 1;
  if (isInterval(a) && isInterval(b)) return (x: number, y: number) => x + sign * y;
  if (isDateTime(a) && isInterval(b)) {
    const add = adder(a, b, zone);
    return (x: never, y: number) => add(x, sign * y);
  }
  if (isInterval(a) && isDateTime(b)) {
    const add = adder(b, a, zone);
    return (x: number, y: never) => add(y, x);
  }
  if (op === '/') return (x: number, y: number | bigint | Big) => Math.trunc(x / Number(y));
  return (x: number | bigint | Big, y: number | bigint | Big) => Math.trunc(Number(x) * Number(y));
}

/** The type of an interval literal or difference. */
export function intervalType(months: boolean, nullable = false): LogicalType {
  return withNullable({ root: months ? 'INTERVAL_YEAR_MONTH' : 'INTERVAL_DAY_TIME', nullable }, nullable);
}
