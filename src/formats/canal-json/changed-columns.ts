// The `old` of an UPDATE: rows that hold the changed columns only. A column that was NULL is not one that did not change.
import type { Row } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import type { JsonDecodeOptions } from '../json/options.ts';
import { readerOf } from '../json/readers.ts';
import { JsonRowReader, type Reader } from '../json/row-reader.ts';

/** Stands for a column that `old` does not name. */
const UNCHANGED: unique symbol = Symbol('unchanged');

/** Reads `[{…}, …]` or null as rows for `beforeOf`. */
export function changedColumnsReader(fields: readonly Field[], options: JsonDecodeOptions): Reader {
  const readers = fields.map((f) => readerOf(f.type, options));
  const row = new JsonRowReader(fields, readers, false, UNCHANGED);
  return (s) => {
    if (s.bytes[s.pos] === 110) {
      s.literal('null');
      return null;
    }
    if (s.bytes[s.pos] !== 91) throw new Error('Illegal JSON array data...');
    const rows: Row[] = [];
    if (s.enter() === 93) {
      s.pos++;
      return rows;
    }
    do rows.push(row.read(s));
    while (s.next(93) !== -1);
    return rows;
  };
}

/** The row before the change. */
export function beforeOf(changed: Row, after: Row): Row {
  return changed.map((value, i) => (value === UNCHANGED ? after[i] : value));
}
