// SHOW CREATE TABLE and SHOW CREATE VIEW (org.apache.flink.table.api.internal.ShowCreateUtil). Secrets are hidden.
import { redact } from '../../options/redact.ts';
import { printExpression, printQuery, quoteName, quoteString } from '../../sql/printer.ts';
import { typeToSqlString } from '../../types/logical-type.ts';
import { serializableString } from './catalog.ts';
import { plainType, type ResolvedTable, type ResolvedView, type TableColumn } from './table.ts';

export function showCreateTable(table: ResolvedTable): string {
  const lines = table.columns.map((c) => `${quoteName(c.name)} ${describeColumn(c, isKey(table, c))}`);
  for (const { column, expression } of table.watermarks) {
    lines.push(`WATERMARK FOR ${quoteName(column)} AS ${printExpression(expression)}`);
  }
  if (table.primaryKey !== null) {
    const columns = table.primaryKey.columns.map(quoteName).join(', ');
    lines.push(`CONSTRAINT ${quoteName(table.primaryKey.name)} PRIMARY KEY (${columns}) NOT ENFORCED`);
  }
  const temporary = table.temporary ? 'TEMPORARY ' : '';
  const comment = table.comment === null ? '' : ` COMMENT ${quoteString(table.comment)}`;
  let text = `CREATE ${temporary}TABLE ${serializableString(table.identifier)} (\n${indent(lines)}\n)${comment}\n`;
  if (table.partitionKeys.length > 0) {
    text += `PARTITIONED BY (${table.partitionKeys.map(quoteName).join(', ')})\n`;
  }
  if (table.options.size === 0) return text;
  const options = [...table.options].map(([k, v]) => `${quoteString(k)} = ${quoteString(redact(k, v))}`);
  return `${text}WITH (\n${indent(options)}\n)\n`;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join(',\n');
}

function isKey(table: ResolvedTable, column: TableColumn): boolean {
  return table.primaryKey?.columns.includes(column.name) ?? false;
}

function describeColumn(column: TableColumn, key: boolean): string {
  const type = typeToSqlString(plainType(key ? { ...column.type, nullable: false } : column.type));
  const comment = column.comment === undefined ? '' : ` COMMENT ${quoteString(column.comment)}`;
  switch (column.kind) {
    case 'physical':
      return `${type}${comment}`;
    case 'computed':
      return `AS ${printExpression(column.expression)}${comment}`;
    case 'metadata':
      return `${type} ${metadataClause(column)}${comment}`;
  }
}

/** `METADATA FROM 'topic' VIRTUAL` */
export function metadataClause(column: TableColumn & { readonly kind: 'metadata' }): string {
  const from = column.key === null ? '' : ` FROM ${quoteString(column.key)}`;
  return `METADATA${from}${column.virtual ? ' VIRTUAL' : ''}`;
}

export function showCreateView(view: ResolvedView): string {
  const temporary = view.temporary ? 'TEMPORARY ' : '';
  const columns = view.columns.map((c) => quoteName(c.name)).join(', ');
  const comment = view.comment === null ? '' : ` COMMENT ${quoteString(view.comment)}`;
  return `CREATE ${temporary}VIEW ${serializableString(view.identifier)}(${columns})${comment} as\n${printQuery(view.query)}`;
}
