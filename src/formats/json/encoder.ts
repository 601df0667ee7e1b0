// Rows to JSON messages (org.apache.flink.formats.json.JsonRowDataSerializationSchema).
import type { Encoder } from '../../connector/format.ts';
import { DataError } from '../../types/errors.ts';
import type { Row, RowKind } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';
import { rowToString } from '../../types/text/row-text.ts';
import type { JsonEncodeOptions } from './options.ts';
import { rowWriter } from './writers.ts';

/** Every row is one object, whatever its kind. */
export function jsonEncoder(schema: Schema, options: JsonEncodeOptions): Encoder {
  const write = rowWriter(schema.fields, options);
  return encoderOf(schema, (row) => write(row));
}

/** An encoder whose errors show the row. */
export function encoderOf(schema: Schema, write: (row: Row, kind: RowKind) => string): Encoder {
  return {
    encode(row, kind) {
      try {
        return Buffer.from(write(row, kind), 'utf8');
      } catch (cause) {
        throw new DataError(`Could not serialize row '${rowToString(row, kind, schema)}'.`, { cause });
      }
    },
  };
}
