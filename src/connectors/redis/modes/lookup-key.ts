// How the key of a lookup is called in Redis and in caches: its value (the prefix goes on in commands only), or the whole
// Redis key that a template makes of several columns.
import type { Row } from '../../../types/row.ts';
import type { BoundLookup, LookupModeSettings, TableContext } from './mode.ts';
import { bindTemplate, KeyTemplate } from './row-key.ts';

export interface LookupKey {
  readonly keyColumns: readonly number[];
  idOf(key: Row): string;
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
      idOf: (key) => key[0] as string,
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

/** Rows whose other columns are texts: one row of what was found. */
export function textRows(
  width: number,
  keyColumns: readonly number[],
  columns: readonly number[],
): BoundLookup['rows'] {
  if (width === 2 && keyColumns.length === 1) {
    return keyColumns[0] === 0 ? (key, found) => [[key[0], found[0]]] : (key, found) => [[found[0], key[0]]];
  }
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
