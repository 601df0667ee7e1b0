// What a Debezium message says besides the row (DebeziumJsonDecodingFormat.ReadableMetadata).
import { BIGINT, type LogicalType, type MapType, STRING } from '../../types/logical-type.ts';
import type { Field } from '../../types/schema.ts';
import { TimestampData } from '../../types/values.ts';

const SOURCE: MapType = { root: 'MAP', key: STRING, value: STRING, nullable: true };
const LTZ_3: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };

export interface DebeziumMetadata {
  readonly type: LogicalType;
  /** The message's field that it comes from. */
  readonly field: Field;
  /** Whether the field is beside the payload where there is one (`schema-include`), not in it. */
  readonly outside: boolean;
  /** From the field's value, which may be null. */
  convert(value: unknown): unknown;
}

const SOURCE_FIELD: Field = { name: 'source', type: SOURCE };

function sourceProperty(
  key: string,
  type: LogicalType,
  convert: (text: string) => unknown,
): DebeziumMetadata {
  return {
    type,
    field: SOURCE_FIELD,
    outside: false,
    convert(source) {
      const text = (source as ReadonlyMap<string, string | null> | null)?.get(key) ?? null;
      return text === null ? null : convert(text);
    },
  };
}

const same = (text: string) => text;

export const DEBEZIUM_METADATA: ReadonlyMap<string, DebeziumMetadata> = new Map<string, DebeziumMetadata>([
  [
    'schema',
    { type: STRING, field: { name: 'schema', type: STRING }, outside: true, convert: (text) => text },
  ],
  [
    'ingestion-timestamp',
    {
      type: LTZ_3,
      field: { name: 'ts_ms', type: BIGINT },
      outside: false,
      convert: (millis) => (millis === null ? null : new TimestampData(Number(millis))),
    },
  ],
  ['source.timestamp', sourceProperty('ts_ms', LTZ_3, (text) => new TimestampData(Number(text)))],
  ['source.database', sourceProperty('db', STRING, same)],
  ['source.schema', sourceProperty('schema', STRING, same)],
  ['source.table', sourceProperty('table', STRING, same)],
  ['source.properties', { type: SOURCE, field: SOURCE_FIELD, outside: false, convert: (source) => source }],
]);
