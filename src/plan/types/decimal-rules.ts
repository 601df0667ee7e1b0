// Precision and scale of DECIMAL results (org.apache.flink.table.types.logical.utils.LogicalTypeMerging).
import type { DecimalType, LogicalType } from '../../types/logical-type.ts';

export const MAX_PRECISION = 38;
const MIN_ADJUSTED_SCALE = 6;

export function decimal(precision: number, scale: number, nullable = false): DecimalType {
  return { root: 'DECIMAL', precision, scale, nullable };
}

/** An exact number as DECIMAL: INT is DECIMAL(10, 0). */
export function asDecimal(type: LogicalType): DecimalType {
  switch (type.root) {
    case 'DECIMAL':
      return type;
    case 'TINYINT':
      return decimal(3, 0, type.nullable);
    case 'SMALLINT':
      return decimal(5, 0, type.nullable);
    case 'INTEGER':
      return decimal(10, 0, type.nullable);
    case 'BIGINT':
      return decimal(19, 0, type.nullable);
    default:
      throw new Error(`${type.root} is no exact number`);
  }
}

/** Takes digits from the fraction, but leaves six, where the whole would be longer than 38. */
function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return decimal(precision, scale);
  const whole = precision - scale;
  return decimal(MAX_PRECISION, Math.max(MAX_PRECISION - whole, Math.min(scale, MIN_ADJUSTED_SCALE)));
}

export function additionType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  return adjusted(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

export function multiplicationType(a: DecimalType, b: DecimalType): DecimalType {
  return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
}

export function divisionType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(6, a.scale + b.precision + 1);
  return adjusted(a.precision - a.scale + b.scale + scale, scale);
}

export function moduloType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  return decimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
}

/** ROUND and TRUNCATE to `digits` behind the point. */
export function roundType(type: DecimalType, digits: number): DecimalType {
  if (digits >= type.scale) return type;
  const whole = type.precision - type.scale + 1;
  if (digits < 0) return decimal(Math.min(MAX_PRECISION, whole), 0, type.nullable);
  return decimal(Math.min(MAX_PRECISION, whole + digits), digits, type.nullable);
}

/** The least type that holds the values of both. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  return decimal(Math.min(MAX_PRECISION, whole + scale), scale);
}
