// Result types that many functions have; NOT NULL, as `define` sets the nullability.
import { type CharType, type LogicalType, MAX_LENGTH } from '../../types/logical-type.ts';

export const STRING_T: CharType = { root: 'VARCHAR', length: MAX_LENGTH, nullable: false };
export const BOOLEAN_T: LogicalType = { root: 'BOOLEAN', nullable: false };
export const INT_T: LogicalType = { root: 'INTEGER', nullable: false };
export const BIGINT_T: LogicalType = { root: 'BIGINT', nullable: false };
export const DOUBLE_T: LogicalType = { root: 'DOUBLE', nullable: false };
export const DATE_T: LogicalType = { root: 'DATE', nullable: false };

export function char(length: number): CharType {
  return { root: 'CHAR', length, nullable: false };
}

/** A CHAR(n) as VARCHAR(n); other types as they are. */
export function varying(type: LogicalType): LogicalType {
  if (type.root === 'CHAR') return { root: 'VARCHAR', length: type.length, nullable: type.nullable };
  if (type.root === 'BINARY') return { root: 'VARBINARY', length: type.length, nullable: type.nullable };
  return type;
}

export function timestampLtz(precision: number): LogicalType {
  return { root: 'TIMESTAMP_LTZ', precision, nullable: false };
}

export function timestamp(precision: number): LogicalType {
  return { root: 'TIMESTAMP', precision, nullable: false };
}
