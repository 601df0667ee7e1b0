// Table schemas (org.apache.flink.table.catalog.ResolvedSchema): names and types of columns, the primary key.
import type { LogicalType } from './logical-type.ts';

/** A column that a connector reads or writes. */
export interface Field {
  readonly name: string;
  readonly type: LogicalType;
}

/** Names and types by position; what a connector or an operator sees. */
export interface Schema {
  readonly fields: readonly Field[];
}

/** A table's physical columns with its primary key, as column indexes in the order of the declaration. */
export interface PhysicalSchema extends Schema {
  readonly primaryKey: readonly number[];
}

/** `default_catalog.default_database.t` */
export interface ObjectIdentifier {
  readonly catalog: string;
  readonly database: string;
  readonly object: string;
}

/** `cat.db.t` */
export function summaryString(id: ObjectIdentifier): string {
  return `${id.catalog}.${id.database}.${id.object}`;
}
