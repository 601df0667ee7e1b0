// Words that messages about a table's columns share.

import type { Text } from '../../../types/encoded-text.ts';
import { DataError } from '../../../types/errors.ts';
import { type Field, summaryString } from '../../../types/schema.ts';
import type { TableContext } from './mode.ts';

/** `Table 'default_catalog.default_database.t'` */
export function tableName(context: TableContext): string {
  return `Table '${summaryString(context.table)}'`;
}

export function inSentence(name: string): string {
  return name.replace(/^T/, 't');
}

/** `2 columns (k, v)` */
export function columnsText(fields: readonly Field[]): string {
  const names = fields.map((f) => f.name).join(', ');
  return `${fields.length} ${fields.length === 1 ? 'column' : 'columns'} (${names})`;
}

/** The error for a NULL where Redis has none. */
export function nullError(context: TableContext, column: number, key: Text): DataError {
  return new DataError(
    `${tableName(context)}: a NULL is being written into column '${context.schema.fields[column]!.name}' of the row with key '${key}', and Redis has no NULL.`,
    { hint: "Use COALESCE or a filter, or set 'sink.null-value' = 'skip' or 'delete'." },
  );
}
