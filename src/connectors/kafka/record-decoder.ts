// Records to rows: through the value's format alone where that is enough, else key, value and metadata put together
// (DynamicKafkaDeserializationSchema).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecodingFormat } from '../../connector/format.ts';
import type { ScanProjection } from '../../connector/source.ts';
import { kindAt, type Row } from '../../types/row.ts';
import type { MessageColumns } from './columns.ts';
import { type MetadataReader, metadataReader } from './metadata.ts';
import type { RecordChunk } from './records/record-chunk.ts';

export interface RecordDecoder {
  /** Appends the rows of the record that `chunk` stands at. @throws DataError of the format */
  decode(chunk: RecordChunk, topic: string, partition: number, out: BatchBuilder): void;
}

const VALUE_PREFIX = 'value.';

/** @throws ValidationError for a metadata column that cannot be */
export function createRecordDecoder(
  columns: MessageColumns,
  keyFormat: DecodingFormat | null,
  valueFormat: DecodingFormat,
  projection: ScanProjection,
  timeZone: string,
): RecordDecoder {
  const isFormats = ({ key }: { key: string }) =>
    key.startsWith(VALUE_PREFIX) && valueFormat.readableMetadata.has(key.slice(VALUE_PREFIX.length));
  const own = projection.metadata.filter((m) => !isFormats(m));
  const fromValue = projection.physical.filter((i) => columns.value.includes(i));
  const value = valueFormat.createDecoder({
    schema: columns.valueSchema,
    projection: fromValue.map((i) => columns.value.indexOf(i)),
    metadata: projection.metadata.filter(isFormats).map(({ key }) => key.slice(VALUE_PREFIX.length)),
    timeZone,
  });
  const inOrder = projection.metadata.findIndex((m) => !isFormats(m)) < 0;
  if (keyFormat === null && inOrder) return new ValueDecoder(value);
  const fromKey = projection.physical.filter((i) => !columns.value.includes(i));
  const key =
    keyFormat?.createDecoder({
      schema: columns.keySchema,
      projection: fromKey.map((i) => columns.key.indexOf(i)),
      metadata: [],
      timeZone,
    }) ?? null;
  let formatMetadata = fromValue.length;
  const places: Place[] = projection.physical.map((i) =>
    columns.value.includes(i)
      ? { from: 'value', at: fromValue.indexOf(i) }
      : { from: 'key', at: fromKey.indexOf(i) },
  );
  for (const m of projection.metadata) {
    places.push(
      isFormats(m) ? { from: 'value', at: formatMetadata++ } : { from: 'metadata', at: own.indexOf(m) },
    );
  }
  return new FullDecoder(
    key,
    value,
    places,
    own.map((m) => metadataReader(m.key, m.type, timeZone)),
  );
}

class ValueDecoder implements RecordDecoder {
  readonly #value: Decoder;

  constructor(value: Decoder) {
    this.#value = value;
  }

  decode(chunk: RecordChunk, _topic: string, _partition: number, out: BatchBuilder): void {
    const length = chunk.valueLength;
    if (length >= 0) this.#value.decode(chunk.bytes, chunk.valueStart, chunk.valueStart + length, out);
    else this.#value.decodeNull?.(out);
  }
}

/** Where a column of the produced row comes from. */
interface Place {
  readonly from: 'key' | 'value' | 'metadata';
  readonly at: number;
}

const NO_KEY: readonly Row[] = [[]];

class FullDecoder implements RecordDecoder {
  readonly #key: Decoder | null;
  readonly #value: Decoder;
  readonly #places: readonly Place[];
  readonly #metadata: readonly MetadataReader[];
  #scratch = new BatchBuilder();

  constructor(
    key: Decoder | null,
    value: Decoder,
    places: readonly Place[],
    metadata: readonly MetadataReader[],
  ) {
    this.#key = key;
    this.#value = value;
    this.#places = places;
    this.#metadata = metadata;
  }

  decode(chunk: RecordChunk, topic: string, partition: number, out: BatchBuilder): void {
    try {
      const keys = this.#key === null ? NO_KEY : this.#decodeKey(this.#key, chunk);
      if (chunk.valueLength < 0) this.#value.decodeNull?.(this.#scratch);
      else {
        const end = chunk.valueStart + chunk.valueLength;
        this.#value.decode(chunk.bytes, chunk.valueStart, end, this.#scratch);
      }
      const values = this.#scratch.take();
      if (values.rows.length === 0 || keys.length === 0) return;
      const metadata = this.#metadata.map((read) => read(chunk, topic, partition));
      for (let i = 0; i < values.rows.length; i++) {
        for (const key of keys) out.addKind(this.#compose(key, values.rows[i]!, metadata), kindAt(values, i));
      }
    } catch (error) {
      this.#scratch = new BatchBuilder();
      throw error;
    }
  }

  #decodeKey(key: Decoder, chunk: RecordChunk): readonly Row[] {
    if (chunk.keyLength < 0) key.decodeNull?.(this.#scratch);
    else key.decode(chunk.bytes, chunk.keyStart, chunk.keyStart + chunk.keyLength, this.#scratch);
    return this.#scratch.take().rows;
  }

  #compose(key: Row, value: Row, metadata: readonly unknown[]): Row {
    const places = this.#places;
    const row: unknown[] = new Array(places.length);
    for (let i = 0; i < places.length; i++) {
      const { from, at } = places[i]!;
      row[i] = from === 'value' ? value[at] : from === 'key' ? key[at] : metadata[at];
    }
    return row;
  }
}
