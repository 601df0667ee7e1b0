// JSON values to SQL values, a reader a type (org.apache.flink.formats.json.JsonParserToRowDataConverters). A reader is
// called with the cursor on the value's first byte and leaves it behind the value.
import { ValidationError } from '../../types/errors.ts';
import {
  type ArrayType,
  type DecimalType,
  INT,
  isCharacter,
  type LogicalType,
  type MapType,
  typeToString,
} from '../../types/logical-type.ts';
import type { Field } from '../../types/schema.ts';
import {
  inRange,
  longInRange,
  parseBase64,
  parseDecimalText,
  parseDoubleText,
  parseIntText,
  parseLongText,
} from '../numbers.ts';
import { readDate, readTime, timestampLtzParser, timestampParser } from '../time-formats.ts';
import type { JsonDecodeOptions } from './options.ts';
import { JsonRowReader, type Reader } from './row-reader.ts';
import type { JsonScanner } from './scanner.ts';
import { ShapedReader } from './shaped-reader.ts';
import { isDefect, isDigit, JsonSyntaxError } from './syntax.ts';
import { compactText } from './text.ts';

/** Reads objects as rows of these fields. */
export function rowReader(fields: readonly Field[], options: JsonDecodeOptions): JsonRowReader {
  const readers = fields.map((f) => readerOf(f.type, options));
  return new JsonRowReader(fields, readers, options.failOnMissingField);
}

/** The reader of a type: JSON's null is NULL; with `ignoreParseErrors` a value that does not fit is NULL too. */
export function readerOf(type: LogicalType, options: JsonDecodeOptions): Reader {
  const read = notNullReader(type, options);
  if (!options.ignoreParseErrors) {
    return (s) => (s.bytes[s.pos] === 110 ? readNull(s) : read(s));
  }
  return (s) => {
    if (s.bytes[s.pos] === 110) return readNull(s);
    const from = s.pos;
    try {
      return read(s);
    } catch (error) {
      if (error instanceof JsonSyntaxError || isDefect(error)) throw error;
      s.pos = from;
      s.skipValue();
      return null;
    }
  };
}

function readNull(s: JsonScanner): null {
  s.literal('null');
  return null;
}

function notNullReader(type: LogicalType, options: JsonDecodeOptions): Reader {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return readString;
    case 'BOOLEAN':
      return readBoolean;
    case 'TINYINT':
      return (s) => readSmallInteger(s, 8);
    case 'SMALLINT':
      return (s) => readSmallInteger(s, 16);
    case 'INTEGER':
    case 'INTERVAL_YEAR_MONTH':
      return readInteger;
    case 'BIGINT':
      return readLong;
    case 'INTERVAL_DAY_TIME':
      return (s) => Number(readLong(s));
    case 'FLOAT':
      return (s) => Math.fround(readDouble(s));
    case 'DOUBLE':
      return readDouble;
    case 'DECIMAL':
      return decimalReader(type);
    case 'DATE':
      return (s) => readDate(scalarText(s));
    case 'TIME':
      return (s) => readTime(scalarText(s), type.precision);
    case 'TIMESTAMP': {
      const parse = timestampParser(options.timestampFormat);
      return (s) => parse(scalarText(s), type.precision);
    }
    case 'TIMESTAMP_LTZ': {
      const parse = timestampLtzParser(options.timestampFormat);
      return (s) => parse(scalarText(s), type.precision);
    }
    case 'BINARY':
    case 'VARBINARY':
      return readBytes;
    case 'ARRAY':
      return arrayReader(type, options);
    case 'MULTISET':
      return mapReader(type, type.element, INT, options);
    case 'MAP':
      return mapReader(type, type.key, type.value, options);
    case 'ROW': {
      const row = new ShapedReader(rowReader(type.fields, options));
      return (s) => row.read(s);
    }
    case 'NULL':
      return (s) => {
        s.skipValue();
        return null;
      };
  }
}

/** The text of a string, number, `true` or `false`. */
function scalarText(s: JsonScanner): string {
  const c = s.pos < s.end ? s.bytes[s.pos]! : -1;
  if (c === 34) return s.string();
  if (c === 123 || c === 91)
    throw new Error(`${c === 123 ? 'An object' : 'An array'} where a value is expected.`);
  const from = s.pos;
  s.skipValue();
  return s.bytes.latin1Slice(from, s.pos);
}

function isNumber(s: JsonScanner): boolean {
  const c = s.pos < s.end ? s.bytes[s.pos]! : -1;
  return c === 45 || isDigit(c);
}

/** Numbers keep their text, objects and arrays become compact JSON. */
function readString(s: JsonScanner): string {
  const c = s.bytes[s.pos];
  if (c === 34) return s.string();
  return c === 123 || c === 91 ? compactText(s) : scalarText(s);
}

function readBoolean(s: JsonScanner): boolean {
  return scalarText(s).trim().toLowerCase() === 'true';
}

function readSmallInteger(s: JsonScanner, bits: number): number {
  return parseIntText(scalarText(s).trim(), bits);
}

function readInteger(s: JsonScanner): number {
  const short = shortInteger(s);
  if (short !== null) return inRange(short, 32, String(short));
  const number = isNumber(s);
  const text = scalarText(s);
  if (!number) return parseIntText(text.trim(), 32);
  return inRange(Math.trunc(Number(text)), 32, text);
}

function readLong(s: JsonScanner): bigint {
  const short = shortInteger(s);
  if (short !== null) return BigInt(short);
  const number = isNumber(s);
  const text = scalarText(s);
  if (!number) return parseLongText(text.trim());
  if (!s.isFloat) return longInRange(BigInt(text), text);
  const value = Math.trunc(Number(text));
  return longInRange(Number.isFinite(value) ? BigInt(value) : 2n ** 64n, text);
}

/** An integer of at most 15 digits, read straight from the bytes; null (and nothing is passed) for anything else. */
function shortInteger(s: JsonScanner): number | null {
  const { bytes, pos, end } = s;
  const negative = bytes[pos] === 45;
  const first = negative ? pos + 1 : pos;
  let i = first;
  let value = 0;
  while (i < end) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    i++;
  }
  const digits = i - first;
  if (digits === 0 || digits > 15 || i >= end || (digits > 1 && bytes[first] === 48)) return null;
  const c = bytes[i]!;
  if (c !== 44 && c !== 125 && c !== 93 && c !== 32) return null;
  s.pos = i;
  return negative && value !== 0 ? -value : value;
}

function readDouble(s: JsonScanner): number {
  if (!isNumber(s)) return parseDoubleText(scalarText(s));
  const from = s.pos;
  s.skipNumber();
  const value = Number(s.bytes.latin1Slice(from, s.pos));
  // Java reads `-0` as the integer 0.
  return value === 0 && !s.isFloat ? 0 : value;
}

function decimalReader({ precision, scale }: DecimalType): Reader {
  return (s) => {
    if (!isNumber(s) && s.bytes[s.pos] !== 34) throw new Error('A number is expected.');
    return parseDecimalText(scalarText(s).trim(), precision, scale);
  };
}

function readBytes(s: JsonScanner): Uint8Array {
  if (s.bytes[s.pos] !== 34) throw new Error('A base64 string is expected.');
  return parseBase64(s.string());
}

function arrayReader(type: ArrayType, options: JsonDecodeOptions): Reader {
  const element = readerOf(type.element, options);
  return (s) => {
    if (s.bytes[s.pos] !== 91) throw new Error('Illegal JSON array data...');
    const values: unknown[] = [];
    if (s.enter() === 93) {
      s.pos++;
      return values;
    }
    do values.push(element(s));
    while (s.next(93) !== -1);
    return values;
  };
}

function mapReader(
  type: ArrayType | MapType,
  key: LogicalType,
  value: LogicalType,
  options: JsonDecodeOptions,
): Reader {
  requireStringKey(type, key);
  const read = readerOf(value, options);
  return (s) => {
    if (s.bytes[s.pos] !== 123) throw new Error('Illegal JSON map data...');
    const map = new Map<string, unknown>();
    let c = s.enter();
    if (c === 125) {
      s.pos++;
      return map;
    }
    do {
      if (c !== 34) throw s.unexpected(s.pos, 'double-quote to start field name');
      const name = s.string();
      s.colon();
      map.set(name, read(s));
      c = s.next(125);
    } while (c !== -1);
    return map;
  };
}

/** JSON's objects have text keys only. */
export function requireStringKey(type: LogicalType, key: LogicalType): void {
  if (isCharacter(key)) return;
  throw new ValidationError(
    `JSON format doesn't support non-string as key type of map. The type is: ${typeToString(type)}`,
  );
}
