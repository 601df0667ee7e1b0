// The type that several types have in common (Calcite's leastRestrictive with Flink's rules).
import { isCharacter, type LogicalType, MAX_LENGTH, withNullable } from '../../types/logical-type.ts';
import { asDecimal, widerDecimal } from './decimal-rules.ts';
import {
  isApproximate,
  isBinary,
  isDateTime,
  isExactNumeric,
  isInteger,
  isNumeric,
  isTimestamp,
} from './families.ts';

/** For UNION, CASE, COALESCE, VALUES, ARRAY…; undefined when there is none. Nullable when one of them is. */
export function leastRestrictive(types: readonly LogicalType[]): LogicalType | undefined {
  let result: LogicalType | undefined;
  for (const type of types) {
    result = result === undefined ? type : common(result, type);
    if (result === undefined) return undefined;
  }
  return result === undefined
    ? undefined
    : withNullable(
        result,
        types.some((t) => t.nullable),
      );
}

function common(a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (a.root === 'NULL') return b;
  if (b.root === 'NULL') return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b);
  if (isCharacter(a) && isCharacter(b)) return commonLength(a, b, 'CHAR', 'VARCHAR');
  if (isBinary(a) && isBinary(b)) return commonLength(a, b, 'BINARY', 'VARBINARY');
  if (isDateTime(a) && isDateTime(b)) return commonDateTime(a, b);
  return commonOfOneRoot(a, b);
}

const RANK: Partial<Record<LogicalType['root'], number>> = { TINYINT: 1, SMALLINT: 2, INTEGER: 3, BIGINT: 4 };

/**
 * FLOAT and DOUBLE count as equally precise, so the first of the two wins: `f + d` is a FLOAT. A DECIMAL beside either is
 * a DOUBLE.
 */
export function commonNumeric(a: LogicalType, b: LogicalType): LogicalType {
  if (isApproximate(a) || isApproximate(b)) {
    if (a.root === 'DECIMAL' || b.root === 'DECIMAL') return { root: 'DOUBLE', nullable: false };
    return isApproximate(a) ? a : b;
  }
  if (isInteger(a) && isInteger(b)) return RANK[a.root]! >= RANK[b.root]! ? a : b;
  return widerDecimal(asDecimal(a), asDecimal(b));
}

interface Sized {
  readonly root: LogicalType['root'];
  readonly length: number;
}

function commonLength<F extends 'CHAR' | 'BINARY', V extends 'VARCHAR' | 'VARBINARY'>(
  a: Sized,
  b: Sized,
  fixed: F,
  varying: V,
): LogicalType {
  const root = a.root === fixed && b.root === fixed && a.length === b.length ? fixed : varying;
  return { root, length: Math.min(MAX_LENGTH, Math.max(a.length, b.length)), nullable: false };
}

function commonDateTime(a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (a.root === 'DATE' && b.root === 'DATE') return a;
  if (a.root === 'TIME' && b.root === 'TIME') return a.precision >= b.precision ? a : b;
  if (a.root === 'DATE') return isTimestamp(b) ? b : undefined;
  if (b.root === 'DATE') return isTimestamp(a) ? a : undefined;
  if (!isTimestamp(a) || !isTimestamp(b)) return undefined;
  const root = a.root === 'TIMESTAMP_LTZ' || b.root === 'TIMESTAMP_LTZ' ? 'TIMESTAMP_LTZ' : 'TIMESTAMP';
  const merged: LogicalType = { root, precision: Math.max(a.precision, b.precision), nullable: false };
  return a.kind !== undefined && a.kind === b.kind ? { ...merged, kind: a.kind } : merged;
}

function commonOfOneRoot(a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (a.root === 'ARRAY' && b.root === 'ARRAY') return ofElements('ARRAY', a.element, b.element);
  if (a.root === 'MULTISET' && b.root === 'MULTISET') return ofElements('MULTISET', a.element, b.element);
  if (a.root === 'MAP' && b.root === 'MAP') {
    const key = leastRestrictive([a.key, b.key]);
    const value = leastRestrictive([a.value, b.value]);
    if (key === undefined || value === undefined) return undefined;
    return { root: 'MAP', key, value, nullable: false };
  }
  if (a.root === 'ROW' && b.root === 'ROW') {
    if (a.fields.length !== b.fields.length) return undefined;
    const fields = a.fields.map((field, i) => {
      const type = leastRestrictive([field.type, b.fields[i]!.type]);
      return type === undefined ? undefined : { name: field.name, type };
    });
    return fields.every((f) => f !== undefined) ? { root: 'ROW', fields, nullable: false } : undefined;
  }
  return a.root === b.root ? a : undefined;
}

function ofElements(root: 'ARRAY' | 'MULTISET', a: LogicalType, b: LogicalType): LogicalType | undefined {
  const element = leastRestrictive([a, b]);
  return element === undefined ? undefined : { root, element, nullable: false };
}

/** Equal but for nullability and for the kind of time attribute. */
export function sameType(a: LogicalType, b: LogicalType): boolean {
  if (a === b) return true;
  if (a.root !== b.root) return false;
  switch (a.root) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return a.length === (b as typeof a).length;
    case 'DECIMAL':
      return a.precision === (b as typeof a).precision && a.scale === (b as typeof a).scale;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return a.precision === (b as typeof a).precision;
    case 'ARRAY':
    case 'MULTISET':
      return sameType(a.element, (b as typeof a).element);
    case 'MAP':
      return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value);
    case 'ROW': {
      const other = (b as typeof a).fields;
      return a.fields.length === other.length && a.fields.every((f, i) => sameType(f.type, other[i]!.type));
    }
    default:
      return true;
  }
}

/** May `=` and `<` compare them (possibly after a cast)? */
export function areComparable(a: LogicalType, b: LogicalType): boolean {
  if (a.root === 'NULL' || b.root === 'NULL') return true;
  if (isExactNumeric(a) || isApproximate(a)) return isNumeric(b);
  return common(a, b) !== undefined;
}
