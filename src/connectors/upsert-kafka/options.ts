// The options of `upsert-kafka` tables: those of `kafka` that have a meaning here, and a buffer for the sink.
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';
import {
  BOOTSTRAP_SERVERS,
  DELIVERY_GUARANTEE,
  GROUP_ID,
  KEY_FIELDS_PREFIX,
  PROPERTIES,
  SCAN_BOUNDED_MODE,
  SCAN_BOUNDED_SPECIFIC_OFFSETS,
  SCAN_BOUNDED_TIMESTAMP_MILLIS,
  SCAN_PARALLELISM,
  SCAN_TOPIC_PARTITION_DISCOVERY,
  SINK_PARALLELISM,
  TOPIC,
  TOPIC_PATTERN,
  TRANSACTION_NAMING_STRATEGY,
  TRANSACTIONAL_ID_PREFIX,
  VALUE_FIELDS_INCLUDE,
} from '../kafka/options.ts';

export const CONNECTOR = option('connector')
  .string()
  .describe("'upsert-kafka' reads and writes a Kafka topic as a table of its keys' last values.");

export const KEY_FORMAT = option('key.format')
  .string()
  .describe('Format of the message key, which holds the columns of the primary key.');
export const VALUE_FORMAT = option('value.format').string().describe('Format of the message value.');

export const SINK_BUFFER_FLUSH_MAX_ROWS = option('sink.buffer-flush.max-rows')
  .int()
  .default(0)
  .describe(
    'How many keys to keep back, so that only the last change of each is written; 0 turns the buffer off. Together with sink.buffer-flush.interval.',
  )
  .role('sink');
export const SINK_BUFFER_FLUSH_INTERVAL = option('sink.buffer-flush.interval')
  .duration()
  .default(0)
  .describe(
    'How long to keep changes back at most; 0 turns the buffer off. Together with sink.buffer-flush.max-rows.',
  )
  .role('sink');

export const UPSERT_KAFKA_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR, BOOTSTRAP_SERVERS, KEY_FORMAT, VALUE_FORMAT],
  optional: [
    TOPIC,
    TOPIC_PATTERN,
    GROUP_ID,
    PROPERTIES,
    KEY_FIELDS_PREFIX,
    VALUE_FIELDS_INCLUDE,
    SCAN_BOUNDED_MODE,
    SCAN_BOUNDED_SPECIFIC_OFFSETS,
    SCAN_BOUNDED_TIMESTAMP_MILLIS,
    SCAN_TOPIC_PARTITION_DISCOVERY,
    SCAN_PARALLELISM,
    SINK_PARALLELISM,
    SINK_BUFFER_FLUSH_MAX_ROWS,
    SINK_BUFFER_FLUSH_INTERVAL,
    DELIVERY_GUARANTEE,
    TRANSACTIONAL_ID_PREFIX,
    TRANSACTION_NAMING_STRATEGY,
  ],
};
