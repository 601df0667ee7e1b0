// SQL types (org.apache.flink.table.types.logical). Data only: casts and inference live in plan/.

export type LogicalTypeRoot = LogicalType['root'];

/** 2^31-1: the length of STRING and BYTES. */
export const MAX_LENGTH = 2147483647;

interface Nullable {
  /** false for NOT NULL. */
  readonly nullable: boolean;
}

export interface CharType extends Nullable {
  readonly root: 'CHAR' | 'VARCHAR';
  readonly length: number;
}
export interface BinaryType extends Nullable {
  readonly root: 'BINARY' | 'VARBINARY';
  readonly length: number;
}
export interface SimpleType extends Nullable {
  readonly root:
    | 'BOOLEAN'
    | 'TINYINT'
    | 'SMALLINT'
    | 'INTEGER'
    | 'BIGINT'
    | 'FLOAT'
    | 'DOUBLE'
    | 'DATE'
    | 'NULL';
}
export interface DecimalType extends Nullable {
  readonly root: 'DECIMAL';
  /** 1..38 */
  readonly precision: number;
  /** 0..precision */
  readonly scale: number;
}
export interface TimeType extends Nullable {
  /** TIMESTAMP is without time zone, TIMESTAMP_LTZ with local time zone. */
  readonly root: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ';
  /** digits of the fraction of a second, 0..9 */
  readonly precision: number;
  /** Set on time attributes: `PROCTIME()` columns and watermarked columns. */
  readonly kind?: 'PROCTIME' | 'ROWTIME';
}
export interface IntervalType extends Nullable {
  /** Values are months (YEAR_MONTH) or milliseconds (DAY_TIME). */
  readonly root: 'INTERVAL_YEAR_MONTH' | 'INTERVAL_DAY_TIME';
}
export interface ArrayType extends Nullable {
  readonly root: 'ARRAY' | 'MULTISET';
  readonly element: LogicalType;
}
export interface MapType extends Nullable {
  readonly root: 'MAP';
  readonly key: LogicalType;
  readonly value: LogicalType;
}
export interface RowField {
  readonly name: string;
  readonly type: LogicalType;
  readonly comment?: string;
}
export interface RowType extends Nullable {
  readonly root: 'ROW';
  readonly fields: readonly RowField[];
}

export type LogicalType =
  | CharType
  | BinaryType
  | SimpleType
  | DecimalType
  | TimeType
  | IntervalType
  | ArrayType
  | MapType
  | RowType;

export const STRING: CharType = { root: 'VARCHAR', length: MAX_LENGTH, nullable: true };
export const BYTES: BinaryType = { root: 'VARBINARY', length: MAX_LENGTH, nullable: true };
export const BOOLEAN: SimpleType = { root: 'BOOLEAN', nullable: true };
export const INT: SimpleType = { root: 'INTEGER', nullable: true };
export const BIGINT: SimpleType = { root: 'BIGINT', nullable: true };
export const DOUBLE: SimpleType = { root: 'DOUBLE', nullable: true };

export function isCharacter(type: LogicalType): type is CharType {
  return type.root === 'CHAR' || type.root === 'VARCHAR';
}

/** The same type with another nullability. */
export function withNullable<T extends LogicalType>(type: T, nullable: boolean): T {
  return type.nullable === nullable ? type : { ...type, nullable };
}

/** Flink's summary text: `STRING`, `DECIMAL(10, 2)`, `ROW<`a` INT>`, ` NOT NULL` appended. */
export function typeToString(type: LogicalType): string {
  const base = type.nullable ? baseName(type) : `${baseName(type)} NOT NULL`;
  return 'kind' in type && type.kind !== undefined ? `${base} *${type.kind}*` : base;
}

/** As `typeToString`, with STRING and BYTES in SQL's long form, as SHOW CREATE TABLE prints them. */
export function typeToSqlString(type: LogicalType): string {
  const base =
    type.root === 'VARCHAR' || type.root === 'VARBINARY' ? `${type.root}(${type.length})` : baseName(type);
  return type.nullable ? base : `${base} NOT NULL`;
}

function baseName(type: LogicalType): string {
  switch (type.root) {
    case 'VARCHAR':
      return type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`;
    case 'VARBINARY':
      return type.length === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.length})`;
    case 'CHAR':
    case 'BINARY':
      return `${type.root}(${type.length})`;
    case 'INTEGER':
      return 'INT';
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
      return `TIME(${type.precision})`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.root}(${type.precision})`;
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL YEAR TO MONTH';
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL DAY TO SECOND(3)';
    case 'ARRAY':
    case 'MULTISET':
      return `${type.root}<${typeToString(type.element)}>`;
    case 'MAP':
      return `MAP<${typeToString(type.key)}, ${typeToString(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((f) => `\`${f.name}\` ${typeToString(f.type)}`).join(', ')}>`;
    default:
      return type.root;
  }
}
