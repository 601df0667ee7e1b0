// The bytes of a cell, by its type. All numbers are little endian.
//
//   STRING (CHAR, VARCHAR)      UTF-8
//   BOOLEAN                     1 byte, 0 or 1
//   INT (TINYINT, SMALLINT, DATE, TIME)   4 bytes; DATE: days since 1970; TIME: milliseconds of the day
//   BIGINT                      8 bytes
//   FLOAT, DOUBLE               4 or 8 bytes, IEEE 754
//   DECIMAL                     its plain text
//   TIMESTAMP (TIMESTAMP_LTZ)   8 bytes milliseconds, 4 bytes nanoseconds of the millisecond
//   BYTES (BINARY, VARBINARY)   as they are
import Big from 'big.js';
import { ValidationError } from '../types/errors.ts';
import { type LogicalType, type LogicalTypeRoot, typeToString } from '../types/logical-type.ts';
import { TimestampData } from '../types/values.ts';

export type CellType =
  | 'STRING'
  | 'BOOLEAN'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'TIMESTAMP'
  | 'BYTES';

const CELL_TYPES: Readonly<Partial<Record<LogicalTypeRoot, CellType>>> = {
  CHAR: 'STRING',
  VARCHAR: 'STRING',
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'INT',
  SMALLINT: 'INT',
  INTEGER: 'INT',
  DATE: 'INT',
  TIME: 'INT',
  BIGINT: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  DECIMAL: 'DECIMAL',
  TIMESTAMP: 'TIMESTAMP',
  TIMESTAMP_LTZ: 'TIMESTAMP',
  BINARY: 'BYTES',
  VARBINARY: 'BYTES',
};

/** @throws ValidationError for types that no Redis table of a Flink job has */
export function cellTypeOf(column: string, type: LogicalType): CellType {
  const cell = CELL_TYPES[type.root];
  if (cell !== undefined) return cell;
  throw new ValidationError(
    `Column '${column}' is ${typeToString(type)}: on Apache Flink, a Redis table takes characters, numbers, booleans, bytes, dates and times only.`,
    { hint: 'Make it a STRING in the query, with JSON_STRING, JSON_OBJECT or CAST.' },
  );
}

const LENGTHS: Readonly<Partial<Record<CellType, number>>> = {
  BOOLEAN: 1,
  INT: 4,
  BIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
  TIMESTAMP: 12,
};

/** A value that is not NULL and no STRING. */
export function readValue(
  type: Exclude<CellType, 'STRING'>,
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
export function valueBytes(type: Exclude<CellType, 'STRING'>, value: unknown): Buffer {
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
