// SQL values to JSON text, a writer a type (org.apache.flink.formats.json.RowDataToJsonConverters).
import type Big from 'big.js';
import { INT, type LogicalType, type MapType } from '../../types/logical-type.ts';
import type { Row } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import { dateToString } from '../../types/text/dates.ts';
import { decimalStripped, doubleToString, floatToString } from '../../types/text/numbers.ts';
import type { TimestampData } from '../../types/values.ts';
import { timestampFormatter, timestampLtzFormatter, writeTime } from '../time-formats.ts';
import type { JsonEncodeOptions } from './options.ts';
import { requireStringKey } from './readers.ts';
import { quote } from './text.ts';

type Writer = (value: unknown) => string;

/** Rows of these fields as JSON objects. */
export function rowWriter(fields: readonly Field[], options: JsonEncodeOptions): (row: Row) => string {
  const writers = fields.map((f) => namingErrors(f.name, writerOf(f.type, options)));
  const keys = fields.map((f) => `${quote(f.name)}:`);
  const { ignoreNullFields } = options;
  return (row) => {
    let text = '{';
    for (let i = 0; i < writers.length; i++) {
      const value = row[i] ?? null;
      if (value === null && ignoreNullFields) continue;
      if (text.length > 1) text += ',';
      text += keys[i]! + writers[i]!(value);
    }
    return `${text}}`;
  };
}

function namingErrors(name: string, write: Writer): Writer {
  return (value) => {
    try {
      return write(value);
    } catch (cause) {
      throw new Error(`Fail to serialize at field: ${name}.`, { cause });
    }
  };
}

/** NULL is JSON's null. */
export function writerOf(type: LogicalType, options: JsonEncodeOptions): Writer {
  const write = notNullWriter(type, options);
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

function notNullWriter(type: LogicalType, options: JsonEncodeOptions): Writer {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return (v) => quote(v as string);
    case 'FLOAT':
      return (v) => numberOrText(v as number, floatToString);
    case 'DOUBLE':
      return (v) => numberOrText(v as number, doubleToString);
    case 'DECIMAL':
      return options.decimalAsPlainNumber ? (v) => (v as Big).toFixed() : (v) => decimalStripped(v as Big);
    case 'DATE':
      return (v) => `"${dateToString(v as number)}"`;
    case 'TIME':
      return (v) => `"${writeTime(v as number)}"`;
    case 'TIMESTAMP': {
      const format = timestampFormatter(options.timestampFormat);
      return (v) => `"${format(v as TimestampData)}"`;
    }
    case 'TIMESTAMP_LTZ': {
      const format = timestampLtzFormatter(options.timestampFormat);
      return (v) => `"${format(v as TimestampData)}"`;
    }
    case 'BINARY':
    case 'VARBINARY':
      return (v) => `"${base64(v as Uint8Array)}"`;
    case 'ARRAY': {
      const element = writerOf(type.element, options);
      return (v) => `[${(v as readonly unknown[]).map(element).join(',')}]`;
    }
    case 'MULTISET':
      return mapWriter({ root: 'MAP', key: type.element, value: INT, nullable: type.nullable }, options);
    case 'MAP':
      return mapWriter(type, options);
    case 'ROW':
      return rowWriter(type.fields, options) as Writer;
    default:
      return String;
  }
}

/** JSON has no NaN and no Infinity: Jackson writes them as strings. */
function numberOrText(value: number, print: (v: number) => string): string {
  return Number.isFinite(value) ? print(value) : `"${print(value)}"`;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function mapWriter(type: MapType, options: JsonEncodeOptions): Writer {
  requireStringKey(type, type.key);
  const write = writerOf(type.value, options);
  return (map) => {
    let text = '{';
    for (const [key, value] of map as ReadonlyMap<string | null, unknown>) {
      const name = key ?? nullKey(options);
      if (name === null) continue;
      text += `${text.length > 1 ? ',' : ''}${quote(name)}:${write(value)}`;
    }
    return `${text}}`;
  };
}

/** What stands for a NULL key; null to drop the entry. */
function nullKey({ mapNullKeyMode, mapNullKeyLiteral }: JsonEncodeOptions): string | null {
  if (mapNullKeyMode === 'LITERAL') return mapNullKeyLiteral;
  if (mapNullKeyMode === 'DROP') return null;
  throw new Error(
    "JSON format doesn't support to serialize map data with null keys. You can drop null key entries or encode null in literals by specifying map-null-key.mode option.",
  );
}
