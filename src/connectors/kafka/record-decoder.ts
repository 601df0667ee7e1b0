// Records to rows: through the value's format alone where that is enough, else key, value and metadata put together
// (DynamicKafkaDeserializationSchema).
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecodingFormat } from '../../connector/format.ts';
import type { ScanProjection } from '../../connector/source.ts';
import { kindAt, type Row, RowKind } from '../../types/row.ts';
import type { MessageColumns } from './columns.ts';
import { type MetadataReader, metadataReader } from './metadata.ts';
import type { RecordChunk } from './records/record-chunk.ts';

export interface RecordDecoder {
  /** Appends the rows of the record that `chunk` stands at. @throws DataError of the format */
  decode(chunk: RecordChunk, topic: string, partition: number, out: BatchBuilder): void;
}

const VALUE_PREFIX = 'value.';

/** What of a table says how its messages are read. */
export interface RecordForm {
  readonly columns: MessageColumns;
  readonly keyFormat: DecodingFormat | null;
  readonly valueFormat: DecodingFormat;
  readonly upsert: boolean;
}

/** @throws ValidationError for a metadata column that cannot be */
export function createRecordDecoder(
  { columns, keyFormat, valueFormat, upsert }: RecordForm,
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
  // A delete has a key only; of any other message the value counts.
  const fromKey = projection.physical.filter((i) =>
    upsert ? columns.key.includes(i) : !columns.value.includes(i),
  );
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
  const deleted = projection.physical.map((i): Place => ({ from: 'key', at: fromKey.indexOf(i) }));
  const metadataPlaces = places.slice(projection.physical.length);
  return new FullDecoder(
    key,
    value,
    places,
    own.map((m) => metadataReader(m.key, m.type, timeZone)),
    upsert ? [...deleted, ...metadataPlaces] : null,
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

/** Where a column of the produced row comes from; it is NULL where that does not have it. */
interface Place {
  readonly from: 'key' | 'value' | 'metadata';
  readonly at: number;
}

const NO_KEY: readonly Row[] = [[]];
const NO_VALUE: Row = [];

class FullDecoder implements RecordDecoder {
  readonly #key: Decoder | null;
  readonly #value: Decoder;
  readonly #places: readonly Place[];
  readonly #metadata: readonly MetadataReader[];
  /** For upserts: where the columns of a delete come from. */
  readonly #deletePlaces: readonly Place[] | null;
  #scratch = new BatchBuilder();

  constructor(
    key: Decoder | null,
    value: Decoder,
    places: readonly Place[],
    metadata: readonly MetadataReader[],
    deletePlaces: readonly Place[] | null,
  ) {
    this.#key = key;
    this.#value = value;
    this.#places = places;
    this.#metadata = metadata;
    this.#deletePlaces = deletePlaces;
  }

  decode(chunk: RecordChunk, topic: string, partition: number, out: BatchBuilder): void {
    try {
      const keys = this.#key === null ? NO_KEY : this.#decodeKey(this.#key, chunk);
      if (chunk.valueLength < 0 && this.#deletePlaces !== null) {
        const metadata = this.#readMetadata(chunk, topic, partition);
        for (const key of keys) {
          out.addKind(compose(this.#deletePlaces, key, NO_VALUE, metadata), RowKind.DELETE);
        }
        return;
      }
      if (chunk.valueLength < 0) this.#value.decodeNull?.(this.#scratch);
      else {
        const end = chunk.valueStart + chunk.valueLength;
        this.#value.decode(chunk.bytes, chunk.valueStart, end, this.#scratch);
      }
      const values = this.#scratch.take();
      if (values.rows.length === 0 || keys.length === 0) return;
      const metadata = this.#readMetadata(chunk, topic, partition);
      for (let i = 0; i < values.rows.length; i++) {
        const kind = this.#deletePlaces === null ? kindAt(values, i) : RowKind.UPDATE_AFTER;
        for (const key of keys) out.addKind(compose(this.#places, key, values.rows[i]!, metadata), kind);
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

  #readMetadata(chunk: RecordChunk, topic: string, partition: number): readonly unknown[] {
    return this.#metadata.map((read) => read(chunk, topic, partition));
  }
}

function compose(places: readonly Place[], key: Row, value: Row, metadata: readonly unknown[]): Row {
  const row: unknown[] = new Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const { from, at } = places[i]!;
    row[i] = (from === 'value' ? value[at] : from === 'key' ? key[at] : metadata[at]) ?? null;
  }
  return row;
}
