// Bytes to rows and back (org.apache.flink.table.connector.format.DecodingFormat / EncodingFormat).
import type { OptionDeclarations, OptionValues } from '../options/read-options.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Row, RowKind } from '../types/row.ts';
import type { Schema } from '../types/schema.ts';
import type { BatchBuilder } from './batch-builder.ts';

export interface FormatFactory {
  /** `json`, `debezium-json` … also the prefix of its options. */
  readonly identifier: string;
  /** Keys without the prefix: `ignore-parse-errors`. */
  readonly options: OptionDeclarations;
  createDecodingFormat?(options: OptionValues): DecodingFormat;
  createEncodingFormat?(options: OptionValues): EncodingFormat;
}

export interface DecodingFormat {
  readonly changelogMode: ChangelogMode;
  /** Metadata keys of the format itself (debezium-json: `ingestion-timestamp` …), without the `value.` prefix. */
  readonly readableMetadata: ReadonlyMap<string, LogicalType>;
  /** @param metadata keys of `readableMetadata` to append to each row, in order */
  createDecoder(context: DecoderContext): Decoder;
}

export interface DecoderContext {
  /** The table's columns that this format carries, in DDL order. */
  readonly schema: Schema;
  /** Indexes into `schema.fields`: what a produced row holds, in this order. */
  readonly projection: readonly number[];
  readonly metadata: readonly string[];
  /** IANA name, for formats that need it. */
  readonly timeZone: string;
}

export interface Decoder {
  /**
   * Decodes one message or line (`bytes[start..end)`) and appends its rows to `out`: none for an empty message, several
   * for arrays and updates. The strings it makes do not keep `bytes` alive.
   * @throws DataError; the caller adds topic, partition and offset or file and line
   */
  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void;
  /** A message without a value (a Kafka tombstone). Absent: it makes no row. `raw` makes a row of NULL. */
  decodeNull?(out: BatchBuilder): void;
}

export interface EncodingFormat {
  readonly changelogMode: ChangelogMode;
  createEncoder(schema: Schema): Encoder;
}

export interface Encoder {
  /** One message; null is a message without a value (`raw` of NULL). Lines of files get their newline from the connector. @throws DataError */
  encode(row: Row, kind: RowKind): Buffer | null;
}
