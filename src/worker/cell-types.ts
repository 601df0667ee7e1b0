// The bytes of a cell, by its type. All numbers are little endian.
//
//   STRING (CHAR, VARCHAR)      UTF-8
//   BOOLEAN                     1 byte, 0 or 1
//   INT (TINYINT, SMALLINT, DATE, TIME)   4 bytes; DATE: days since 1970; TIME: milliseconds of the day
//   BIGINT                      8 bytes
//   INTERVAL                    as INT (months) or BIGINT (milliseconds)
//   FLOAT, DOUBLE               4 or 8 bytes, IEEE 754
//   DECIMAL                     its plain text
//   TIMESTAMP (TIMESTAMP_LTZ)   8 bytes milliseconds, 4 bytes nanoseconds of the millisecond
//   BYTES (BINARY, VARBINARY)   as they are
//   ARRAY                       u32 n | n x cell
//   MAP, MULTISET               u32 n | n x (cell of the key | cell of the value)
//   ROW                         u16 n | n x cell
import Big from 'big.js';
import { ValidationError } from '../types/errors.ts';
import { type LogicalType, type LogicalTypeRoot, typeToString } from '../types/logical-type.ts';
import { TimestampData } from '../types/values.ts';

export type ScalarCell =
  | 'STRING'
  /** A STRING that stays as it is. */
  | 'ENCODED'
  | 'BOOLEAN'
  | 'INT'
  | 'BIGINT'
  | 'MILLIS'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'TIMESTAMP'
  | 'BYTES';

/** A value made of others; a MULTISET is a MAP to INT. */
export type NestedCell =
  | { readonly kind: 'ARRAY'; readonly element: CellType }
  | { readonly kind: 'MAP'; readonly key: CellType; readonly value: CellType }
  | { readonly kind: 'ROW'; readonly fields: readonly CellType[] };

export type CellType = ScalarCell | NestedCell;

const SCALARS: Readonly<Partial<Record<LogicalTypeRoot, ScalarCell>>> = {
  CHAR: 'STRING',
  VARCHAR: 'STRING',
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'INT',
  SMALLINT: 'INT',
  INTEGER: 'INT',
  DATE: 'INT',
  TIME: 'INT',
  INTERVAL_YEAR_MONTH: 'INT',
  INTERVAL_DAY_TIME: 'MILLIS',
  BIGINT: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  DECIMAL: 'DECIMAL',
  TIMESTAMP: 'TIMESTAMP',
  TIMESTAMP_LTZ: 'TIMESTAMP',
  BINARY: 'BYTES',
  VARBINARY: 'BYTES',
};

/** @throws ValidationError for types that no table has */
export function cellTypeOf(column: string, type: LogicalType): CellType {
  switch (type.root) {
    case 'ARRAY':
      return { kind: 'ARRAY', element: cellTypeOf(column, type.element) };
    case 'MULTISET':
      return { kind: 'MAP', key: cellTypeOf(column, type.element), value: 'INT' };
    case 'MAP':
      return { kind: 'MAP', key: cellTypeOf(column, type.key), value: cellTypeOf(column, type.value) };
    case 'ROW':
      return { kind: 'ROW', fields: type.fields.map((field) => cellTypeOf(column, field.type)) };
    default:
  }
  const scalar = SCALARS[type.root];
  if (scalar !== undefined) return scalar;
  throw new ValidationError(
    `Column '${column}' is ${typeToString(type)}, which a Redis table does not take.`,
    {
      hint: 'Make it a STRING in the query, with CAST.',
    },
  );
}

const LENGTHS: Readonly<Partial<Record<ScalarCell, number>>> = {
  BOOLEAN: 1,
  INT: 4,
  BIGINT: 8,
  MILLIS: 8,
  FLOAT: 4,
  DOUBLE: 8,
  TIMESTAMP: 12,
};

/** A value that is not NULL and no STRING. */
export function readValue(
  type: Exclude<ScalarCell, 'STRING' | 'ENCODED'>,
  body: Buffer,
  at: number,
  length: number,
): unknown {
  const expected = LENGTHS[type];
  if (expected !== undefined && expected !== length) throw new Error(`${type} of ${length} bytes.`);
  switch (type) {
    case 'BOOLEAN':
      return body[at] !== 0;
    case 'INT':
      return body.readInt32LE(at);
    case 'BIGINT':
      return body.readBigInt64LE(at);
    case 'MILLIS':
      return Number(body.readBigInt64LE(at));
    case 'FLOAT':
      return body.readFloatLE(at);
    case 'DOUBLE':
      return body.readDoubleLE(at);
    case 'DECIMAL':
      return new Big(body.toString('latin1', at, at + length));
    case 'TIMESTAMP':
      return new TimestampData(Number(body.readBigInt64LE(at)), body.readInt32LE(at + 8));
    case 'BYTES':
      return Buffer.from(body.subarray(at, at + length));
  }
}

/** The other way. */
export function valueBytes(type: Exclude<ScalarCell, 'STRING' | 'ENCODED'>, value: unknown): Buffer {
  const bytes = Buffer.alloc(LENGTHS[type] ?? 0);
  switch (type) {
    case 'BOOLEAN':
      bytes[0] = value === true ? 1 : 0;
      return bytes;
    case 'INT':
      bytes.writeInt32LE(value as number);
      return bytes;
    case 'BIGINT':
      bytes.writeBigInt64LE(value as bigint);
      return bytes;
    case 'MILLIS':
      bytes.writeBigInt64LE(BigInt(value as number));
      return bytes;
    case 'FLOAT':
      bytes.writeFloatLE(value as number);
      return bytes;
    case 'DOUBLE':
      bytes.writeDoubleLE(value as number);
      return bytes;
    case 'DECIMAL':
      return Buffer.from((value as Big).toFixed(), 'latin1');
    case 'TIMESTAMP': {
      const { millisecond, nanoOfMillisecond } = value as TimestampData;
      bytes.writeBigInt64LE(BigInt(millisecond));
      bytes.writeInt32LE(nanoOfMillisecond, 8);
      return bytes;
    }
    case 'BYTES':
      return Buffer.from(value as Uint8Array);
  }
}
