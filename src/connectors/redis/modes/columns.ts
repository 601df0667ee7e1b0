// Which column of a table is the key, the field, the score … and whether the declaration fits the mode.
import { ValidationError } from '../../../types/errors.ts';
import { isCharacter, typeToString, withNullable } from '../../../types/logical-type.ts';
import type { Field } from '../../../types/schema.ts';
import { columnsText, inSentence, tableName } from './messages.ts';
import type { SinkModeSettings, TableContext, TableModeSettings } from './mode.ts';
import { bindTemplate, isWholeNumber, KeyColumn, KeyTemplate, type RowKey } from './row-key.ts';

/** What a column is for. */
export interface ColumnRole {
  /** `key`, `value`, `field`, `member`, `score` */
  readonly name: string;
  readonly type: 'STRING' | 'DOUBLE';
}

export const KEY: ColumnRole = { name: 'key', type: 'STRING' };
export const VALUE: ColumnRole = { name: 'value', type: 'STRING' };

export interface BoundColumns {
  readonly key: RowKey;
  /** A column for each role behind the key; without VALUE where a format makes the value. */
  readonly columns: readonly number[];
  /** The columns that `value.format` encodes; empty without it. */
  readonly formatted: readonly number[];
}

/**
 * Columns of a table that has exactly these roles. With `value.format`, VALUE (the last one) is all columns that are left.
 * @param usage for messages: `mode 'STRING'`
 * @param roles the key first
 * @param second role that may be in the primary key behind the key, or null
 */
export function bindColumns(
  context: TableContext,
  settings: TableModeSettings,
  usage: string,
  roles: readonly ColumnRole[],
  second: ColumnRole | null,
): BoundColumns {
  const { fields, primaryKey } = context.schema;
  const keys = keyColumns(context, settings, usage, second);
  const extra = primaryKey.filter((i) => !keys.columns.includes(i));
  if (second === null) checkExtra(context, usage, extra, [], null);
  const ttl = ttlColumn(context, settings);
  const others = fields.map((_, i) => i).filter((i) => !keys.columns.includes(i) && i !== ttl);
  const behindKey = roles.slice(1);
  const format = settings.formatsValue;
  if (format ? others.length < behindKey.length : others.length !== behindKey.length) {
    throw countError(context, settings, usage, roles, keys.columns.length);
  }
  const single = format ? behindKey.slice(0, -1) : behindKey;
  // The element takes the second column of the primary key, the other roles what is left, in DDL order.
  const elementColumn = second !== null && single.includes(second) ? extra[0] : undefined;
  const left = others.filter((i) => i !== elementColumn);
  const bound = single.map((role) =>
    role === second && elementColumn !== undefined ? elementColumn : left.shift()!,
  );
  const formatted = format ? left : [];
  const element =
    second === null ? [] : single.includes(second) ? [bound[single.indexOf(second)]!] : formatted;
  checkExtra(context, usage, extra, element, second);
  for (const i of settings.keyTemplate === undefined ? keys.columns : [])
    checkType(context, usage, fields[i]!, roles[0]!);
  for (const [i, role] of single.entries()) checkType(context, usage, fields[bound[i]!]!, role);
  return { key: keys, columns: bound, formatted };
}

/** Key and other columns of a table whose other columns are all alike. */
export function bindKeyAndColumns(
  context: TableContext,
  settings: TableModeSettings,
  usage: string,
  other: ColumnRole,
): { key: RowKey; others: number[] } {
  const { fields, primaryKey } = context.schema;
  if (settings.formatsValue) {
    throw new ValidationError(
      `Option 'value.format' makes one value of all columns, but ${usage} writes and reads each column by itself. Use mode STRING, or remove 'value.format'.`,
    );
  }
  const key = keyColumns(context, settings, usage, null);
  checkExtra(
    context,
    usage,
    primaryKey.filter((i) => !key.columns.includes(i)),
    [],
    null,
  );
  const ttl = ttlColumn(context, settings);
  const others = fields.map((_, i) => i).filter((i) => !key.columns.includes(i) && i !== ttl);
  if (others.length === 0) {
    throw new ValidationError(
      `${tableName(context)} declares ${columnsText(fields)}, but ${usage} takes the key and at least one ${other.name}.`,
    );
  }
  for (const [i, field] of fields.entries()) {
    if (others.includes(i)) checkType(context, usage, field, other);
    else if (i !== ttl && settings.keyTemplate === undefined) checkType(context, usage, field, KEY);
  }
  return { key, others };
}

function keyColumns(
  context: TableContext,
  settings: TableModeSettings,
  usage: string,
  second: ColumnRole | null,
): RowKey {
  const { primaryKey } = context.schema;
  if (settings.keyTemplate !== undefined) {
    const template = bindTemplate(context, settings.keyTemplate);
    if (template.columns.every((i) => primaryKey.includes(i))) {
      return new KeyTemplate(context, template, settings.keyPrefix);
    }
    const names = template.columns.map((i) => `\`${context.schema.fields[i]!.name}\``).join(', ');
    throw new ValidationError(
      `${tableName(context)} declares ${primaryKeyText(context)}, but the columns of its 'key-template' are its key: PRIMARY KEY (${names}) NOT ENFORCED.`,
    );
  }
  checkPrimaryKey(context, settings, usage, second);
  return new KeyColumn(context, primaryKey[0]!, settings.keyPrefix);
}

function primaryKeyText(context: TableContext): string {
  const { fields, primaryKey } = context.schema;
  if (primaryKey.length === 0) return 'no primary key';
  return `PRIMARY KEY (${primaryKey.map((i) => `\`${fields[i]!.name}\``).join(', ')})`;
}

function checkPrimaryKey(
  context: TableContext,
  settings: TableModeSettings,
  usage: string,
  second: ColumnRole | null,
): void {
  const { fields, primaryKey } = context.schema;
  if (primaryKey.length === 0) {
    throw new ValidationError(
      `${tableName(context)} has no primary key. A Redis table takes exactly one column as its primary key, which is the Redis key.`,
      { hint: `Declare it: PRIMARY KEY (\`${fields[0]?.name ?? 'key'}\`) NOT ENFORCED.` },
    );
  }
  if (primaryKey.length === 1 || (primaryKey.length === 2 && second !== null)) return;
  if (second !== null && settings.formatsValue) return; // the value is several columns: checked with them
  const more = second === null ? '' : `, or two for a sink: key and ${second.name}`;
  throw new ValidationError(
    `${tableName(context)} declares ${primaryKeyText(context)}, but ${usage} takes exactly one primary key column${more}.`,
    second === null && primaryKey.length > 1
      ? { hint: "A key of several columns is what 'key-template' is for: '{a}:{b}'." }
      : {},
  );
}

/** Behind the key's own columns the primary key has nothing, or exactly the element. */
function checkExtra(
  context: TableContext,
  usage: string,
  extra: readonly number[],
  element: readonly number[],
  second: ColumnRole | null,
): void {
  if (extra.length === 0) return;
  if (extra.length === element.length && extra.every((i) => element.includes(i))) return;
  const more = second === null ? '' : `, or those and the ${second.name}`;
  throw new ValidationError(
    `${tableName(context)} declares ${primaryKeyText(context)}, but the primary key of ${usage} is the columns of the Redis key${more}.`,
  );
}

function countError(
  context: TableContext,
  settings: TableModeSettings,
  usage: string,
  roles: readonly ColumnRole[],
  keyCount: number,
): ValidationError {
  const declared = `${tableName(context)} declares ${columnsText(context.schema.fields)}`;
  if (keyCount === 1 && !settings.formatsValue && settings.expirationColumn === undefined) {
    return new ValidationError(
      `${declared}, but ${usage} takes exactly ${roles.length}: ${roles.map((r) => `${r.name} ${r.type}`).join(', ')}.`,
    );
  }
  const parts = [
    settings.keyTemplate === undefined ? 'key STRING' : `the ${keyCount} of 'key-template'`,
    ...roles.slice(1, -1).map((r) => `${r.name} ${r.type}`),
    settings.formatsValue ? "at least one for 'value.format'" : `${roles.at(-1)!.name} ${roles.at(-1)!.type}`,
    ...(settings.expirationColumn === undefined ? [] : ["that of 'expiration.column'"]),
  ];
  return new ValidationError(`${declared}, but ${usage} takes here: ${parts.join(', ')}.`);
}

/** The physical column of `expiration.column`, or null. @throws ValidationError */
export function ttlColumn(context: TableContext, settings: TableModeSettings): number | null {
  const name = settings.expirationColumn;
  if (name === undefined) return null;
  const { fields, primaryKey } = context.schema;
  const index = fields.findIndex((f) => f.name === name);
  if (index < 0) {
    throw new ValidationError(
      `Invalid value for option 'expiration.column': ${tableName(context)} has no column '${name}'. Its columns are ${fields.map((f) => f.name).join(', ')}.`,
      { hint: "A metadata column needs no option: `ttl` BIGINT METADATA is the row's time to live." },
    );
  }
  if (primaryKey.includes(index)) {
    throw new ValidationError(
      `Invalid value for option 'expiration.column': '${name}' is in the primary key, and the column of the time to live is not written.`,
    );
  }
  if (!isWholeNumber(fields[index]!.type)) {
    throw new ValidationError(
      `Invalid value for option 'expiration.column': column '${name}' is ${typeToString(fields[index]!.type)}, but a time to live is milliseconds: BIGINT, INT, SMALLINT or TINYINT.`,
    );
  }
  return index;
}

function checkType(context: TableContext, usage: string, field: Field, role: ColumnRole): void {
  const fits = role.type === 'STRING' ? isCharacter(field.type) : field.type.root === 'DOUBLE';
  if (fits) return;
  throw new ValidationError(
    `Column '${field.name}' of ${inSentence(tableName(context))} is ${typeToString(withNullable(field.type, true))}, but the ${role.name} of ${usage} must be ${role.type}${role.type === 'STRING' ? ' (CHAR and VARCHAR too)' : ''}.`,
    { hint: `Declare the column as ${role.type} and use CAST(… AS ${role.type}) in the query.` },
  );
}

/** What a deletion removes, now that the primary key is known. */
export function deleteScope(
  context: TableContext,
  key: RowKey,
  settings: SinkModeSettings,
): 'key' | 'element' {
  if (settings.deleteScope !== 'primary-key') return settings.deleteScope;
  return context.schema.primaryKey.length > key.columns.length ? 'element' : 'key';
}

/** Refuses `sink.delete.scope` = `element` where a row is a whole key. */
export function refuseElementScope(usage: string, settings: SinkModeSettings): void {
  if (settings.deleteScope !== 'element') return;
  throw new ValidationError(
    `Invalid value for option 'sink.delete.scope': 'element' names one element of a Redis key, but a row of ${usage} is the whole key. Use 'key' or 'primary-key'.`,
  );
}
