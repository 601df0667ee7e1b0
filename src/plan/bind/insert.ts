// INSERT INTO: the query's columns in the order and types of the sink's.
import type { Insert, Name } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import {
  isCharacter,
  type LogicalType,
  STRING,
  typeToString,
  withNullable,
} from '../../types/logical-type.ts';
import { summaryString } from '../../types/schema.ts';
import { castTo } from '../cast.ts';
import { serializableString } from '../catalog/catalog.ts';
import {
  type MetadataTableColumn,
  type PhysicalTableColumn,
  persistedColumns,
  plainType,
  type ResolvedTable,
} from '../catalog/table.ts';
import { namesOf, project, type Rel, type TableUse } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { inputRef, literal, sameBaseType } from '../rex-util.ts';
import { isAssignable } from '../types/assignable.ts';
import type { BindContext } from './context.ts';
import { didYouMean, validating } from './errors.ts';
import { withOptionHints } from './hints.ts';
import { bindRootQuery } from './query.ts';

export interface BoundInsert {
  readonly use: TableUse;
  /** One column for each persisted column of the sink: physical ones first, then metadata. */
  readonly rel: Rel;
  /** Names as the query gave them, for EXPLAIN. */
  readonly metadata: readonly MetadataTableColumn[];
  /** Indexes of the physical columns that the statement names; null: all. */
  readonly targetColumns: readonly number[] | null;
}

type SinkColumn = PhysicalTableColumn | MetadataTableColumn;

export function bindInsert(insert: Insert, context: BindContext): BoundInsert {
  const table = sinkTable(insert, context);
  if (insert.overwrite) {
    throw new ValidationError(
      `INSERT OVERWRITE requires that the underlying table '${summaryString(table.identifier)}' can replace what it holds; it can only be added to.`,
      { span: insert.table.span },
    );
  }
  if (insert.conflict === 'NOTHING' || insert.conflict === 'ERROR') {
    throw new ValidationError(
      `ON CONFLICT DO ${insert.conflict} is not supported: in '${summaryString(table.identifier)}' the newest row of a key counts, as with ON CONFLICT DO DEDUPLICATE.`,
      { span: insert.table.span },
    );
  }
  const columns = persistedColumns(table);
  const query = bindRootQuery(insert.query, context);
  const constants = partitionValues(insert, columns);
  const targets = targetColumns(insert, columns, constants, table);
  const given = withConstants(query, constants);
  checkCount(insert, given, targets, table);
  const rel = toSinkColumns(given, targets, columns, table, insert);
  const physical = columns.filter((c) => c.kind === 'physical');
  const named = new Set(targets.map((c) => c.name));
  const isPartial = physical.some((c) => !named.has(c.name));
  return {
    use: { table, options: withOptionHints(table.options, insert.hints), span: insert.table.span },
    rel,
    metadata: columns.filter((c) => c.kind === 'metadata'),
    targetColumns: isPartial ? physical.flatMap((c, i) => (named.has(c.name) ? [i] : [])) : null,
  };
}

function sinkTable(insert: Insert, { catalog }: BindContext): ResolvedTable {
  const id = catalog.qualifyName(insert.table);
  const object = catalog.get(id);
  if (object?.kind === 'table') return object;
  if (object?.kind === 'view') {
    throw new TableError(`The view ${serializableString(id)} cannot be written.`, {
      span: insert.table.span,
    });
  }
  throw new TableError(
    `Cannot find table '${serializableString(id)}' in any of the catalogs [${catalog.catalogs().join(', ')}], nor as a temporary table.`,
    { span: insert.table.span, ...didYouMean(id.object, catalog.namesNear(id)) },
  );
}

/** Constants of PARTITION (k = 'v'), by column. */
function partitionValues(insert: Insert, columns: readonly SinkColumn[]): Map<SinkColumn, Rex> {
  const values = new Map<SinkColumn, Rex>();
  for (const { key, value, keySpan } of insert.partition) {
    const column = findColumn(key, columns);
    if (column === undefined) throw unknownTarget(key, keySpan, columns);
    const text = literal(value, { ...STRING, nullable: false });
    values.set(column, isCharacter(column.type) ? text : castTo(text, plainType(column.type)));
  }
  return values;
}

function findColumn(name: string, columns: readonly SinkColumn[]): SinkColumn | undefined {
  return columns.find((c) => c.name === name);
}

function unknownTarget(name: string, span: Name['span'], columns: readonly SinkColumn[]): ValidationError {
  return validatingError(
    new ValidationError(`Unknown target column '${name}'`, {
      span,
      ...didYouMean(
        name,
        columns.map((c) => c.name),
      ),
    }),
  );
}

function validatingError(error: ValidationError): ValidationError {
  try {
    return validating(() => {
      throw error;
    });
  } catch (located) {
    return located as ValidationError;
  }
}

/** The columns that the query's columns (then the partition's constants) go to. */
function targetColumns(
  insert: Insert,
  columns: readonly SinkColumn[],
  constants: ReadonlyMap<SinkColumn, Rex>,
  table: ResolvedTable,
): SinkColumn[] {
  const fromQuery =
    insert.columns === undefined
      ? columns.filter((c) => !constants.has(c))
      : insert.columns.map((name) => {
          const column = findColumn(name.value, columns);
          if (column !== undefined) return column;
          const declared = table.columns.find((c) => c.name === name.value);
          if (declared === undefined) throw unknownTarget(name.value, name.span, columns);
          throw new ValidationError(
            `Column '${name.value}' of '${summaryString(table.identifier)}' is ${declared.kind === 'computed' ? 'computed' : 'VIRTUAL'} and cannot be written.`,
            { span: name.span },
          );
        });
  const targets = [...fromQuery, ...constants.keys()];
  for (const [i, column] of targets.entries()) {
    if (targets.indexOf(column) === i) continue;
    const span = insert.columns?.[i]?.span ?? insert.table.span;
    throw validatingError(
      new ValidationError(`Target column '${column.name}' is assigned more than once`, { span }),
    );
  }
  return targets;
}

function withConstants(query: Rel, constants: ReadonlyMap<SinkColumn, Rex>): Rel {
  if (constants.size === 0) return query;
  const { fields } = query.schema;
  return project(
    query,
    [...fields.map((f, i) => inputRef(i, f.type)), ...constants.values()],
    [...namesOf(query), ...[...constants.keys()].map((c) => c.name)],
  );
}

function checkCount(insert: Insert, query: Rel, targets: readonly SinkColumn[], table: ResolvedTable): void {
  const count = query.schema.fields.length;
  if (count === targets.length) return;
  if (insert.columns !== undefined) {
    throw validatingError(
      new ValidationError(
        `Number of INSERT target columns (${targets.length}) does not equal number of source items (${count})`,
        { span: insert.query.span },
      ),
    );
  }
  throw mismatch('Different number of columns.', query, targets, table, insert);
}

function mismatch(
  cause: string,
  query: Rel,
  sink: readonly SinkColumn[],
  table: ResolvedTable,
  insert: Insert,
  hint?: string,
): ValidationError {
  const text = (fields: readonly { name: string; type: LogicalType }[]) =>
    fields.map((f) => `${f.name}: ${typeToString(plainType(f.type))}`).join(', ');
  return new ValidationError(
    `Column types of query result and sink for '${summaryString(table.identifier)}' do not match.\nCause: ${cause}\n\nQuery schema: [${text(query.schema.fields)}]\nSink schema:  [${text(nullable(sink))}]`,
    { span: insert.query.span, ...(hint === undefined ? {} : { hint }) },
  );
}

/** Whether a column takes NULL is no matter of the schema. */
function nullable(columns: readonly SinkColumn[]): { name: string; type: LogicalType }[] {
  return columns.map(({ name, type }) => ({ name, type: withNullable(type, true) }));
}

/** Physical columns in DDL order, then metadata columns; what the statement does not name is NULL. */
function toSinkColumns(
  query: Rel,
  targets: readonly SinkColumn[],
  columns: readonly SinkColumn[],
  table: ResolvedTable,
  insert: Insert,
): Rel {
  const ordered = [
    ...columns.filter((c) => c.kind === 'physical'),
    ...columns.filter((c) => c.kind === 'metadata'),
  ];
  const names = namesOf(query);
  const used = new Set(names);
  const projections = ordered.map((column) => {
    const at = targets.indexOf(column);
    if (at >= 0) return castColumn(query, at, column, targets, table, insert);
    if (!column.type.nullable) {
      throw validatingError(
        new ValidationError(`Column '${column.name}' has no default value and does not allow NULLs`, {
          span: insert.table.span,
        }),
      );
    }
    return literal(null, plainType(column.type));
  });
  if (
    projections.length === names.length &&
    projections.every((p, i) => p.kind === 'input' && p.index === i)
  ) {
    return query;
  }
  const outNames = ordered.map((column) => {
    const at = targets.indexOf(column);
    return at >= 0 ? names[at]! : freshName(column.name, used);
  });
  return project(query, projections, outNames);
}

function freshName(name: string, used: Set<string>): string {
  let fresh = name;
  for (let i = 0; used.has(fresh); i++) fresh = `${name}${i}`;
  used.add(fresh);
  return fresh;
}

function castColumn(
  query: Rel,
  at: number,
  column: SinkColumn,
  targets: readonly SinkColumn[],
  table: ResolvedTable,
  insert: Insert,
): Rex {
  const from = query.schema.fields[at]!.type;
  const to = plainType(column.type);
  const ref = inputRef(at, from);
  if (from.root !== 'NULL' && !isAssignable(from, to)) {
    throw mismatch(
      `Incompatible types for sink column '${column.name}' at position ${at}.`,
      query,
      targets,
      table,
      insert,
      `Cast it: CAST(${nameOf(query, at)} AS ${typeToString({ ...to, nullable: true })}).`,
    );
  }
  return needsNoCast(from, to) ? ref : castTo(ref, to, { implicit: true });
}

/** The column as the query can name it. */
function nameOf(query: Rel, at: number): string {
  const { name } = query.schema.fields[at]!;
  return name.startsWith('EXPR$') ? '…' : name;
}

/** Lengths are the enforcer's; the rest must be the sink's own type. */
function needsNoCast(from: LogicalType, to: LogicalType): boolean {
  if (isCharacter(from) && isCharacter(to)) return true;
  const isBinary = (t: LogicalType) => t.root === 'BINARY' || t.root === 'VARBINARY';
  if (isBinary(from) && isBinary(to)) return true;
  return sameBaseType(plainType(from), to);
}
