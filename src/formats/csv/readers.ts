// Texts of CSV fields to SQL values (org.apache.flink.formats.csv.CsvToRowDataConverters).
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, type RowType, typeToString } from '../../types/logical-type.ts';
import { parseBase64, parseDecimalText, parseDoubleText, parseIntText, parseLongText } from '../numbers.ts';
import { readDate, readTime, timestampLtzParser, timestampParser } from '../time-formats.ts';
import type { CsvDialect } from './options.ts';

export type FieldReader = (text: string) => unknown;

/** Reads a column; an error names it. With `ignoreParseErrors` a text that does not fit is NULL. */
export function columnReader(name: string, type: LogicalType, dialect: CsvDialect): FieldReader {
  const read = nullableReader(type, dialect);
  return (text) => {
    try {
      return read(text);
    } catch (cause) {
      throw new Error(`Fail to deserialize at field: ${name}.`, { cause });
    }
  };
}

function nullableReader(type: LogicalType, dialect: CsvDialect): FieldReader {
  const { nullLiteral, ignoreParseErrors } = dialect;
  const read = notNullReader(type, dialect);
  return (text) => {
    if (text === nullLiteral) return null;
    if (!ignoreParseErrors) return read(text);
    try {
      return read(text);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return null;
    }
  };
}

function notNullReader(type: LogicalType, dialect: CsvDialect): FieldReader {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return (text) => text;
    case 'BOOLEAN':
      return (text) => text.trim().toLowerCase() === 'true';
    case 'TINYINT':
      return (text) => parseIntText(text.trim(), 8);
    case 'SMALLINT':
      return (text) => parseIntText(text.trim(), 16);
    case 'INTEGER':
    case 'INTERVAL_YEAR_MONTH':
      return (text) => parseIntText(text.trim(), 32);
    case 'BIGINT':
      return (text) => parseLongText(text.trim());
    case 'INTERVAL_DAY_TIME':
      return (text) => Number(parseLongText(text.trim()));
    case 'FLOAT':
      return (text) => Math.fround(parseDoubleText(text));
    case 'DOUBLE':
      return parseDoubleText;
    case 'DECIMAL':
      return (text) => parseDecimalText(text.trim(), type.precision, type.scale);
    case 'DATE':
      return (text) => readDate(text);
    case 'TIME':
      return (text) => readTime(text, type.precision, true);
    case 'TIMESTAMP': {
      const parse = timestampParser('SQL');
      return (text) => parse(text, type.precision);
    }
    case 'TIMESTAMP_LTZ': {
      const parse = timestampLtzParser('SQL');
      return (text) => parse(text, type.precision);
    }
    case 'BINARY':
    case 'VARBINARY':
      return parseBase64;
    case 'ARRAY': {
      const element = nullableReader(type.element, dialect);
      return (text) => (text === '' ? [] : text.split(dialect.arrayDelimiter).map(element));
    }
    case 'ROW':
      return nestedRowReader(type, dialect);
    case 'NULL':
      return () => null;
    default:
      throw unsupported(type);
  }
}

function nestedRowReader(type: RowType, dialect: CsvDialect): FieldReader {
  const readers = type.fields.map((f) => nullableReader(f.type, dialect));
  return (text) => {
    const parts = text.split(dialect.arrayDelimiter);
    if (parts.length !== readers.length && !dialect.ignoreParseErrors) {
      throw lengthMismatch(readers.length, parts.length);
    }
    return readers.map((read, i) => (i < parts.length ? read(parts[i]!) : null));
  };
}

export function lengthMismatch(expected: number, actual: number): Error {
  return new Error(`Row length mismatch. ${expected} fields expected but was ${actual}.`);
}

export function unsupported(type: LogicalType): ValidationError {
  return new ValidationError(`Unsupported type: ${typeToString(type)} in format 'csv'.`);
}
