// Which casts there are (org.apache.flink.table.types.logical.utils.LogicalTypeCasts).
import { isCharacter, type LogicalType } from '../../types/logical-type.ts';
import { isBinary, isDateTime, isInteger, isInterval, isNumeric, isTimestamp } from './families.ts';

/** Flink's sentence where numbers and timestamps are cast into each other. */
export function timestampNumericMessage(from: LogicalType, to: LogicalType): string | undefined {
  if (isTimestamp(from) && isNumeric(to)) {
    return from.root === 'TIMESTAMP'
      ? "The cast from TIMESTAMP type to NUMERIC type is not allowed. It's recommended to use UNIX_TIMESTAMP(CAST(timestamp_col AS STRING)) instead."
      : "The cast from TIMESTAMP WITH LOCAL TIME ZONE type to NUMERIC type is not allowed. It's recommended to use UNIX_TIMESTAMP(CAST(timestamp_ltz_col AS STRING)) instead.";
  }
  if (isNumeric(from) && isTimestamp(to)) {
    return to.root === 'TIMESTAMP'
      ? "The cast from NUMERIC type to TIMESTAMP type is not allowed. It's recommended to use TO_TIMESTAMP(FROM_UNIXTIME(numeric_col)) instead, note the numeric is in seconds."
      : "The cast from NUMERIC type to TIMESTAMP WITH LOCAL TIME ZONE type is not allowed. It's recommended to use TO_TIMESTAMP_LTZ(numeric_col, precision) instead.";
  }
  return undefined;
}

/** May CAST turn `from` into `to`? */
export function supportsCast(from: LogicalType, to: LogicalType): boolean {
  if (from.root === 'NULL') return true;
  if (to.root === 'NULL') return false;
  if (isCharacter(to)) return true;
  if (isCharacter(from)) return true;
  if (isBinary(from) && isBinary(to)) return true;
  if (isNumeric(from) && (isNumeric(to) || to.root === 'BOOLEAN')) return true;
  if (from.root === 'BOOLEAN' && (to.root === 'BOOLEAN' || isNumeric(to))) return true;
  if (isDateTime(from) && isDateTime(to)) {
    return !(from.root === 'DATE' && to.root === 'TIME') && !(from.root === 'TIME' && to.root === 'DATE');
  }
  if (isInterval(from)) return from.root === to.root || isInteger(to);
  if (isInterval(to)) return isInteger(from);
  return supportsNestedCast(from, to);
}

function supportsNestedCast(from: LogicalType, to: LogicalType): boolean {
  if ((from.root === 'ARRAY' || from.root === 'MULTISET') && to.root === from.root) {
    return supportsCast(from.element, to.element);
  }
  if (from.root === 'MAP' && to.root === 'MAP') {
    return supportsCast(from.key, to.key) && supportsCast(from.value, to.value);
  }
  if (from.root === 'ROW' && to.root === 'ROW') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => supportsCast(f.type, to.fields[i]!.type))
    );
  }
  return from.root === to.root;
}
