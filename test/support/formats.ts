// Formats in tests: options as texts in, rows and messages out.
import { BatchBuilder } from '../../src/connector/batch-builder.ts';
import type { Decoder, Encoder, FormatFactory } from '../../src/connector/format.ts';
import { readOptions } from '../../src/options/read-options.ts';
import { Registry } from '../../src/registry.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';
import { kindAt, rowKindShort } from '../../src/types/row.ts';
import type { Field } from '../../src/types/schema.ts';
import { doubleToString } from '../../src/types/text/numbers.ts';
import { valueToString } from '../../src/types/text/row-text.ts';
import { timestampToString } from '../../src/types/text/timestamps.ts';
import type { TimestampData } from '../../src/types/values.ts';

const registry = new Registry();

/** The built-in formats, loaded. */
export const FORMATS: readonly FormatFactory[] = await Promise.all(
  registry.formatNames().map(async (name) => {
    const format = await registry.loadFormat(name);
    if (format === undefined) throw new Error(`Format '${name}' of the registry cannot be loaded.`);
    return format;
  }),
);

export const FORMATS_BY_IDENTIFIER: ReadonlyMap<string, FormatFactory> = new Map(
  FORMATS.map((format) => [format.identifier, format]),
);

export type FormatOptions = Readonly<Record<string, string>>;

export function decoderOf(
  factory: FormatFactory,
  fields: readonly Field[],
  options: FormatOptions = {},
  metadata: readonly string[] = [],
  projection: readonly number[] = fields.map((_, i) => i),
): Decoder {
  const values = readOptions(factory.identifier, new Map(Object.entries(options)), factory.options);
  return factory.createDecodingFormat!(values).createDecoder({
    schema: { fields },
    projection,
    metadata,
    timeZone: 'UTC',
  });
}

export function encoderOf(
  factory: FormatFactory,
  fields: readonly Field[],
  options: FormatOptions = {},
): Encoder {
  const values = readOptions(factory.identifier, new Map(Object.entries(options)), factory.options);
  return factory.createEncodingFormat!(values).createEncoder({ fields });
}

/** Kinds and rows of the messages; null is a message without a value. */
export function decodeAll(decoder: Decoder, messages: readonly (string | Buffer | null)[]): unknown[][] {
  const out = new BatchBuilder();
  for (const message of messages) {
    if (message === null) {
      decoder.decodeNull?.(out);
      continue;
    }
    // In the middle of a larger buffer, as messages of a fetch are.
    const bytes = Buffer.concat([Buffer.from('"}"'), Buffer.from(message), Buffer.from('"}]')]);
    decoder.decode(bytes, 3, bytes.length - 3, out);
  }
  const batch = out.take();
  return batch.rows.map((row, i) => [rowKindShort(kindAt(batch, i)), ...row]);
}

/** A value as Flink's CAST to STRING shows it; null stays null. */
export function shown(value: unknown, type: LogicalType): string | null {
  if (value === null) return null;
  if (type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ') {
    return timestampToString(value as TimestampData, type.precision);
  }
  if (type.root === 'DOUBLE') return doubleToString(value as number);
  return valueToString(value, type);
}
