// Which column of a table is the key, the field, the score … and whether the declaration fits the mode.
import { DataError, ValidationError } from '../../../types/errors.ts';
import { isCharacter, typeToString, withNullable } from '../../../types/logical-type.ts';
import type { Row } from '../../../types/row.ts';
import { type Field, summaryString } from '../../../types/schema.ts';
import type { SinkModeSettings, TableContext } from './mode.ts';

/** What a column is for. */
export interface ColumnRole {
  /** `key`, `value`, `field`, `member`, `score` */
  readonly name: string;
  readonly type: 'STRING' | 'DOUBLE';
}

export const KEY: ColumnRole = { name: 'key', type: 'STRING' };
export const VALUE: ColumnRole = { name: 'value', type: 'STRING' };

/**
 * Columns of a table that has exactly these roles.
 * @param usage for messages: `mode 'STRING'`
 * @param roles the key first
 * @param second role that may be the second column of the primary key, or null
 * @returns a column index for each role
 */
export function bindColumns(
  context: TableContext,
  usage: string,
  roles: readonly ColumnRole[],
  second: ColumnRole | null,
): number[] {
  const { fields, primaryKey } = context.schema;
  checkPrimaryKey(context, usage, second);
  if (fields.length !== roles.length) {
    throw new ValidationError(
      `${tableName(context)} declares ${columns(fields)}, but ${usage} takes exactly ${roles.length}: ${roles.map((r) => `${r.name} ${r.type}`).join(', ')}.`,
    );
  }
  const others = fields.map((_, i) => i).filter((i) => !primaryKey.includes(i));
  const bound = roles.map((role) => {
    if (role === roles[0]) return primaryKey[0]!;
    return role === second && primaryKey.length === 2 ? primaryKey[1]! : others.shift()!;
  });
  for (const [i, role] of roles.entries()) checkType(context, usage, fields[bound[i]!]!, role);
  return bound;
}

/** Key and other columns of a table whose other columns are all alike. */
export function bindKeyAndColumns(
  context: TableContext,
  usage: string,
  other: ColumnRole,
): { key: number; others: number[] } {
  const { fields, primaryKey } = context.schema;
  checkPrimaryKey(context, usage, null);
  if (fields.length < 2) {
    throw new ValidationError(
      `${tableName(context)} declares ${columns(fields)}, but ${usage} takes the key and at least one ${other.name}.`,
    );
  }
  const key = primaryKey[0]!;
  for (const [i, field] of fields.entries()) checkType(context, usage, field, i === key ? KEY : other);
  return { key, others: fields.map((_, i) => i).filter((i) => i !== key) };
}

function checkPrimaryKey(context: TableContext, usage: string, second: ColumnRole | null): void {
  const { fields, primaryKey } = context.schema;
  const names = primaryKey.map((i) => `\`${fields[i]!.name}\``).join(', ');
  if (primaryKey.length === 0) {
    throw new ValidationError(
      `${tableName(context)} has no primary key. A Redis table takes exactly one column as its primary key, which is the Redis key.`,
      { hint: `Declare it: PRIMARY KEY (\`${fields[0]?.name ?? 'key'}\`) NOT ENFORCED.` },
    );
  }
  if (primaryKey.length === 1 || (primaryKey.length === 2 && second !== null)) return;
  const more = second === null ? '' : `, or two for a sink: key and ${second.name}`;
  throw new ValidationError(
    `${tableName(context)} declares PRIMARY KEY (${names}), but ${usage} takes exactly one primary key column${more}.`,
  );
}

function checkType(context: TableContext, usage: string, field: Field, role: ColumnRole): void {
  const fits = role.type === 'STRING' ? isCharacter(field.type) : field.type.root === 'DOUBLE';
  if (fits) return;
  throw new ValidationError(
    `Column '${field.name}' of ${inSentence(tableName(context))} is ${typeToString(withNullable(field.type, true))}, but the ${role.name} of ${usage} must be ${role.type}${role.type === 'STRING' ? ' (CHAR and VARCHAR too)' : ''}.`,
    { hint: `Declare the column as ${role.type} and use CAST(… AS ${role.type}) in the query.` },
  );
}

/** `Table 'default_catalog.default_database.t'` */
export function tableName(context: TableContext): string {
  return `Table '${summaryString(context.table)}'`;
}

function inSentence(name: string): string {
  return name.replace(/^T/, 't');
}

function columns(fields: readonly Field[]): string {
  const names = fields.map((f) => f.name).join(', ');
  return `${fields.length} ${fields.length === 1 ? 'column' : 'columns'} (${names})`;
}

/** What a deletion removes, now that the primary key is known. */
export function deleteScope(context: TableContext, settings: SinkModeSettings): 'key' | 'element' {
  if (settings.deleteScope !== 'primary-key') return settings.deleteScope;
  return context.schema.primaryKey.length === 2 ? 'element' : 'key';
}

/** Refuses `sink.delete.scope` = `element` where a row is a whole key. */
export function refuseElementScope(usage: string, settings: SinkModeSettings): void {
  if (settings.deleteScope !== 'element') return;
  throw new ValidationError(
    `Invalid value for option 'sink.delete.scope': 'element' names one element of a Redis key, but a row of ${usage} is the whole key. Use 'key' or 'primary-key'.`,
  );
}

/** Reads the Redis key of a row. */
export class KeyColumn {
  readonly index: number;
  readonly #prefix: string;
  readonly #context: TableContext;

  constructor(context: TableContext, index: number, prefix: string) {
    this.#context = context;
    this.index = index;
    this.#prefix = prefix;
  }

  of(row: Row): string {
    const key = row[this.index] as string | null;
    if (key === null) throw nullError(this.#context, this.index, null);
    return this.#prefix === '' ? key : this.#prefix + key;
  }
}

/** The error for a NULL where Redis has none. @param key the row's key, null when it is the key that is NULL */
export function nullError(context: TableContext, column: number, key: string | null): DataError {
  const name = context.schema.fields[column]!.name;
  if (key === null) {
    return new DataError(
      `${tableName(context)}: column '${name}' is the Redis key, and a NULL is being written into it.`,
      { hint: "Filter such rows, or set 'table.exec.sink.not-null-enforcer' = 'DROP'." },
    );
  }
  return new DataError(
    `${tableName(context)}: a NULL is being written into column '${name}' of the row with key '${key}', and Redis has no NULL.`,
    { hint: "Use COALESCE or a filter, or set 'sink.null-value' = 'skip' or 'delete'." },
  );
}
