// Results of SHOW and DESCRIBE.
import type { CatalogManager } from '../plan/catalog/catalog.ts';
import { metadataClause } from '../plan/catalog/show-create.ts';
import type { CatalogObject, ResolvedTable, TableColumn } from '../plan/catalog/table.ts';
import type { LikePattern, Show } from '../sql/ast.ts';
import { printExpression } from '../sql/printer.ts';
import { TableError } from '../types/errors.ts';
import { BOOLEAN, type LogicalType, STRING, typeToString, withNullable } from '../types/logical-type.ts';
import type { Row } from '../types/row.ts';
import type { Field } from '../types/schema.ts';
import { TimestampData } from '../types/values.ts';
import type { ListedJob } from './job-list.ts';
import type { ExecutionResult } from './result.ts';

export function textColumn(name: string): Field {
  return { name, type: STRING };
}

export function table(columns: readonly Field[], rows: readonly Row[]): ExecutionResult {
  return { kind: 'table', columns, rows, text: false };
}

/** One cell, shown as it is. */
export function text(value: string): ExecutionResult {
  return { kind: 'table', columns: [textColumn('result')], rows: [[value]], text: true };
}

/** A column of names, filtered by SHOW's LIKE. */
export function names(
  title: string,
  values: readonly string[],
  like: LikePattern | undefined,
): ExecutionResult {
  const kept = like === undefined ? values : values.filter((v) => matches(v, like) !== like.negated);
  return table(
    [textColumn(title)],
    kept.map((v) => [v]),
  );
}

/** SQL LIKE: `%` any text, `_` any character. */
function matches(value: string, { pattern, caseInsensitive }: LikePattern): boolean {
  const regex = [...pattern]
    .map((c) => (c === '%' ? '.*' : c === '_' ? '.' : c.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  return new RegExp(`^${regex}$`, caseInsensitive ? 'isu' : 'su').test(value);
}

/** SHOW TABLES, VIEWS, DATABASES …: what the catalog knows. */
export function showCatalog(show: Show, catalog: CatalogManager): ExecutionResult | undefined {
  const from = show.from?.parts.map((p) => p.value) ?? [];
  const [catalogName, database] = from.length > 0 ? catalog.databasePath(from) : [undefined, undefined];
  switch (show.what) {
    case 'TABLES':
      return names('table name', catalog.list(catalogName, database), show.like);
    case 'VIEWS':
      return names('view name', catalog.list(catalogName, database, 'view'), show.like);
    case 'CATALOGS':
      return names('catalog name', catalog.catalogs(), show.like);
    case 'DATABASES':
      return names('database name', catalog.databases(from[0]), show.like);
    case 'CURRENT CATALOG':
      return names('current catalog name', [catalog.currentCatalog], undefined);
    case 'CURRENT DATABASE':
      return names('current database name', [catalog.currentDatabase], undefined);
    case 'MODULES':
      return names('module name', ['core'], show.like);
    case 'JARS':
      return names('jars', [], undefined);
    default:
      return undefined;
  }
}

export function showJobs(jobs: readonly ListedJob[]): ExecutionResult {
  const startTime: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
  const columns = [
    textColumn('job id'),
    textColumn('job name'),
    textColumn('status'),
    { name: 'start time', type: startTime },
  ];
  return table(
    columns,
    jobs.map(({ handle, startTime: at }) => [handle.id, handle.name, handle.status(), new TimestampData(at)]),
  );
}

/** DESCRIBE, and SHOW COLUMNS with its LIKE. */
export function describe(object: CatalogObject, like?: LikePattern): ExecutionResult {
  const all =
    object.kind === 'table' ? tableColumns(object) : object.columns.map((c) => row(c.name, c.type, {}));
  const rows = like === undefined ? all : all.filter((r) => matches(r.name, like) !== like.negated);
  const withComment = rows.some((r) => r.comment !== null);
  const columns: Field[] = [
    textColumn('name'),
    textColumn('type'),
    { name: 'null', type: BOOLEAN },
    textColumn('key'),
    textColumn('extras'),
    textColumn('watermark'),
    ...(withComment ? [textColumn('comment')] : []),
  ];
  return table(
    columns,
    rows.map((r) => [
      r.name,
      r.type,
      r.nullable,
      r.key,
      r.extras,
      r.watermark,
      ...(withComment ? [r.comment] : []),
    ]),
  );
}

interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: string | null;
  readonly extras: string | null;
  readonly watermark: string | null;
  readonly comment: string | null;
}

function row(
  name: string,
  type: LogicalType,
  rest: Partial<Omit<DescribedColumn, 'name' | 'type' | 'nullable'>>,
): DescribedColumn {
  return {
    name,
    type: typeToString(withNullable(type, true)),
    nullable: type.nullable,
    key: rest.key ?? null,
    extras: rest.extras ?? null,
    watermark: rest.watermark ?? null,
    comment: rest.comment ?? null,
  };
}

function tableColumns(described: ResolvedTable): DescribedColumn[] {
  const { primaryKey, watermarks } = described;
  return described.columns.map((column) => {
    const watermark = watermarks.find((w) => w.column === column.name);
    return row(column.name, column.type, {
      key: primaryKey?.columns.includes(column.name) ? `PRI(${primaryKey.columns.join(', ')})` : null,
      extras: extrasOf(column),
      watermark: watermark === undefined ? null : printExpression(watermark.expression),
      comment: column.comment ?? null,
    });
  });
}

function extrasOf(column: TableColumn): string | null {
  switch (column.kind) {
    case 'physical':
      return null;
    case 'computed':
      return `AS ${printExpression(column.expression)}`;
    case 'metadata':
      return metadataClause(column);
  }
}

/** @throws TableError for a statement that has no place here */
export function unsupportedStatement(what: string, hint?: string): TableError {
  return new TableError(`${what} is not supported.`, hint === undefined ? {} : { hint });
}
