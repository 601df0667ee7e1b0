// FLOOR(x TO unit) and CEIL(x TO unit).
import { ValidationError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import { civilFromDays, daysFromCivil, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Compiled, EvalContext, FunctionCall } from '../../rex.ts';
import { toLocal } from '../cast/to-string.ts';
import { constant, strict } from '../define.ts';
import { type Zone, zoneOf } from './zone.ts';

type Direction = 'FLOOR' | 'CEIL';

/** Units of a fixed length, in milliseconds. */
const FIXED: Readonly<Record<string, number>> = {
  MILLISECOND: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: MILLIS_PER_DAY,
};

/** Length in months, and the month from which the units are counted (Calcite's centuries start in year 1). */
const MONTHS: Readonly<Record<string, readonly [number, number]>> = {
  MONTH: [1, 0],
  QUARTER: [3, 0],
  YEAR: [12, 0],
  DECADE: [120, 0],
  CENTURY: [1200, 12],
  MILLENNIUM: [12_000, 12],
};

/** The first day of the unit that holds the day, or of the next one; weeks start on Sunday. */
function roundDays(direction: Direction, unit: string, days: number): number {
  if (unit === 'WEEK') {
    const sunday = days - ((((days + 4) % 7) + 7) % 7);
    return direction === 'FLOOR' || sunday === days ? sunday : sunday + 7;
  }
  const [length, origin] = MONTHS[unit]!;
  const { year, month } = civilFromDays(days);
  const start = Math.floor((year * 12 + month - 1 - origin) / length) * length + origin;
  const first = firstOfMonth(start);
  return direction === 'FLOOR' || first === days ? first : firstOfMonth(start + length);
}

function firstOfMonth(months: number): number {
  const year = Math.floor(months / 12);
  return daysFromCivil(year, months - year * 12 + 1, 1);
}

/** A wall clock as if UTC; `extra`: there are nanoseconds below the millisecond. */
function roundMillis(direction: Direction, unit: string, millis: number, extra: boolean): number {
  const length = FIXED[unit];
  if (length !== undefined) {
    const floor = Math.floor(millis / length) * length;
    return direction === 'FLOOR' || (floor === millis && !extra) ? floor : floor + length;
  }
  const days = Math.floor(millis / MILLIS_PER_DAY);
  const partial = extra || millis !== days * MILLIS_PER_DAY;
  const floor = roundDays('FLOOR', unit, days);
  if (direction === 'FLOOR' || (floor === days && !partial)) return floor * MILLIS_PER_DAY;
  return roundDays('CEIL', unit, days === floor ? days + 1 : days) * MILLIS_PER_DAY;
}

function bodyOf(
  direction: Direction,
  unit: string,
  type: LogicalType,
  zone: Zone,
): (value: never) => unknown {
  if (FIXED[unit] === undefined && MONTHS[unit] === undefined && unit !== 'WEEK') {
    throw new ValidationError(`${unit} is not supported in ${direction}(… TO ${unit}).`, {
      hint: `Units are ${[...Object.keys(FIXED), 'WEEK', ...Object.keys(MONTHS)].join(', ')}`,
    });
  }
  switch (type.root) {
    case 'DATE':
      return FIXED[unit] === undefined ? (v: number) => roundDays(direction, unit, v) : (v: number) => v;
    case 'TIME':
      return (v: number) => roundMillis(direction, unit, v, false) % MILLIS_PER_DAY;
    case 'TIMESTAMP':
      return (v: TimestampData) =>
        new TimestampData(roundMillis(direction, unit, v.millisecond, v.nanoOfMillisecond !== 0));
    default:
      return (v: TimestampData) => {
        const local = toLocal(v, zone);
        return new TimestampData(
          zone.toInstant(roundMillis(direction, unit, local.millisecond, local.nanoOfMillisecond !== 0)),
        );
      };
  }
}

export function compileRoundToUnit(
  direction: Direction,
  args: readonly Compiled[],
  call: FunctionCall,
  context: EvalContext,
): Compiled {
  const unit = constant(call.operands[1]) as string;
  const body = bodyOf(direction, unit, call.operands[0]!.type, zoneOf(context.timeZone));
  return strict(body as (...v: unknown[]) => unknown, [args[0]!]);
}
