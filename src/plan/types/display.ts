// Values as Flink's SQL client prints them in result tables.
import type { LogicalType } from '../../types/logical-type.ts';
import { toStringOf } from '../functions/cast/to-string.ts';
import { zoneOf } from '../functions/datetime/zone.ts';

/** Prints the values of one column: `TRUE`, `1.0E7`, `{a=1}`, `(1, x)`, `x'0aff'`; null for NULL. */
export function displayOf(type: LogicalType, timeZone: string): (value: unknown) => string | null {
  const print = toStringOf(type, zoneOf(timeZone), 'hex');
  return (value) => (value === null || value === undefined ? null : print(value));
}

/**
 * CAST to STRING as the SQL client does it; null for NULL. For many values of a type take `displayOf`.
 * @param timeZone in which TIMESTAMP_LTZ is shown
 */
export function toDisplayString(value: unknown, type: LogicalType, timeZone: string): string | null {
  return displayOf(type, timeZone)(value);
}
