// Options of debezium-json (org.apache.flink.formats.json.debezium.DebeziumJsonFormatOptions).
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';
import {
  DECIMAL_AS_PLAIN_NUMBER,
  IGNORE_NULL_FIELDS,
  IGNORE_PARSE_ERRORS,
  MAP_NULL_KEY_LITERAL,
  MAP_NULL_KEY_MODE,
  TIMESTAMP_FORMAT,
} from '../json/options.ts';

export const SCHEMA_INCLUDE = option('schema-include')
  .boolean()
  .default(false)
  .describe(
    'Whether the messages carry their schema beside the `payload` (Kafka Connect: `value.converter.schemas.enable`).',
  );

export const DEBEZIUM_OPTIONS: OptionDeclarations = {
  required: [],
  optional: [
    SCHEMA_INCLUDE,
    IGNORE_PARSE_ERRORS,
    TIMESTAMP_FORMAT,
    MAP_NULL_KEY_MODE,
    MAP_NULL_KEY_LITERAL,
    DECIMAL_AS_PLAIN_NUMBER,
    IGNORE_NULL_FIELDS,
  ],
};
