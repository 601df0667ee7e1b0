// A message is the value of the table's one column (org.apache.flink.formats.raw.RawFormatFactory).
import type { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, FormatFactory } from '../../connector/format.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { DataError, ValidationError } from '../../types/errors.ts';
import { type LogicalType, type LogicalTypeRoot, typeToString } from '../../types/logical-type.ts';
import type { Row } from '../../types/row.ts';
import type { Field, Schema } from '../../types/schema.ts';
import { type Charset, charsetOf } from './charset.ts';
import { CHARSET, ENDIANNESS, RAW_OPTIONS } from './options.ts';

interface Codec {
  decode(bytes: Buffer, start: number, end: number): unknown;
  encode(value: unknown): Buffer;
}

export const rawFormat: FormatFactory = {
  identifier: 'raw',
  options: RAW_OPTIONS,
  createDecodingFormat(values) {
    const charset = charsetOf(values.get(CHARSET));
    const little = values.get(ENDIANNESS) === 'little-endian';
    return {
      changelogMode: ChangelogMode.insertOnly,
      readableMetadata: new Map(),
      createDecoder({ schema, projection }) {
        return rawDecoder(codecOf(onlyField(schema).type, charset, little), projection);
      },
    };
  },
  createEncodingFormat(values) {
    const charset = charsetOf(values.get(CHARSET));
    const little = values.get(ENDIANNESS) === 'little-endian';
    return {
      changelogMode: ChangelogMode.insertOnly,
      createEncoder(schema) {
        const codec = codecOf(onlyField(schema).type, charset, little);
        return {
          encode: (row) => (row[0] === null || row[0] === undefined ? null : codec.encode(row[0])),
        };
      },
    };
  },
};

function rawDecoder(codec: Codec, projection: readonly number[]): Decoder {
  const rowOf = (value: unknown): Row => projection.map(() => value);
  return {
    decode(bytes: Buffer, start: number, end: number, out: BatchBuilder) {
      out.add(rowOf(codec.decode(bytes, start, end)));
    },
    decodeNull: (out) => out.add(rowOf(null)),
  };
}

function onlyField(schema: Schema): Field {
  const field = schema.fields[0];
  if (field !== undefined && schema.fields.length === 1) return field;
  const names = schema.fields.map((f) => `'${f.name}'`).join(', ');
  throw new ValidationError(
    `The 'raw' format only supports single physical column. However the defined schema contains multiple physical columns: ${names}`,
  );
}

const WIDTHS: Readonly<Partial<Record<LogicalTypeRoot, number>>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  SMALLINT: 2,
  INTEGER: 4,
  BIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
};

function codecOf(type: LogicalType, charset: Charset, little: boolean): Codec {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return {
        decode: (bytes, start, end) => charset.decode(bytes, start, end),
        encode: (v) => charset.encode(v as string),
      };
    case 'BINARY':
    case 'VARBINARY':
      return {
        decode: (bytes, start, end) => Buffer.from(bytes.subarray(start, end)),
        encode: (v) => Buffer.from(v as Uint8Array),
      };
    default:
      return fixedCodec(type, little);
  }
}

function fixedCodec(type: LogicalType, little: boolean): Codec {
  const width = WIDTHS[type.root];
  if (width === undefined) {
    throw new ValidationError(`The 'raw' format doesn't supports '${typeToString(type)}' as column type.`);
  }
  const view = new DataView(new ArrayBuffer(width));
  return {
    decode(bytes, start, end) {
      if (end - start !== width) {
        throw new DataError(
          `Size of data received for deserializing ${typeToString(type)} type is not ${width}, but ${end - start}.`,
        );
      }
      for (let i = 0; i < width; i++) view.setUint8(i, bytes[start + i]!);
      return readFixed(type.root, view, little);
    },
    encode(value) {
      writeFixed(type.root, view, value, little);
      return Buffer.from(view.buffer.slice(0));
    },
  };
}

function readFixed(root: LogicalTypeRoot, view: DataView, little: boolean): unknown {
  switch (root) {
    case 'BOOLEAN':
      return view.getInt8(0) !== 0;
    case 'TINYINT':
      return view.getInt8(0);
    case 'SMALLINT':
      return view.getInt16(0, little);
    case 'INTEGER':
      return view.getInt32(0, little);
    case 'BIGINT':
      return view.getBigInt64(0, little);
    case 'FLOAT':
      return view.getFloat32(0, little);
    default:
      return view.getFloat64(0, little);
  }
}

function writeFixed(root: LogicalTypeRoot, view: DataView, value: unknown, little: boolean): void {
  switch (root) {
    case 'BOOLEAN':
      view.setInt8(0, value ? 1 : 0);
      break;
    case 'TINYINT':
      view.setInt8(0, value as number);
      break;
    case 'SMALLINT':
      view.setInt16(0, value as number, little);
      break;
    case 'INTEGER':
      view.setInt32(0, value as number, little);
      break;
    case 'BIGINT':
      view.setBigInt64(0, value as bigint, little);
      break;
    case 'FLOAT':
      view.setFloat32(0, value as number, little);
      break;
    default:
      view.setFloat64(0, value as number, little);
  }
}
