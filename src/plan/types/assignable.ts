// May a query column be written into a sink column (LogicalTypeCasts.supportsImplicitCast)?
import type { LogicalType, LogicalTypeRoot } from '../../types/logical-type.ts';

/** Which roots go into a root without a CAST; every root also takes itself. */
const IMPLICIT: Partial<Record<LogicalTypeRoot, readonly LogicalTypeRoot[]>> = {
  VARCHAR: ['CHAR'],
  VARBINARY: ['BINARY'],
  SMALLINT: ['TINYINT'],
  INTEGER: ['TINYINT', 'SMALLINT'],
  BIGINT: ['TINYINT', 'SMALLINT', 'INTEGER'],
  DECIMAL: ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'FLOAT', 'DOUBLE'],
  FLOAT: ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'DECIMAL'],
  DOUBLE: ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'DECIMAL', 'FLOAT'],
  DATE: ['TIMESTAMP'],
  TIME: ['TIMESTAMP'],
  TIMESTAMP: ['TIMESTAMP_LTZ'],
  TIMESTAMP_LTZ: ['TIMESTAMP'],
};

/**
 * Without regard to nullability: INT into BIGINT yes, INT into STRING no. The length of a character column and the
 * precision of a DECIMAL or TIMESTAMP do not matter: the value is cast.
 */
export function isAssignable(from: LogicalType, to: LogicalType): boolean {
  if (from.root === 'NULL') return true;
  if ((from.root === 'ARRAY' || from.root === 'MULTISET') && to.root === from.root) {
    return isAssignable(from.element, to.element);
  }
  if (from.root === 'MAP' && to.root === 'MAP') {
    return isAssignable(from.key, to.key) && isAssignable(from.value, to.value);
  }
  if (from.root === 'ROW' && to.root === 'ROW') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => isAssignable(f.type, to.fields[i]!.type))
    );
  }
  return from.root === to.root || (IMPLICIT[to.root]?.includes(from.root) ?? false);
}
