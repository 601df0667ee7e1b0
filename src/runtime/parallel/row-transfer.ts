// Batches on their way from one thread to another: by column, in forms that the structured clone copies fast. Numbers go as
// arrays of numbers that are handed over; classes, which a clone does not know, by their content.
import Big from 'big.js';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';
import { TimestampData } from '../../types/values.ts';
import { decodeValue, encodeValue } from '../checkpoint/value-codec.ts';

type PackedColumn = readonly unknown[] | Float64Array | BigInt64Array | PackedTimestamps;

interface PackedTimestamps {
  /** NaN: NULL. */
  readonly milliseconds: Float64Array;
  readonly nanos: Int32Array;
}

export interface PackedBatch {
  readonly count: number;
  readonly kinds: Uint8Array | null;
  readonly columns: readonly PackedColumn[];
}

interface ColumnTransfer {
  /** @param handOver takes the buffers that need not be copied */
  pack(rows: readonly Row[], column: number, handOver: ArrayBuffer[]): PackedColumn;
  unpack(packed: PackedColumn, rows: unknown[][], column: number): void;
}

export class RowTransfer {
  readonly #columns: readonly ColumnTransfer[];

  constructor(schema: Schema) {
    this.#columns = schema.fields.map(({ type }) => transferOf(type));
  }

  /** @returns what to post, and what to post along with it */
  pack(batch: RowBatch): { packed: PackedBatch; handOver: ArrayBuffer[] } {
    const handOver: ArrayBuffer[] = [];
    const columns = this.#columns.map((transfer, i) => transfer.pack(batch.rows, i, handOver));
    // Kinds are often a part of a longer array.
    const kinds = batch.kinds === null ? null : batch.kinds.slice(0, batch.rows.length);
    return { packed: { count: batch.rows.length, kinds, columns }, handOver };
  }

  unpack({ count, kinds, columns }: PackedBatch): RowBatch {
    const width = columns.length;
    const rows = Array.from({ length: count }, () => new Array<unknown>(width));
    for (let i = 0; i < width; i++) this.#columns[i]!.unpack(columns[i]!, rows, i);
    return { rows, kinds };
  }
}

function transferOf(type: LogicalType): ColumnTransfer {
  switch (type.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
    case 'FLOAT':
    case 'DOUBLE':
      return NUMBERS;
    case 'BIGINT':
      return BIGINTS;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return TIMESTAMPS;
    case 'CHAR':
    case 'VARCHAR':
    case 'BOOLEAN':
    case 'NULL':
      return values(
        (value) => value,
        (value) => value,
      );
    case 'BINARY':
    case 'VARBINARY':
      // A copy of its own: a clone would take all of the buffer that the bytes are a part of.
      return values(
        (value) => Uint8Array.from(value as Uint8Array),
        (value) => Buffer.from((value as Uint8Array).buffer as ArrayBuffer),
      );
    case 'DECIMAL':
      return values(
        (value) => (value as Big).toString(),
        (value) => new Big(value as string),
      );
    default:
      return values(encodeValue, decodeValue);
  }
}

/** One value after the other; NULL as it is. */
function values(encode: (value: unknown) => unknown, decode: (value: unknown) => unknown): ColumnTransfer {
  return {
    pack: (rows, column) => rows.map((row) => (row[column] === null ? null : encode(row[column]))),
    unpack(packed, rows, column) {
      const all = packed as readonly unknown[];
      for (let i = 0; i < rows.length; i++) rows[i]![column] = all[i] === null ? null : decode(all[i]);
    },
  };
}

/** Copies a column without NULLs into an array of numbers; one with NULLs stays a list. */
function numeric<T extends Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>>(
  allocate: (length: number) => T,
): ColumnTransfer {
  return {
    pack(rows, column, handOver) {
      const all = allocate(rows.length);
      for (let i = 0; i < rows.length; i++) {
        const value = rows[i]![column];
        if (value === null) return rows.map((row) => row[column]);
        all[i] = value as T[number];
      }
      handOver.push(all.buffer);
      return all;
    },
    unpack(packed, rows, column) {
      const all = packed as readonly unknown[] | T;
      for (let i = 0; i < rows.length; i++) rows[i]![column] = all[i];
    },
  };
}

const NUMBERS = numeric((length) => new Float64Array(length));
const BIGINTS = numeric((length) => new BigInt64Array(length));

const TIMESTAMPS: ColumnTransfer = {
  pack(rows, column, handOver) {
    const milliseconds = new Float64Array(rows.length);
    const nanos = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const value = rows[i]![column] as TimestampData | null;
      milliseconds[i] = value === null ? Number.NaN : value.millisecond;
      nanos[i] = value === null ? 0 : value.nanoOfMillisecond;
    }
    handOver.push(milliseconds.buffer, nanos.buffer);
    return { milliseconds, nanos };
  },
  unpack(packed, rows, column) {
    const { milliseconds, nanos } = packed as PackedTimestamps;
    for (let i = 0; i < rows.length; i++) {
      const at = milliseconds[i]!;
      rows[i]![column] = Number.isNaN(at) ? null : new TimestampData(at, nanos[i]);
    }
  },
};
