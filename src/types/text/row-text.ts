// A row as the `print` connector shows it: org.apache.flink.types.Row.toString, `+I[1, a]`, with java.time's texts for
// dates and times.
import type Big from 'big.js';
import type { LogicalType } from '../logical-type.ts';
import { type Row, rowKindShort } from '../row.ts';
import type { Schema } from '../schema.ts';
import type { TimestampData } from '../values.ts';
import { dateToString } from './dates.ts';
import { decimalToString, doubleToString, floatToString } from './numbers.ts';
import { timeToString } from './times.ts';
import { instantToString, localDateTimeToString } from './timestamps.ts';

type Printer = (value: unknown) => string;

/** Prints rows of one schema; make it once, call it per row. */
export function rowPrinter(schema: Schema): (row: Row, kind: number) => string {
  const printers = schema.fields.map((field) => printerOf(field.type));
  return (row, kind) => `${rowKindShort(kind)}${printFields(row, printers)}`;
}

/** `+I[1, a]` */
export function rowToString(row: Row, kind: number, schema: Schema): string {
  return rowPrinter(schema)(row, kind);
}

/** One value as `print` shows it. */
export function valueToString(value: unknown, type: LogicalType): string {
  return printerOf(type)(value);
}

function printFields(row: readonly unknown[], printers: readonly Printer[]): string {
  let text = '[';
  for (let i = 0; i < printers.length; i++) text += (i === 0 ? '' : ', ') + printers[i]!(row[i]);
  return `${text}]`;
}

function printerOf(type: LogicalType): Printer {
  const print = notNullPrinter(type);
  return (value) => (value === null || value === undefined ? 'null' : print(value));
}

function notNullPrinter(type: LogicalType): Printer {
  switch (type.root) {
    case 'FLOAT':
      return (v) => floatToString(v as number);
    case 'DOUBLE':
      return (v) => doubleToString(v as number);
    case 'DECIMAL':
      return (v) => decimalToString(v as Big, type.scale);
    case 'DATE':
      return (v) => dateToString(v as number);
    case 'TIME':
      return (v) => localTimeToString(v as number);
    case 'TIMESTAMP':
      return (v) => localDateTimeToString(v as TimestampData);
    case 'TIMESTAMP_LTZ':
      return (v) => instantToString(v as TimestampData);
    case 'BINARY':
    case 'VARBINARY':
      return (v) => `[${[...(v as Uint8Array)].map((b) => (b << 24) >> 24).join(', ')}]`;
    case 'INTERVAL_YEAR_MONTH':
      return (v) => periodToString(v as number);
    case 'INTERVAL_DAY_TIME':
      return (v) => durationToString(v as number);
    case 'ARRAY': {
      const element = printerOf(type.element);
      return (v) => `[${(v as readonly unknown[]).map(element).join(', ')}]`;
    }
    case 'MULTISET':
      return mapPrinter(printerOf(type.element), String);
    case 'MAP':
      return mapPrinter(printerOf(type.key), printerOf(type.value));
    case 'ROW': {
      const printers = type.fields.map((field) => printerOf(field.type));
      return (v) => `+I${printFields(v as readonly unknown[], printers)}`;
    }
    default:
      return String;
  }
}

function mapPrinter(key: Printer, value: Printer): Printer {
  return (v) =>
    `{${[...(v as ReadonlyMap<unknown, unknown>)].map(([k, x]) => `${key(k)}=${value(x)}`).join(', ')}}`;
}

/** java.time's `LocalTime.toString`: `03:04`, `03:04:05`, `03:04:05.120`. */
function localTimeToString(millis: number): string {
  const text = timeToString(millis);
  const fraction = millis % 1000;
  if (fraction !== 0) return `${text}.${String(fraction).padStart(3, '0')}`;
  return text.endsWith(':00') ? text.slice(0, -3) : text;
}

/** java.time's `Period.toString`: `P1Y2M`. */
function periodToString(months: number): string {
  const years = Math.trunc(months / 12);
  const rest = months % 12;
  if (months === 0) return 'P0D';
  return `P${years === 0 ? '' : `${years}Y`}${rest === 0 ? '' : `${rest}M`}`;
}

/** java.time's `Duration.toString`: `PT26H3M4.5S`. */
function durationToString(millis: number): string {
  if (millis === 0) return 'PT0S';
  const hours = Math.trunc(millis / 3_600_000);
  const minutes = Math.trunc((millis % 3_600_000) / 60_000);
  const seconds = (millis % 60_000) / 1000;
  return `PT${hours === 0 ? '' : `${hours}H`}${minutes === 0 ? '' : `${minutes}M`}${seconds === 0 ? '' : `${seconds}S`}`;
}
