// The function that turns a value of one type into another: CAST at run time.
import type Big from 'big.js';
import { DataError, TableError } from '../../../types/errors.ts';
import { isCharacter, type LogicalType, MAX_LENGTH } from '../../../types/logical-type.ts';
import { calciteName, isBinary, isInteger, isInterval } from '../../types/families.ts';
import { codePointLength, codePointSlice } from '../code-points.ts';
import type { Zone } from '../datetime/zone.ts';
import { big, fitTo, toLong } from '../decimals.ts';
import { parseBigint, parseBoolean, parseDecimal, parseDouble, parseInteger } from './parse-number.ts';
import { dateTimeConverter } from './to-datetime.ts';
import { toStringOf } from './to-string.ts';

/** From a value that is not null; null where the value does not fit (DECIMAL overflow). */
export type Convert = (value: unknown) => unknown;

/** Nothing to do; compared by identity. */
export const IDENTITY: Convert = (value) => value;

/** @throws TableError when there is no such cast */
export function converterOf(from: LogicalType, to: LogicalType, zone: Zone): Convert {
  if (from.root === 'NULL') return IDENTITY;
  if (isCharacter(to)) return toCharacter(from, to, zone);
  const convert = scalarConverter(from, to, zone) ?? nestedConverter(from, to, zone);
  if (convert === undefined) {
    throw new TableError(`Unsupported casting from ${calciteName(from)} to ${calciteName(to)}.`);
  }
  return convert;
}

function scalarConverter(from: LogicalType, to: LogicalType, zone: Zone): Convert | undefined {
  switch (to.root) {
    case 'BOOLEAN':
      return toBoolean(from);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
      return toSmallInteger(from, to.root);
    case 'BIGINT':
      return toBigint(from);
    case 'FLOAT':
    case 'DOUBLE':
      return toDouble(from, to.root);
    case 'DECIMAL':
      return toDecimal(from, to.precision, to.scale);
    case 'BINARY':
    case 'VARBINARY':
      return toBytes(from, to.length, to.root === 'BINARY');
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return dateTimeConverter(from, to, zone);
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      if (from.root === to.root) return IDENTITY;
      return isInteger(from) ? (v) => Number(v) : undefined;
    default:
      return undefined;
  }
}

/** Cuts to VARCHAR(n); CHAR(n) is also filled up with blanks. Lengths count code points. */
function toCharacter(from: LogicalType, to: LogicalType & { length: number }, zone: Zone): Convert {
  const toText: Convert = isCharacter(from) ? IDENTITY : toStringOf(from, zone);
  const { length } = to;
  if (to.root === 'CHAR') {
    if (from.root === 'CHAR' && from.length === length) return IDENTITY;
    return (v) => padTo(toText(v) as string, length);
  }
  if (length === MAX_LENGTH || (isCharacter(from) && from.length <= length)) return toText;
  return (v) => cutTo(toText(v) as string, length);
}

export function cutTo(text: string, length: number): string {
  return text.length <= length ? text : codePointSlice(text, 0, length);
}

export function padTo(text: string, length: number): string {
  const own = codePointLength(text);
  if (own === length) return text;
  return own > length ? codePointSlice(text, 0, length) : text + ' '.repeat(length - own);
}

function toBoolean(from: LogicalType): Convert | undefined {
  if (from.root === 'BOOLEAN') return IDENTITY;
  if (isCharacter(from)) return (v) => parseBoolean(v as string);
  if (from.root === 'BIGINT') return (v) => v !== 0n;
  if (from.root === 'DECIMAL') return (v) => (v as Big).c[0] !== 0;
  return isNumber(from) ? (v) => v !== 0 : undefined;
}

/** A number type whose values are JS numbers. */
function isNumber(type: LogicalType): boolean {
  return (isInteger(type) && type.root !== 'BIGINT') || type.root === 'FLOAT' || type.root === 'DOUBLE';
}

const RANGES = { TINYINT: 127, SMALLINT: 32767, INTEGER: 2147483647 } as const;

function toSmallInteger(from: LogicalType, root: keyof typeof RANGES): Convert | undefined {
  const max = RANGES[root];
  const wrap = root === 'INTEGER' ? toInt : root === 'SMALLINT' ? toShort : toByte;
  if (isCharacter(from)) return (v) => parseInteger(v as string, -max - 1, max);
  switch (from.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
      return RANGES[from.root] <= max ? IDENTITY : (v) => wrap(v as number);
    case 'BIGINT':
      return (v) => wrap(Number(BigInt.asIntN(32, v as bigint)));
    case 'DECIMAL':
      return (v) => wrap(Number(BigInt.asIntN(32, toLong(v as Big))));
    case 'FLOAT':
    case 'DOUBLE':
      // Java narrows a floating-point number to int first: it saturates there, and wraps below.
      return (v) => wrap(saturate(v as number));
    case 'BOOLEAN':
      return (v) => (v === true ? 1 : 0);
    default:
      return isInterval(from) ? (v) => wrap(v as number) : undefined;
  }
}

function toInt(v: number): number {
  return v | 0;
}
function toShort(v: number): number {
  return (v << 16) >> 16;
}
function toByte(v: number): number {
  return (v << 24) >> 24;
}

/** Java's `(int)` of a double. */
function saturate(v: number): number {
  if (Number.isNaN(v)) return 0;
  if (v >= 2147483647) return 2147483647;
  return v <= -2147483648 ? -2147483648 : Math.trunc(v);
}

const MAX_LONG = 2n ** 63n - 1n;

/** Java's `(long)` of a double. */
export function doubleToLong(v: number): bigint {
  if (Number.isNaN(v)) return 0n;
  if (v >= 2 ** 63) return MAX_LONG;
  return v <= -(2 ** 63) ? -MAX_LONG - 1n : BigInt(Math.trunc(v));
}

function toBigint(from: LogicalType): Convert | undefined {
  if (isCharacter(from)) return (v) => parseBigint(v as string);
  switch (from.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
      return (v) => BigInt(v as number);
    case 'BIGINT':
      return IDENTITY;
    case 'DECIMAL':
      return (v) => toLong(v as Big);
    case 'FLOAT':
    case 'DOUBLE':
      return (v) => doubleToLong(v as number);
    case 'BOOLEAN':
      return (v) => (v === true ? 1n : 0n);
    default:
      return isInterval(from) ? (v) => BigInt(v as number) : undefined;
  }
}

function toDouble(from: LogicalType, root: 'FLOAT' | 'DOUBLE'): Convert | undefined {
  const round = root === 'FLOAT' ? Math.fround : (v: number) => v;
  if (isCharacter(from)) return (v) => round(parseDouble(v as string));
  switch (from.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'FLOAT':
      return IDENTITY;
    case 'INTEGER':
    case 'DOUBLE':
      return root === 'DOUBLE' ? IDENTITY : (v) => Math.fround(v as number);
    case 'BIGINT':
      return (v) => round(Number(v));
    case 'DECIMAL':
      // A DECIMAL has no negative zero.
      return (v) => round(Number(v) + 0);
    case 'BOOLEAN':
      return (v) => (v === true ? 1 : 0);
    default:
      return undefined;
  }
}

function toDecimal(from: LogicalType, precision: number, scale: number): Convert | undefined {
  if (isCharacter(from)) {
    return (v) => {
      const value = fitTo(parseDecimal(v as string), precision, scale);
      if (value === null) throw new DataError(`For input string: '${v as string}'. Overflow.`);
      return value;
    };
  }
  if (from.root === 'DECIMAL') {
    if (from.scale <= scale && from.precision - from.scale <= precision - scale) return IDENTITY;
    return (v) => fitTo(v as Big, precision, scale);
  }
  if (from.root === 'BIGINT') return (v) => fitTo(big((v as bigint).toString()), precision, scale);
  if (from.root === 'BOOLEAN') return (v) => fitTo(big(v === true ? 1 : 0), precision, scale);
  if (from.root === 'FLOAT' || from.root === 'DOUBLE') {
    return (v) => (Number.isFinite(v) ? fitTo(big(v as number), precision, scale) : null);
  }
  return isNumber(from) ? (v) => fitTo(big(v as number), precision, scale) : undefined;
}

function toBytes(from: LogicalType, length: number, pad: boolean): Convert | undefined {
  const encode: Convert | undefined = isCharacter(from)
    ? (v) => Buffer.from(v as string, 'utf8')
    : isBinary(from)
      ? IDENTITY
      : undefined;
  if (encode === undefined) return undefined;
  if (length === MAX_LENGTH && !pad) return encode;
  return (v) => {
    const bytes = encode(v) as Uint8Array;
    if (bytes.length === length || (bytes.length < length && !pad)) return bytes;
    if (bytes.length > length) return bytes.subarray(0, length);
    const padded = Buffer.alloc(length);
    padded.set(bytes);
    return padded;
  };
}

function nestedConverter(from: LogicalType, to: LogicalType, zone: Zone): Convert | undefined {
  if (from.root === 'ARRAY' && to.root === 'ARRAY') {
    const element = nullable(converterOf(from.element, to.element, zone));
    return element === IDENTITY ? IDENTITY : (v) => (v as readonly unknown[]).map(element);
  }
  if (from.root === 'MULTISET' && to.root === 'MULTISET') {
    return mapConverter(nullable(converterOf(from.element, to.element, zone)), IDENTITY);
  }
  if (from.root === 'MAP' && to.root === 'MAP') {
    return mapConverter(
      nullable(converterOf(from.key, to.key, zone)),
      nullable(converterOf(from.value, to.value, zone)),
    );
  }
  if (from.root === 'ROW' && to.root === 'ROW' && from.fields.length === to.fields.length) {
    const fields = from.fields.map((f, i) => nullable(converterOf(f.type, to.fields[i]!.type, zone)));
    if (fields.every((f) => f === IDENTITY)) return IDENTITY;
    return (v) => (v as readonly unknown[]).map((x, i) => fields[i]!(x));
  }
  return from.root === to.root ? IDENTITY : undefined;
}

function mapConverter(key: Convert, value: Convert): Convert {
  if (key === IDENTITY && value === IDENTITY) return IDENTITY;
  return (v) => new Map([...(v as ReadonlyMap<unknown, unknown>)].map(([k, x]) => [key(k), value(x)]));
}

function nullable(convert: Convert): Convert {
  return convert === IDENTITY ? IDENTITY : (v) => (v === null || v === undefined ? null : convert(v));
}
