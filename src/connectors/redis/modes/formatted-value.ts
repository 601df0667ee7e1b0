// `value.format`: several columns as one Redis value, encoded and decoded by a format.
import { BatchBuilder } from '../../../connector/batch-builder.ts';
import type { Decoder, Encoder } from '../../../connector/format.ts';
import type { Text } from '../../../types/encoded-text.ts';
import { DataError } from '../../../types/errors.ts';
import { type Row, RowKind } from '../../../types/row.ts';
import type { Schema } from '../../../types/schema.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import type { RowsOfValue } from './lookup-key.ts';
import { tableName } from './messages.ts';
import type { BoundLookup, LookupModeSettings, SinkModeSettings, TableContext } from './mode.ts';

/** The value of a command: a column's text, or what a format has made. */
export type Value = Text | Uint8Array;

/** Makes the value of a row. */
export class ValueEncoder {
  readonly #columns: readonly number[];
  readonly #encoder: Encoder;

  constructor(
    context: TableContext,
    format: NonNullable<SinkModeSettings['valueFormat']>,
    columns: readonly number[],
  ) {
    this.#columns = columns;
    this.#encoder = format.createEncoder(part(context, columns));
  }

  /** Null where the format has none (`raw` of NULL). */
  of(row: Row): Buffer | null {
    const values: unknown[] = [];
    for (let i = 0; i < this.#columns.length; i++) values.push(row[this.#columns[i]!]);
    return this.#encoder.encode(values, RowKind.INSERT);
  }

  same(a: Row, b: Row): boolean {
    const left = this.of(a);
    const right = this.of(b);
    return left === null || right === null ? left === right : left.equals(right);
  }
}

/** Appends `name key value`. */
export function addValue(out: CommandBatch, name: string, key: Text, value: Value): void {
  if (!(value instanceof Uint8Array)) {
    out.add3(name, key, value);
    return;
  }
  out.begin(3, name);
  out.arg(key);
  out.argBytes(value);
}

/** Appends `name key middle value`. */
export function addValue4(out: CommandBatch, name: string, key: Text, middle: Text, value: Value): void {
  if (!(value instanceof Uint8Array)) {
    out.add4(name, key, middle, value);
    return;
  }
  out.begin(4, name);
  out.arg(key);
  out.arg(middle);
  out.argBytes(value);
}

/** Makes the rows of a value. @param keyColumns where the key goes in a row */
export function formattedRows(
  context: TableContext,
  settings: NonNullable<LookupModeSettings['valueFormat']>,
  keyColumns: readonly number[],
  columns: readonly number[],
  idOf: BoundLookup['idOf'],
): RowsOfValue {
  const decoder: Decoder = settings.format.createDecoder({
    schema: part(context, columns),
    projection: columns.map((_, i) => i),
    metadata: [],
    timeZone: settings.timeZone,
  });
  const width = context.schema.fields.length;
  return (key, value) => {
    const bytes = Buffer.from(String(value), 'utf8');
    const out = new BatchBuilder();
    try {
      decoder.decode(bytes, 0, bytes.length, out);
    } catch (cause) {
      throw new DataError(
        `${tableName(context)}: format '${settings.name}' cannot read the value of key '${idOf(key)}'.`,
        { cause },
      );
    }
    return out.take().rows.map((values) => {
      const row: unknown[] = new Array(width).fill(null);
      for (let i = 0; i < keyColumns.length; i++) row[keyColumns[i]!] = key[i];
      for (let i = 0; i < columns.length; i++) row[columns[i]!] = values[i];
      return row;
    });
  };
}

function part(context: TableContext, columns: readonly number[]): Schema {
  return { fields: columns.map((i) => context.schema.fields[i]!) };
}
