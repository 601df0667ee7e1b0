// Tables and views as the catalog keeps them (org.apache.flink.table.catalog.ResolvedCatalogTable).
import type { Expression, Query } from '../../sql/ast.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Field, ObjectIdentifier, PhysicalSchema } from '../../types/schema.ts';
import type { Rex } from '../rex.ts';

interface ColumnBase {
  readonly name: string;
  /** With the time attribute that a watermark or PROCTIME() makes of it; NOT NULL where it is a key. */
  readonly type: LogicalType;
  readonly comment?: string;
}
export interface PhysicalTableColumn extends ColumnBase {
  readonly kind: 'physical';
}
export interface MetadataTableColumn extends ColumnBase {
  readonly kind: 'metadata';
  /** Null: the column's name is the key. */
  readonly key: string | null;
  readonly virtual: boolean;
}
export interface ComputedTableColumn extends ColumnBase {
  readonly kind: 'computed';
  readonly expression: Expression;
  /** Over all physical columns followed by all metadata columns. */
  readonly rex: Rex;
}
export type TableColumn = PhysicalTableColumn | MetadataTableColumn | ComputedTableColumn;

export interface Watermark {
  readonly column: string;
  readonly expression: Expression;
  /** Over all columns in DDL order. */
  readonly rex: Rex;
}

export interface PrimaryKey {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface ResolvedTable {
  readonly kind: 'table';
  readonly identifier: ObjectIdentifier;
  readonly temporary: boolean;
  readonly columns: readonly TableColumn[];
  readonly primaryKey: PrimaryKey | null;
  readonly watermarks: readonly Watermark[];
  readonly partitionKeys: readonly string[];
  readonly comment: string | null;
  readonly options: ReadonlyMap<string, string>;
}

export interface ResolvedView {
  readonly kind: 'view';
  readonly identifier: ObjectIdentifier;
  readonly temporary: boolean;
  readonly columns: readonly Field[];
  readonly comment: string | null;
  /** With every table named in full. */
  readonly query: Query;
}

export type CatalogObject = ResolvedTable | ResolvedView;

export function physicalColumns(table: ResolvedTable): PhysicalTableColumn[] {
  return table.columns.filter((c) => c.kind === 'physical');
}

export function metadataColumns(table: ResolvedTable): MetadataTableColumn[] {
  return table.columns.filter((c) => c.kind === 'metadata');
}

/** Columns that an INSERT writes, in DDL order: physical ones and metadata that is not VIRTUAL. */
export function persistedColumns(table: ResolvedTable): (PhysicalTableColumn | MetadataTableColumn)[] {
  return table.columns.filter((c) => c.kind === 'physical' || (c.kind === 'metadata' && !c.virtual)) as (
    | PhysicalTableColumn
    | MetadataTableColumn
  )[];
}

/** What a connector sees of the table. */
export function physicalSchema(table: ResolvedTable): PhysicalSchema {
  const fields = physicalColumns(table).map(({ name, type }) => ({ name, type: plainType(type) }));
  const primaryKey = (table.primaryKey?.columns ?? []).map((k) => fields.findIndex((f) => f.name === k));
  return { fields, primaryKey };
}

/** Without its role as a time attribute. */
export function plainType(type: LogicalType): LogicalType {
  if (!('kind' in type) || type.kind === undefined) return type;
  const { kind: _, ...plain } = type;
  return plain;
}
