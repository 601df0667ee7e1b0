// CREATE TABLE to a resolved table: columns, key, watermark and LIKE. Options stay as written; they are read when a query
// uses the table.

import { redact } from '../../options/redact.ts';
import type {
  ColumnDefinition,
  ComputedColumn,
  CreateTable,
  Expression,
  OptionNode,
  TableConstraint,
  WatermarkDefinition,
} from '../../sql/ast.ts';
import { type SourceSpan, ValidationError } from '../../types/errors.ts';
import { type LogicalType, typeToString, withNullable } from '../../types/logical-type.ts';
import { summaryString } from '../../types/schema.ts';
import { didYouMean, validating } from '../bind/errors.ts';
import { columnScope } from '../bind/scope.ts';
import { bindExpression } from '../expression-binder.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { Rex } from '../rex.ts';
import type { CatalogManager } from './catalog.ts';
import { type Feature, mergeOptions, mergingStrategies } from './like.ts';
import { type PrimaryKey, plainType, type ResolvedTable, type TableColumn, type Watermark } from './table.ts';

/** @throws ValidationError in Flink's words */
export function resolveTable(
  statement: CreateTable,
  catalog: CatalogManager,
  functions: FunctionCatalog,
): ResolvedTable {
  const identifier = catalog.qualifyName(statement.name);
  const base = statement.like === undefined ? null : baseTable(statement, catalog);
  const strategies = statement.like === undefined ? null : mergingStrategies(statement.like);
  const takes = (feature: Feature) => strategies !== null && strategies[feature] !== 'EXCLUDING';
  const overwrites = (feature: Feature) => strategies?.[feature] === 'OVERWRITING';

  const builder = new ColumnsBuilder(functions);
  for (const column of base?.columns ?? []) {
    if (column.kind === 'computed' && !takes('GENERATED')) continue;
    if (column.kind === 'metadata' && !takes('METADATA')) continue;
    builder.addBase(column);
  }
  for (const column of statement.columns) {
    builder.add(column, { generated: overwrites('GENERATED'), metadata: overwrites('METADATA') });
  }
  const basePrimaryKey = takes('CONSTRAINTS') ? (base?.primaryKey ?? null) : null;
  const primaryKey = resolvePrimaryKey(statement, basePrimaryKey, builder);
  builder.markKey(primaryKey);
  const watermarks = resolveWatermarks(
    statement,
    takes('WATERMARKS') ? (base?.watermarks ?? []) : [],
    overwrites('WATERMARKS'),
    builder,
  );
  return {
    kind: 'table',
    identifier,
    temporary: statement.temporary,
    columns: builder.columns(watermarks),
    primaryKey,
    watermarks,
    partitionKeys: resolvePartitions(
      statement,
      takes('PARTITIONS') ? (base?.partitionKeys ?? []) : [],
      builder,
    ),
    comment: statement.comment ?? base?.comment ?? null,
    options: mergeOptions(
      base?.options ?? new Map(),
      optionMap(statement.options),
      strategies?.OPTIONS ?? 'EXCLUDING',
    ),
  };
}

/** The same table, its expressions bound anew: by the functions of another thread. */
export function boundAgain(table: ResolvedTable, functions: FunctionCatalog): ResolvedTable {
  const builder = new ColumnsBuilder(functions);
  for (const column of table.columns) builder.addBase({ ...column, type: plainType(column.type) });
  builder.markKey(table.primaryKey);
  const watermarks = table.watermarks.map((watermark) => ({
    ...watermark,
    rex: builder.bind(watermark.expression),
  }));
  return { ...table, columns: builder.columns(watermarks), watermarks };
}

/** @throws ValidationError for a key that stands twice */
export function optionMap(options: readonly OptionNode[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const { key, value, keySpan } of options) {
    if (map.has(key)) {
      throw new ValidationError(
        `Option '${key}' is given twice: '${redact(key, map.get(key)!)}' and '${redact(key, value)}'.`,
        {
          span: keySpan,
        },
      );
    }
    map.set(key, value);
  }
  return map;
}

function baseTable(statement: CreateTable, catalog: CatalogManager): ResolvedTable {
  const name = statement.like!.table;
  const id = catalog.qualifyName(name);
  const base = catalog.get(id);
  if (base?.kind === 'table') return base;
  if (base?.kind === 'view') {
    throw new ValidationError(`Could not copy from the view '${summaryString(id)}': LIKE takes a table.`, {
      span: name.span,
    });
  }
  throw new ValidationError(
    `Source table '${summaryString(id)}' of the LIKE clause not found in the catalog, at line ${name.span.line}, column ${name.span.column}`,
    { span: name.span, ...didYouMean(id.object, catalog.namesNear(id)) },
  );
}

interface Pending {
  readonly name: string;
  readonly definition: ComputedColumn | null;
  readonly column: TableColumn | null;
}

class ColumnsBuilder {
  readonly #functions: FunctionCatalog;
  readonly #pending: Pending[] = [];
  readonly #base = new Set<string>();
  #key: ReadonlySet<string> = new Set();

  constructor(functions: FunctionCatalog) {
    this.#functions = functions;
  }

  addBase(column: TableColumn): void {
    this.#base.add(column.name);
    this.#pending.push({ name: column.name, definition: null, column });
  }

  add(node: ColumnDefinition, overwrites: { generated: boolean; metadata: boolean }): void {
    const name = node.name.value;
    const at = this.#pending.findIndex((p) => p.name === name);
    if (at >= 0) {
      this.#overwrite(at, node, overwrites);
      return;
    }
    this.#pending.push(this.#column(node));
  }

  #overwrite(at: number, node: ColumnDefinition, may: { generated: boolean; metadata: boolean }): void {
    const name = node.name.value;
    const before = this.#pending[at]!;
    const kind = before.column?.kind ?? 'computed';
    const isBase = this.#base.has(name);
    const allowed =
      isBase &&
      ((node.kind === 'computedColumn' && kind === 'computed' && may.generated) ||
        (node.kind === 'metadataColumn' && kind === 'metadata' && may.metadata));
    if (!allowed) throw duplicateColumn(node, isBase);
    this.#base.delete(name);
    this.#pending[at] = this.#column(node);
  }

  #column(node: ColumnDefinition): Pending {
    const name = node.name.value;
    const comment = node.comment === undefined ? {} : { comment: node.comment };
    if (node.kind === 'computedColumn') return { name, definition: node, column: null };
    const type = node.type.type;
    if (node.kind === 'physicalColumn') {
      return { name, definition: null, column: { kind: 'physical', name, type, ...comment } };
    }
    const { virtual, key } = node;
    return {
      name,
      definition: null,
      column: { kind: 'metadata', name, type, key: key ?? null, virtual, ...comment },
    };
  }

  names(): string[] {
    return this.#pending.map((p) => p.name);
  }

  isPhysical(name: string): boolean {
    return this.#pending.some((p) => p.name === name && p.column?.kind === 'physical');
  }

  markKey(key: PrimaryKey | null): void {
    this.#key = new Set(key?.columns);
  }

  /** Columns with their types, computed ones bound. */
  columns(watermarks: readonly Watermark[] = []): TableColumn[] {
    const rowtime = new Set(watermarks.map((w) => w.column));
    return this.#resolved().map((column) => {
      const type = this.#key.has(column.name) ? withNullable(column.type, false) : column.type;
      return { ...column, type: rowtime.has(column.name) ? asRowtime(type) : type };
    });
  }

  #resolved(): TableColumn[] {
    const stored = this.#pending.flatMap((p) => (p.column === null ? [] : [p.column]));
    const inputs = [
      ...stored.filter((c) => c.kind === 'physical'),
      ...stored.filter((c) => c.kind === 'metadata'),
    ].map((c) => ({ name: c.name, type: this.#key.has(c.name) ? withNullable(c.type, false) : c.type }));
    const scope = columnScope(inputs, this.#functions);
    return this.#pending.map(({ name, definition, column }) => {
      if (column !== null && column.kind !== 'computed') return column;
      const expression: Expression =
        definition?.expression ?? (column as { expression: Expression }).expression;
      const comment = definition?.comment ?? column?.comment;
      const rex = validating(() => bindExpression(expression, scope));
      const base = { kind: 'computed' as const, name, type: rex.type, expression, rex };
      return comment === undefined ? base : { ...base, comment };
    });
  }

  /** Binds an expression over all columns. */
  bind(expression: Expression): Rex {
    const fields = this.columns().map(({ name, type }) => ({ name, type }));
    return validating(() => bindExpression(expression, columnScope(fields, this.#functions)));
  }
}

function duplicateColumn(node: ColumnDefinition, isBase: boolean): ValidationError {
  const name = node.name.value;
  const { span } = node.name;
  if (isBase)
    return new ValidationError(`A column named '${name}' already exists in the base table.`, { span });
  const kind = {
    physicalColumn: 'regular Column',
    metadataColumn: 'metadata column',
    computedColumn: 'generated column',
  }[node.kind];
  return new ValidationError(`A ${kind} named '${name}' already exists in the table.`, { span });
}

function asRowtime(type: LogicalType): LogicalType {
  return type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ' ? { ...type, kind: 'ROWTIME' } : type;
}

function resolvePrimaryKey(
  statement: CreateTable,
  base: PrimaryKey | null,
  builder: ColumnsBuilder,
): PrimaryKey | null {
  const keys = statement.constraints.filter((c) => {
    if (c.type === 'PRIMARY KEY') return true;
    throw new ValidationError('UNIQUE constraint is not supported yet', { span: c.span });
  });
  const [key, second] = keys;
  if (second !== undefined) {
    throw new ValidationError('Duplicate primary key definition', { span: second.span });
  }
  if (key === undefined) return base;
  if (base !== null) {
    throw new ValidationError(
      'The base table already has a primary key. You might want to specify EXCLUDING CONSTRAINTS.',
      { span: key.span },
    );
  }
  return checkedKey(key, builder);
}

function checkedKey(key: TableConstraint, builder: ColumnsBuilder): PrimaryKey {
  if (key.enforced !== false) {
    throw new ValidationError(
      "Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT ENFORCED  controls if the constraint checks are performed on the incoming/outgoing data. Flink does not own the data therefore the only supported mode is the NOT ENFORCED mode",
      { span: key.span, hint: 'Write PRIMARY KEY (…) NOT ENFORCED.' },
    );
  }
  const names = builder.names();
  const columns = key.columns.map((c) => c.value);
  for (const { value, span } of key.columns) {
    if (!names.includes(value)) {
      throw new ValidationError(`Primary key column '${value}' is not defined in the schema ${at(span)}`, {
        span,
        ...didYouMean(value, names),
      });
    }
    if (!builder.isPhysical(value)) {
      throw new ValidationError(
        `Could not create a PRIMARY KEY with column '${value}' ${at(span)}.\nA PRIMARY KEY constraint must be declared on physical columns.`,
        { span },
      );
    }
    if (columns.indexOf(value) !== columns.lastIndexOf(value)) {
      throw new ValidationError(`A PRIMARY KEY constraint must not have duplicate column '${value}'.`, {
        span,
      });
    }
  }
  return { name: key.name?.value ?? `PK_${columns.join('_')}`, columns };
}

function at(span: SourceSpan): string {
  return `at line ${span.line}, column ${span.column}`;
}

function resolveWatermarks(
  statement: CreateTable,
  base: readonly Watermark[],
  overwriting: boolean,
  builder: ColumnsBuilder,
): Watermark[] {
  const [own, second] = statement.watermarks;
  if (second !== undefined) {
    throw new ValidationError('Multiple WATERMARK declarations are not supported yet.', {
      span: second.span,
    });
  }
  if (own === undefined) return [...base];
  if (base.length > 0 && !overwriting) {
    throw new ValidationError(
      `There already exists a watermark spec for column '${base[0]!.column}' in the base table. You might want to specify EXCLUDING WATERMARKS or OVERWRITING WATERMARKS.`,
      { span: own.span },
    );
  }
  return [resolveWatermark(own, builder)];
}

function resolveWatermark(node: WatermarkDefinition, builder: ColumnsBuilder): Watermark {
  const name = node.column.parts.map((p) => p.value).join('.');
  const columns = builder.columns();
  const column = columns.find((c) => c.name === name);
  if (column === undefined) {
    const names = columns.map((c) => c.name);
    throw new ValidationError(
      `The rowtime attribute field '${name}' is not defined in the table schema, ${at(node.column.span)}\nAvailable fields: [${names.map((n) => `'${n}'`).join(', ')}]`,
      { span: node.column.span, ...didYouMean(name, names) },
    );
  }
  const { type } = column;
  if ((type.root !== 'TIMESTAMP' && type.root !== 'TIMESTAMP_LTZ') || type.precision > 3) {
    throw new ValidationError(
      `Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is ${typeToString(type)}`,
      { span: node.column.span },
    );
  }
  const rex = builder.bind(node.expression);
  if (rex.type.root !== type.root) {
    throw new ValidationError(
      `The watermark of '${name}' must have the type of the column, ${typeToString(type)}, but is ${typeToString(rex.type)}.`,
      { span: node.expression.span },
    );
  }
  return { column: name, expression: node.expression, rex };
}

function resolvePartitions(
  statement: CreateTable,
  base: readonly string[],
  builder: ColumnsBuilder,
): readonly string[] {
  if (statement.partitionedBy.length === 0) return base;
  if (base.length > 0) {
    throw new ValidationError(
      'The base table already has partitions defined. You might want to specify EXCLUDING PARTITIONS.',
      { span: statement.partitionedBy[0]!.span },
    );
  }
  for (const { value, span } of statement.partitionedBy) {
    if (!builder.isPhysical(value)) {
      throw new ValidationError(
        `Partition column '${value}' not defined in the table schema. Available columns: [${builder
          .names()
          .map((n) => `'${n}'`)
          .join(', ')}]`,
        { span, ...didYouMean(value, builder.names()) },
      );
    }
  }
  return statement.partitionedBy.map((n) => n.value);
}
