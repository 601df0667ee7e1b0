// A table's name in FROM: a common table expression, a view, or a table with its computed columns and watermark.
import type { QualifiedName, TablePath } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import type { Schema } from '../../types/schema.ts';
import { serializableString } from '../catalog/catalog.ts';
import {
  metadataColumns,
  physicalColumns,
  plainType,
  type ResolvedTable,
  type ResolvedView,
} from '../catalog/table.ts';
import { project, type Rel, type ScanRel, type TableUse } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { inputRef } from '../rex-util.ts';
import type { BindEnv } from './context.ts';
import { didYouMean } from './errors.ts';
import { LookupHints, withOptionHints } from './hints.ts';

/** The rows of a table by its name, and the full path that columns of it may be named with. */
export function bindTablePath(path: TablePath, env: BindEnv): { rel: Rel; names: readonly string[] } {
  const single = path.name.parts.length === 1 ? path.name.parts[0]!.value : undefined;
  const cte = single === undefined ? undefined : env.ctes.get(single);
  if (cte !== undefined) return { rel: cte, names: [single!] };
  const id = env.context.catalog.qualifyName(path.name);
  const object = env.context.catalog.get(id);
  if (object === undefined) throw tableNotFound(path.name, env);
  const names = [id.catalog, id.database, id.object];
  if (object.kind === 'view') return { rel: expandView(object, path.name, env), names };
  return { rel: bindTable(useOf(object, path)), names };
}

export function useOf(table: ResolvedTable, path: TablePath): TableUse {
  return { table, options: withOptionHints(table.options, path.hints), span: path.name.span };
}

function tableNotFound(name: QualifiedName, env: BindEnv): ValidationError {
  const { catalog } = env.context;
  const id = catalog.qualifyName(name);
  const given = name.parts.map((p) => p.value).join('.');
  const candidates = [...env.ctes.keys(), ...catalog.namesNear(id)];
  return new ValidationError(`Object '${given}' not found`, {
    span: name.span,
    ...didYouMean(id.object, candidates),
  });
}

function expandView(view: ResolvedView, name: QualifiedName, env: BindEnv): Rel {
  const key = serializableString(view.identifier);
  if (env.views.includes(key)) {
    throw new TableError(`View ${key} is defined by itself.`, { span: name.span });
  }
  const inner = env.bindQuery(view.query, {
    ...env,
    ctes: new Map(),
    hints: LookupHints.none,
    views: [...env.views, key],
  });
  return renamed(
    inner,
    view.columns.map((c) => c.name),
  );
}

/** The same rows under other names. */
export function renamed(rel: Rel, names: readonly string[]): Rel {
  const { fields } = rel.schema;
  if (fields.every((f, i) => f.name === names[i])) return rel;
  return { ...rel, schema: { fields: fields.map((f, i) => ({ ...f, name: names[i]! })) } };
}

/** All columns of a table in DDL order. */
export function bindTable(use: TableUse): Rel {
  const scan = scanOf(use);
  const { table } = use;
  const needsProject = table.columns.some((c) => c.kind !== 'physical');
  const rel = needsProject
    ? project(
        scan,
        ddlColumns(table),
        table.columns.map((c) => c.name),
      )
    : scan;
  return table.watermarks.reduce<Rel>((input, { column, rex }) => {
    const index = table.columns.findIndex((c) => c.name === column);
    const schema = rowtimeSchema(input.schema, index, table);
    return { kind: 'watermark', input, column: index, expression: rex, schema };
  }, rel);
}

function rowtimeSchema(schema: Schema, index: number, table: ResolvedTable): Schema {
  const fields = schema.fields.map((f, i) => (i === index ? { ...f, type: table.columns[i]!.type } : f));
  return { fields };
}

/** Physical, then metadata columns. */
export function scanOf(use: TableUse): ScanRel {
  const columns = [...physicalColumns(use.table), ...metadataColumns(use.table)];
  const fields = columns.map(({ name, type }) => ({ name, type: plainType(type) }));
  return { kind: 'scan', use, columns: columns.map((_, i) => i), schema: { fields } };
}

function ddlColumns(table: ResolvedTable): Rex[] {
  const physical = physicalColumns(table);
  const metadata = metadataColumns(table);
  return table.columns.map((column) => {
    if (column.kind === 'computed') return column.rex;
    const index =
      column.kind === 'physical' ? physical.indexOf(column) : physical.length + metadata.indexOf(column);
    return inputRef(index, plainType(column.type));
  });
}
