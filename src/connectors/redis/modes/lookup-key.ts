// How the key of a lookup is called in Redis and in caches: its value (the prefix goes on in commands only), or the whole
// Redis key that a template makes of several columns.
import { isText, type Text } from '../../../types/encoded-text.ts';
import type { Row } from '../../../types/row.ts';
import type { Reply } from '../client/port.ts';
import type { BoundLookup, LookupModeSettings, TableContext } from './mode.ts';
import { bindTemplate, KeyTemplate } from './row-key.ts';

export interface LookupKey {
  readonly keyColumns: readonly number[];
  /** The id is the key's only value as it is, EncodedText where it is that. */
  readonly passesKeys: boolean;
  idOf(key: Row): Text;
  /** Put before an id it makes the Redis key. */
  readonly prefix: string;
  /** MATCH pattern of all Redis keys of the table; null: all keys. */
  readonly pattern: string | null;
  /** What all Redis keys of the table begin with. */
  readonly tracked: string;
  idOfKey(redisKey: string): string | null;
  readonly withKey: BoundLookup['withKey'];
}

/** @param keyColumns as bound: one column, or those of the template */
export function lookupKey(
  context: TableContext,
  settings: LookupModeSettings,
  keyColumns: readonly number[],
): LookupKey {
  const { keyPrefix: prefix, keyTemplate } = settings;
  if (keyTemplate === undefined) {
    return {
      keyColumns,
      passesKeys: true,
      idOf: (key) => key[0] as Text,
      prefix,
      pattern: prefix === '' ? null : `${escapeGlob(prefix)}*`,
      tracked: prefix,
      idOfKey: (redisKey) => (redisKey.startsWith(prefix) ? redisKey.slice(prefix.length) : null),
      withKey: undefined,
    };
  }
  const bound = bindTemplate(context, keyTemplate);
  const template = new KeyTemplate(
    context,
    { ...bound, order: bound.order.map((column) => keyColumns.indexOf(column)) },
    prefix,
  );
  const texts = [prefix + bound.texts[0]!, ...bound.texts.slice(1)];
  const form = new RegExp(`^${texts.map(escapePattern).join('.*')}$`, 's');
  return {
    keyColumns,
    passesKeys: false,
    idOf: (key) => template.of(key),
    prefix: '',
    pattern: texts.map(escapeGlob).join('*'),
    tracked: texts[0]!,
    idOfKey: (redisKey) => (form.test(redisKey) ? redisKey : null),
    withKey: (key, rows) => withKey(key, rows, keyColumns),
  };
}

/** `{a}{b}` makes one key of ('1', '23') and ('12', '3'): each asker gets the columns it asked with. */
function withKey(key: Row, rows: readonly Row[], keyColumns: readonly number[]): readonly Row[] {
  const first = rows[0];
  if (first === undefined || keyColumns.every((column, i) => first[column] === key[i])) return rows;
  return rows.map((row) => {
    const copy = [...row];
    keyColumns.forEach((column, i) => {
      copy[column] = key[i];
    });
    return copy;
  });
}

/** Of a miss. */
export const NO_ROWS: readonly Row[] = [];

/** The rows of a key that one text was found for. */
export type RowsOfValue = (key: Row, value: Text) => readonly Row[];

/** One command has asked for all ids, and found one text for each. */
export function singleValue(rowsOf: RowsOfValue): Pick<BoundLookup, 'foundAt' | 'rows' | 'rowsAt'> {
  return {
    foundAt(position, replies) {
      const value = valueAt(position, replies);
      return value === null ? null : [value];
    },
    rows: (key, found) => rowsOf(key, found[0]!),
    rowsAt(key, position, replies) {
      const value = valueAt(position, replies);
      return value === null ? NO_ROWS : rowsOf(key, value);
    },
  };
}

function valueAt(position: number, replies: readonly Reply[]): Text | null {
  const values = replies[0];
  if (!Array.isArray(values)) return null;
  const value: Reply = values[position];
  return isText(value) ? value : null;
}

/** One row: the key, and the text in `column`. */
export function valueRows(width: number, keyColumns: readonly number[], column: number): RowsOfValue {
  if (width === 2 && keyColumns.length === 1) {
    return column === 1 ? (key, value) => [[key[0], value]] : (key, value) => [[value, key[0]]];
  }
  const rows = textRows(width, keyColumns, [column]);
  return (key, value) => rows(key, [value]);
}

/** Rows whose other columns are texts: one row of what was found. */
export function textRows(
  width: number,
  keyColumns: readonly number[],
  columns: readonly number[],
): BoundLookup['rows'] {
  return (key, found) => {
    const row: unknown[] = new Array(width).fill(null);
    for (let i = 0; i < keyColumns.length; i++) row[keyColumns[i]!] = key[i];
    for (let i = 0; i < columns.length; i++) row[columns[i]!] = found[i];
    return [row];
  };
}

/** Text as a pattern of MATCH that fits nothing else. */
function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^-]/g, '\\$&');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
