// Keys of rows for maps, and equality of values, as SQL sees them (two DECIMALs 1.0 and 1.00 of one column are equal).
import Big from 'big.js';
import type { Row } from '../types/row.ts';
import { ownText } from '../types/text/own-text.ts';
import { TimestampData } from '../types/values.ts';

/** What a map can hold a row by: `Map` and `===` tell keys of the same columns apart as SQL tells the values. */
export type RowKey = string | number | bigint | boolean | null;

/** A function from a row to a key that two rows share when, and only when, these columns are equal. */
export function keyOf(columns: readonly number[]): (row: Row) => RowKey {
  if (columns.length === 0) return () => '';
  if (columns.length === 1) {
    const only = columns[0]!;
    return (row) => keyValue(row[only]);
  }
  return (row) => {
    let key = '';
    for (const column of columns) {
      const part = keyText(row[column]);
      key += `${part.length}:${part}`;
    }
    return key;
  };
}

/** The key for a map that keeps it: it keeps no message alive. */
export function keptKey(key: RowKey): RowKey {
  return typeof key === 'string' ? ownText(key) : key;
}

/** A scalar is its own key: no text is made of it, and none is hashed but the value's own. */
function keyValue(value: unknown): RowKey {
  switch (typeof value) {
    case 'string':
    case 'bigint':
    case 'boolean':
      return value;
    case 'number':
      // SQL has one zero in a key, and one NaN; `===` has none.
      return Number.isNaN(value) ? 'NaN' : value + 0;
    default:
      return value === null || value === undefined ? null : objectText(value);
  }
}

function keyText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      // SQL has one zero in a key.
      return `n${value === 0 ? 0 : value}`;
    case 'bigint':
      return `i${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return objectText(value);
  }
}

function objectText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Big) return `d${value.toString()}`;
  if (value instanceof TimestampData) return `m${value.millisecond}.${value.nanoOfMillisecond}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`;
  if (value instanceof Map) {
    const entries = [...value].map(([k, v]) => nested([k, v])).sort();
    return `p${entries.join('')}`;
  }
  if (Array.isArray(value)) return `a${nested(value)}`;
  throw new TypeError(`no key for a value of type ${typeof value}`);
}

function nested(values: readonly unknown[]): string {
  return values
    .map((v) => {
      const part = keyText(v);
      return `${part.length}:${part}`;
    })
    .join('');
}

export function valuesEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return typeof a === 'number' && typeof b === 'number' && Number.isNaN(a) && Number.isNaN(b);
  }
  return keyText(a) === keyText(b);
}

export function rowsEqual(a: Row, b: Row): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!valuesEqual(a[i], b[i])) return false;
  return true;
}
