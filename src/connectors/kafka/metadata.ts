// The metadata columns of Kafka tables, and what a record gives for them (KafkaDynamicSource.ReadableMetadata).
import { ValidationError } from '../../types/errors.ts';
import {
  BIGINT,
  BYTES,
  INT,
  isCharacter,
  type LogicalType,
  STRING,
  typeToString,
  withNullable,
} from '../../types/logical-type.ts';
import { timestampToString } from '../../types/text/timestamps.ts';
import { TimestampData } from '../../types/values.ts';
import type { RecordChunk } from './records/record-chunk.ts';
import { wallClock } from './wall-clock.ts';

const HEADERS: LogicalType = { root: 'MAP', key: STRING, value: BYTES, nullable: false };
const TIMESTAMP: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false };

export const READABLE_METADATA: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ['topic', withNullable(STRING, false)],
  ['partition', withNullable(INT, false)],
  ['headers', HEADERS],
  ['leader-epoch', INT],
  ['offset', withNullable(BIGINT, false)],
  ['timestamp', TIMESTAMP],
  ['timestamp-type', withNullable(STRING, false)],
]);

/** In the order and with the nullability that Flink's sink has. */
export const WRITABLE_METADATA: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ['topic', withNullable(STRING, false)],
  ['headers', withNullable(HEADERS, true)],
  ['timestamp', withNullable(TIMESTAMP, true)],
]);

/** A metadata column's value for the record that `chunk` stands at. */
export type MetadataReader = (chunk: RecordChunk, topic: string, partition: number) => unknown;

/** @param type as the table declares the column. @throws ValidationError when the key's value cannot become that */
export function metadataReader(key: string, type: LogicalType, timeZone: string): MetadataReader {
  const reader = isCharacter(type) ? textReader(key, timeZone) : plainReader(key, type, timeZone);
  if (reader !== null) return reader;
  const own = READABLE_METADATA.get(key);
  throw new ValidationError(
    own === undefined
      ? `The 'kafka' connector has no metadata key '${key}'. Its keys are: ${[...READABLE_METADATA.keys()].join(', ')}.`
      : `Invalid data type for metadata column '${key}'. The column cannot be declared as '${typeToString(type)}' because the type must be castable from '${typeToString(own)}'.`,
  );
}

function plainReader(key: string, type: LogicalType, timeZone: string): MetadataReader | null {
  switch (`${key} ${type.root}`) {
    case 'partition INTEGER':
      return (_chunk, _topic, partition) => partition;
    case 'partition BIGINT':
      return (_chunk, _topic, partition) => BigInt(partition);
    case 'leader-epoch INTEGER':
      return (chunk) => (chunk.leaderEpoch < 0 ? null : chunk.leaderEpoch);
    case 'leader-epoch BIGINT':
      return (chunk) => (chunk.leaderEpoch < 0 ? null : BigInt(chunk.leaderEpoch));
    case 'offset BIGINT':
      return (chunk) => BigInt(chunk.offset);
    case 'offset INTEGER':
      return (chunk) => chunk.offset | 0;
    case 'timestamp TIMESTAMP_LTZ':
      return (chunk) => new TimestampData(chunk.timestamp());
    case 'timestamp TIMESTAMP':
      return (chunk) => new TimestampData(wallClock(chunk.timestamp(), timeZone));
    case 'headers MAP':
      return readHeaders;
    default:
      return null;
  }
}

function textReader(key: string, timeZone: string): MetadataReader | null {
  switch (key) {
    case 'topic':
      return (_chunk, topic) => topic;
    case 'timestamp-type':
      return (chunk) => (chunk.logAppendTime ? 'LogAppendTime' : 'CreateTime');
    case 'partition':
      return (_chunk, _topic, partition) => String(partition);
    case 'leader-epoch':
      return (chunk) => (chunk.leaderEpoch < 0 ? null : String(chunk.leaderEpoch));
    case 'offset':
      return (chunk) => String(chunk.offset);
    case 'timestamp':
      return (chunk) => timestampToString(new TimestampData(wallClock(chunk.timestamp(), timeZone)), 3);
    default:
      return null;
  }
}

/** Of a key that occurs more than once the last value counts. Values are copied: they must not keep a response alive. */
function readHeaders(chunk: RecordChunk): ReadonlyMap<string, Uint8Array | null> {
  const headers = new Map<string, Uint8Array | null>();
  chunk.headers((key, start, length) => {
    headers.set(key, length < 0 ? null : Buffer.from(chunk.bytes.subarray(start, start + length)));
  });
  return headers;
}
