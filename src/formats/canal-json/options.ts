// Options of canal-json (org.apache.flink.formats.json.canal.CanalJsonFormatOptions).
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

export const DATABASE_INCLUDE = option('database.include')
  .string()
  .describe('Regular expression: only changes whose whole `database` matches are read.');

export const TABLE_INCLUDE = option('table.include')
  .string()
  .describe('Regular expression: only changes whose whole `table` matches are read.');

export const CANAL_OPTIONS: OptionDeclarations = {
  required: [],
  optional: [
    IGNORE_PARSE_ERRORS,
    TIMESTAMP_FORMAT,
    DATABASE_INCLUDE,
    TABLE_INCLUDE,
    MAP_NULL_KEY_MODE,
    MAP_NULL_KEY_LITERAL,
    DECIMAL_AS_PLAIN_NUMBER,
    IGNORE_NULL_FIELDS,
  ],
};
