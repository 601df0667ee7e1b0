// Equality and order of values.
import type Big from 'big.js';
import { TableError } from '../../types/errors.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { TimestampData } from '../../types/values.ts';
import { calciteName } from '../types/families.ts';

/** Of values that are not null. */
export type Equals = (a: never, b: never) => boolean;
/** Negative, 0 or positive; of values that are not null. */
export type Compare = (a: never, b: never) => number;

const same: Equals = (a: unknown, b: unknown) => a === b;

/** Both values have this type. NaN is equal to no number, as in Java's `==`. */
export function equalsOf(type: LogicalType): Equals {
  switch (type.root) {
    case 'DECIMAL':
      return (a: Big, b: Big) => a.eq(b);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (a: TimestampData, b: TimestampData) =>
        a.millisecond === b.millisecond && a.nanoOfMillisecond === b.nanoOfMillisecond;
    case 'BINARY':
    case 'VARBINARY':
      return (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
    case 'ARRAY': {
      const element = nullSafe(equalsOf(type.element));
      return (a: readonly never[], b: readonly never[]) =>
        a.length === b.length && a.every((x, i) => element(x, b[i]!));
    }
    case 'ROW': {
      const fields = type.fields.map((f) => nullSafe(equalsOf(f.type)));
      return (a: readonly never[], b: readonly never[]) => fields.every((equal, i) => equal(a[i]!, b[i]!));
    }
    case 'MAP':
      return mapEquals(nullSafe(equalsOf(type.key)), nullSafe(equalsOf(type.value)));
    case 'MULTISET':
      return mapEquals(nullSafe(equalsOf(type.element)), same);
    default:
      return same;
  }
}

function nullSafe(equal: Equals): Equals {
  if (equal === same) return same;
  return (a: never, b: never) => (a === null || b === null ? a === b : equal(a, b));
}

function mapEquals(key: Equals, value: Equals): Equals {
  return (a: ReadonlyMap<never, never>, b: ReadonlyMap<never, never>) =>
    a.size === b.size && [...a].every(([k, v]) => [...b].some(([k2, v2]) => key(k, k2) && value(v, v2)));
}

/** @throws TableError for types without an order */
export function compareOf(type: LogicalType): Compare {
  switch (type.root) {
    case 'DECIMAL':
      return (a: Big, b: Big) => a.cmp(b);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (a: TimestampData, b: TimestampData) => a.compareTo(b);
    case 'BINARY':
    case 'VARBINARY':
      return (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b);
    case 'MAP':
    case 'MULTISET':
    case 'ARRAY':
    case 'ROW':
      throw new TableError(`Values of type ${calciteName(type)} have no order.`);
    default:
      return (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
  }
}

/** Whether `<` and `===` of JS are the type's own order and equality. */
export function isPlainlyOrdered(type: LogicalType): boolean {
  switch (type.root) {
    case 'DECIMAL':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'BINARY':
    case 'VARBINARY':
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP':
    case 'ROW':
      return false;
    default:
      return true;
  }
}
