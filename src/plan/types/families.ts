// Groups of types (org.apache.calcite.sql.type.SqlTypeFamily): what operators and functions accept.
import type {
  BinaryType,
  CharType,
  DecimalType,
  IntervalType,
  LogicalType,
  LogicalTypeRoot,
  TimeType,
} from '../../types/logical-type.ts';

export type Family =
  | 'ANY'
  | 'CHARACTER'
  | 'BINARY'
  /** Characters or bytes. */
  | 'STRING'
  | 'NUMERIC'
  | 'EXACT_NUMERIC'
  | 'INTEGER'
  | 'BOOLEAN'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP'
  | 'DATETIME'
  | 'DATETIME_INTERVAL'
  | 'ARRAY'
  | 'MULTISET'
  | 'MAP'
  | 'ROW'
  /** A keyword: a time unit, BOTH. */
  | 'SYMBOL';

const INTEGER_ROOTS: ReadonlySet<LogicalTypeRoot> = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT']);

export function isInteger(type: LogicalType): boolean {
  return INTEGER_ROOTS.has(type.root);
}

export function isDecimal(type: LogicalType): type is DecimalType {
  return type.root === 'DECIMAL';
}

export function isExactNumeric(type: LogicalType): boolean {
  return type.root === 'DECIMAL' || INTEGER_ROOTS.has(type.root);
}

export function isApproximate(type: LogicalType): boolean {
  return type.root === 'FLOAT' || type.root === 'DOUBLE';
}

export function isNumeric(type: LogicalType): boolean {
  return isExactNumeric(type) || isApproximate(type);
}

export function isBinary(type: LogicalType): type is BinaryType {
  return type.root === 'BINARY' || type.root === 'VARBINARY';
}

export function isTimestamp(type: LogicalType): type is TimeType {
  return type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ';
}

export function isDateTime(type: LogicalType): boolean {
  return type.root === 'DATE' || type.root === 'TIME' || isTimestamp(type);
}

export function isInterval(type: LogicalType): type is IntervalType {
  return type.root === 'INTERVAL_YEAR_MONTH' || type.root === 'INTERVAL_DAY_TIME';
}

/** The type of a keyword argument (`HOUR`, `BOTH`); compared by identity. Its values are strings. */
export const SYMBOL: CharType = { root: 'CHAR', length: 0, nullable: false };

/** NULL belongs to every family. */
export function belongsTo(type: LogicalType, family: Family): boolean {
  if (type === SYMBOL) return family === 'SYMBOL' || family === 'ANY';
  if (family === 'ANY' || type.root === 'NULL') return family !== 'SYMBOL';
  return familyTest(type, family);
}

function familyTest(type: LogicalType, family: Family): boolean {
  switch (family) {
    case 'CHARACTER':
      return type.root === 'CHAR' || type.root === 'VARCHAR';
    case 'BINARY':
      return isBinary(type);
    case 'STRING':
      return type.root === 'CHAR' || type.root === 'VARCHAR' || isBinary(type);
    case 'NUMERIC':
      return isNumeric(type);
    case 'EXACT_NUMERIC':
      return isExactNumeric(type);
    case 'INTEGER':
      return isInteger(type);
    case 'TIMESTAMP':
      return isTimestamp(type);
    case 'DATETIME':
      return isDateTime(type);
    case 'DATETIME_INTERVAL':
      return isInterval(type);
    default:
      return type.root === family;
  }
}

/** The family's name as Calcite's `No match found for function signature` has it. */
export function familyName(type: LogicalType): string {
  if (type === SYMBOL) return 'SYMBOL';
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return 'CHARACTER';
    case 'BINARY':
    case 'VARBINARY':
      return 'BINARY';
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return 'TIMESTAMP';
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
    case 'BOOLEAN':
    case 'DATE':
    case 'TIME':
    case 'NULL':
    case 'MULTISET':
      return type.root;
    case 'ARRAY':
    case 'MAP':
    case 'ROW':
      return calciteName(type);
    default:
      return 'NUMERIC';
  }
}

/** A type as Calcite prints it: `VARCHAR(2147483647)`, `INTEGER`, `TIMESTAMP_WITH_LOCAL_TIME_ZONE(3)`, `INTEGER ARRAY`. */
export function calciteName(type: LogicalType): string {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return `${type.root}(${type.length})`;
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
    case 'TIMESTAMP':
      return `${type.root}(${type.precision})`;
    case 'TIMESTAMP_LTZ':
      return `TIMESTAMP_WITH_LOCAL_TIME_ZONE(${type.precision})`;
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL YEAR TO MONTH';
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL DAY TO SECOND(3)';
    case 'ARRAY':
    case 'MULTISET':
      return `${calciteName(type.element)} ${type.root}`;
    case 'MAP':
      return `(${calciteName(type.key)}, ${calciteName(type.value)}) MAP`;
    case 'ROW':
      return `RecordType(${type.fields.map((f) => `${calciteName(f.type)} ${f.name}`).join(', ')})`;
    default:
      return type.root;
  }
}
