// TIMESTAMPADD and TIMESTAMPDIFF.
import { ValidationError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import { civilFromDays, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Rex, ScalarFunction } from '../../rex.ts';
import { constant, convertArgument, define, strict } from '../define.ts';
import { BIGINT_T, INT_T, timestamp } from '../types.ts';
import { adder, intervalType } from './interval-arithmetic.ts';
import { zoneOf } from './zone.ts';

const MILLIS: Readonly<Record<string, number>> = {
  MILLISECOND: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: MILLIS_PER_DAY,
  WEEK: 7 * MILLIS_PER_DAY,
};
const MONTHS: Readonly<Record<string, number>> = {
  MONTH: 1,
  QUARTER: 3,
  YEAR: 12,
  DECADE: 120,
  CENTURY: 1200,
  MILLENNIUM: 12_000,
};
const NANOS: Readonly<Record<string, number>> = { MICROSECOND: 1000, NANOSECOND: 1 };

function unitOf(operand: Rex | undefined): string {
  const unit = constant(operand) as string;
  if (MILLIS[unit] === undefined && MONTHS[unit] === undefined && NANOS[unit] === undefined) {
    throw new ValidationError(`'${unit}' is not a valid time frame`, {
      hint: `Units are ${[...Object.keys(NANOS), ...Object.keys(MILLIS), ...Object.keys(MONTHS)].join(', ')}`,
    });
  }
  return unit;
}

/** Of a DATE with a unit below a day, a TIMESTAMP; else the operand's. */
function addType(unit: string, type: LogicalType): LogicalType {
  const time = (MILLIS[unit] ?? MILLIS_PER_DAY) < MILLIS_PER_DAY || NANOS[unit] !== undefined;
  const least = unit === 'MILLISECOND' ? 3 : unit === 'MICROSECOND' ? 6 : unit === 'NANOSECOND' ? 9 : 0;
  if (type.root === 'DATE') return time ? timestamp(least) : type;
  if (type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ') {
    return { root: type.root, precision: Math.max(least, type.precision), nullable: type.nullable };
  }
  return type;
}

function addNanos(ts: TimestampData, nanos: bigint): TimestampData {
  const total = BigInt(ts.nanoOfMillisecond) + nanos;
  const rest = ((total % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return new TimestampData(ts.millisecond + Number((total - rest) / 1_000_000n), Number(rest));
}

const TIMESTAMP_ADD = define({
  name: 'TIMESTAMPADD',
  doc: 'TIMESTAMPADD(unit, n, time): n units later.',
  forms: [['SYMBOL', 'INTEGER', 'DATETIME']],
  result: (types, operands) => addType(unitOf(operands[0]), types[2]!),
  as: [null, BIGINT_T, null],
  compile: (args, call, context) => {
    const unit = unitOf(call.operands[0]);
    const value = convertArgument(args[2]!, call.operands[2]!.type, call.type, context);
    const nanos = NANOS[unit];
    if (nanos !== undefined) {
      return strict((n, v) => addNanos(v as TimestampData, (n as bigint) * BigInt(nanos)), [args[1]!, value]);
    }
    const months = MONTHS[unit];
    const add = adder(call.type, intervalType(months !== undefined), zoneOf(context.timeZone));
    const factor = months ?? MILLIS[unit]!;
    return strict((n, v) => add(v as never, Number(n) * factor), [args[1]!, value]);
  },
});

/** Whole months from `a` to `b`. */
function monthsBetween(a: TimestampData, b: TimestampData): number {
  const sign = a.compareTo(b) <= 0 ? 1 : -1;
  const [from, to] = sign > 0 ? [a, b] : [b, a];
  const days = [from, to].map((t) => Math.floor(t.millisecond / MILLIS_PER_DAY)) as [number, number];
  const [x, y] = days.map(civilFromDays) as [
    ReturnType<typeof civilFromDays>,
    ReturnType<typeof civilFromDays>,
  ];
  let months = (y.year - x.year) * 12 + y.month - x.month;
  const rest = (t: TimestampData, d: number) => t.millisecond - d * MILLIS_PER_DAY;
  if (y.day < x.day || (y.day === x.day && rest(to, days[1]) < rest(from, days[0]))) months--;
  return sign * months;
}

function difference(unit: string): (a: TimestampData, b: TimestampData) => number {
  const months = MONTHS[unit];
  if (months !== undefined) return (a, b) => Math.trunc(monthsBetween(a, b) / months) | 0;
  const nanos = NANOS[unit];
  if (nanos !== undefined) {
    return (a, b) => {
      const total =
        BigInt(b.millisecond - a.millisecond) * 1_000_000n +
        BigInt(b.nanoOfMillisecond - a.nanoOfMillisecond);
      return Number(BigInt.asIntN(32, total / BigInt(nanos)));
    };
  }
  const length = MILLIS[unit]!;
  return (a, b) => Number(BigInt.asIntN(32, BigInt(Math.trunc((b.millisecond - a.millisecond) / length))));
}

/** Dates and times as timestamps, so that they can be subtracted. */
const TIMESTAMP_9 = timestamp(9);

const TIMESTAMP_DIFF = define({
  name: 'TIMESTAMPDIFF',
  doc: 'TIMESTAMPDIFF(unit, a, b): how many whole units lie between a and b; below 0 when b is before a.',
  forms: [['SYMBOL', 'DATETIME', 'DATETIME']],
  result: (_types, operands) => {
    unitOf(operands[0]);
    return INT_T;
  },
  as: [null, TIMESTAMP_9, TIMESTAMP_9],
  compile: (args, call) => {
    const between = difference(unitOf(call.operands[0])) as (...v: unknown[]) => unknown;
    return strict(between, args.slice(1));
  },
});

export const TIMESTAMP_ARITHMETIC: readonly ScalarFunction[] = [TIMESTAMP_ADD, TIMESTAMP_DIFF];
