// Rows to lines of CSV (org.apache.flink.formats.csv.RowDataToCsvConverters and Jackson's rules of quoting).
import type Big from 'big.js';
import type { Encoder } from '../../connector/format.ts';
import { DataError } from '../../types/errors.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Schema } from '../../types/schema.ts';
import { dateToString } from '../../types/text/dates.ts';
import { decimalStripped, doubleToString, floatToString } from '../../types/text/numbers.ts';
import { rowToString } from '../../types/text/row-text.ts';
import { timestampFormatter, timestampLtzFormatter, writeTime } from '../time-formats.ts';
import type { CsvDialect } from './options.ts';
import { unsupported } from './readers.ts';

type Writer = (value: unknown) => string;

/** Texts longer than this are quoted without a look at their characters. */
const MAX_CHECKED = 24;

export function csvEncoder(schema: Schema, dialect: CsvDialect): Encoder {
  const writers = schema.fields.map((field) => columnWriter(field.type, dialect));
  const { delimiter } = dialect;
  return {
    encode(row, kind) {
      try {
        return Buffer.from(writers.map((write, i) => write(row[i] ?? null)).join(delimiter), 'utf8');
      } catch (cause) {
        throw new DataError(`Could not serialize row '${rowToString(row, kind, schema)}'.`, { cause });
      }
    },
  };
}

function columnWriter(type: LogicalType, dialect: CsvDialect): Writer {
  const write = notNullWriter(type, dialect, true);
  const quote = isNumeric(type) ? (text: string) => text : quoter(dialect);
  const nullText = dialect.nullLiteral ?? '';
  return (value) => (value === null ? nullText : quote(write(value)));
}

function isNumeric(type: LogicalType): boolean {
  switch (type.root) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DECIMAL':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return true;
    default:
      return false;
  }
}

/** Quotes what has to be, and (as Jackson does) what might have to be: long texts and characters up to the delimiter's code. */
function quoter({ delimiter, quote, escape: escapeChar }: CsvDialect): (text: string) => string {
  if (quote === undefined) return (text) => text;
  const special = [delimiter, quote, escapeChar ?? '', '\r', '\n'].map((c) =>
    c === '' ? 0 : c.charCodeAt(0),
  );
  const minSafe = Math.max(...special) + 1;
  const doubled = (text: string) => {
    const escaped = escapeChar === undefined ? text : text.replaceAll(escapeChar, escapeChar + escapeChar);
    return `${quote}${escaped.replaceAll(quote, quote + quote)}${quote}`;
  };
  return (text) => {
    if (text.length > MAX_CHECKED) return doubled(text);
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < minSafe) return doubled(text);
    return text;
  };
}

function notNullWriter(type: LogicalType, dialect: CsvDialect, top: boolean): Writer {
  switch (type.root) {
    case 'FLOAT':
      return (v) => floatToString(v as number);
    case 'DOUBLE':
      return (v) => doubleToString(v as number);
    case 'DECIMAL':
      return dialect.scientificDecimals ? (v) => decimalStripped(v as Big) : (v) => (v as Big).toFixed();
    case 'DATE':
      return (v) => dateToString(v as number);
    case 'TIME':
      return (v) => writeTime(v as number);
    case 'TIMESTAMP':
      return timestampFormatter('SQL') as Writer;
    case 'TIMESTAMP_LTZ':
      return timestampLtzFormatter('SQL') as Writer;
    case 'BINARY':
    case 'VARBINARY':
      return (v) => Buffer.from(v as Uint8Array).toString('base64');
    case 'ARRAY': {
      if (!top) throw unsupported(type);
      const write = elementWriter(type.element, dialect);
      return (v) => (v as readonly unknown[]).map(write).join(dialect.arrayDelimiter);
    }
    case 'ROW': {
      if (!top) throw unsupported(type);
      const writers = type.fields.map((f) => elementWriter(f.type, dialect));
      return (v) =>
        writers.map((write, i) => write((v as readonly unknown[])[i] ?? null)).join(dialect.arrayDelimiter);
    }
    case 'MAP':
    case 'MULTISET':
      throw unsupported(type);
    default:
      return String;
  }
}

function elementWriter(type: LogicalType, dialect: CsvDialect): Writer {
  const write = notNullWriter(type, dialect, false);
  const nullText = dialect.nullLiteral ?? '';
  return (value) => (value === null ? nullText : write(value));
}
