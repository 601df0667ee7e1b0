// Options of the formats that are JSON inside (org.apache.flink.formats.json.JsonFormatOptions).
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations, OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import { TIMESTAMP_FORMATS, type TimestampFormat } from '../time-formats.ts';

/** What a MAP's NULL key becomes. */
export const MAP_NULL_KEY_MODES = ['FAIL', 'DROP', 'LITERAL'] as const;
export type MapNullKeyMode = (typeof MAP_NULL_KEY_MODES)[number];

export const FAIL_ON_MISSING_FIELD = option('fail-on-missing-field')
  .boolean()
  .default(false)
  .describe('Whether a message without one of the columns fails the job. Otherwise the column is NULL.');

export const IGNORE_PARSE_ERRORS = option('ignore-parse-errors')
  .boolean()
  .default(false)
  .describe('Skip messages that are no JSON, and take NULL for fields that do not fit, instead of failing.');

export const TIMESTAMP_FORMAT = option('timestamp-format.standard')
  .of<TimestampFormat>({
    label: `Enum [${TIMESTAMP_FORMATS.join(', ')}]`,
    parse: (text) => oneOf(TIMESTAMP_FORMATS, text, 'timestamp-format.standard'),
    print: (v) => v,
  })
  .default('SQL')
  .describe(
    'How timestamps are written. SQL: `2020-12-30 12:13:14.123`, with a `Z` for TIMESTAMP_LTZ. ISO-8601: with a `T` between date and time.',
  );

export const MAP_NULL_KEY_MODE = option('map-null-key.mode')
  .of<MapNullKeyMode>({
    label: `Enum [${MAP_NULL_KEY_MODES.join(', ')}]`,
    parse: (text) => oneOf(MAP_NULL_KEY_MODES, text, 'map-null-key.mode'),
    print: (v) => v,
  })
  .default('FAIL')
  .describe('What a NULL key of a MAP becomes: FAIL the job, DROP the entry, or the LITERAL below.');

export const MAP_NULL_KEY_LITERAL = option('map-null-key.literal')
  .string()
  .default('null')
  .describe('The text that stands for a NULL key, with map-null-key.mode LITERAL.');

export const DECIMAL_AS_PLAIN_NUMBER = option('encode.decimal-as-plain-number')
  .boolean()
  .default(false)
  .describe('Write all decimals without an exponent: `0.000000027` instead of `2.7E-8`.');

export const IGNORE_NULL_FIELDS = option('encode.ignore-null-fields')
  .boolean()
  .default(false)
  .describe('Leave out fields that are NULL.');

const JSON_PARSER = option('decode.json-parser.enabled')
  .boolean()
  .default(true)
  .describe('Accepted for jobs that set it. There is one parser here; it needs no switch.');

export const JSON_OPTIONS: OptionDeclarations = {
  required: [],
  optional: [
    FAIL_ON_MISSING_FIELD,
    IGNORE_PARSE_ERRORS,
    TIMESTAMP_FORMAT,
    MAP_NULL_KEY_MODE,
    MAP_NULL_KEY_LITERAL,
    DECIMAL_AS_PLAIN_NUMBER,
    IGNORE_NULL_FIELDS,
    JSON_PARSER,
  ],
};

export interface JsonDecodeOptions {
  readonly failOnMissingField: boolean;
  readonly ignoreParseErrors: boolean;
  readonly timestampFormat: TimestampFormat;
}

export interface JsonEncodeOptions {
  readonly timestampFormat: TimestampFormat;
  readonly mapNullKeyMode: MapNullKeyMode;
  readonly mapNullKeyLiteral: string;
  readonly decimalAsPlainNumber: boolean;
  readonly ignoreNullFields: boolean;
}

/** @throws ValidationError when options contradict each other */
export function jsonDecodeOptions(values: OptionValues): JsonDecodeOptions {
  const failOnMissingField = values.get(FAIL_ON_MISSING_FIELD);
  const ignoreParseErrors = values.get(IGNORE_PARSE_ERRORS);
  if (failOnMissingField && ignoreParseErrors) {
    throw new ValidationError("fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
  }
  return { failOnMissingField, ignoreParseErrors, timestampFormat: values.get(TIMESTAMP_FORMAT) };
}

export function jsonEncodeOptions(values: OptionValues): JsonEncodeOptions {
  return {
    timestampFormat: values.get(TIMESTAMP_FORMAT),
    mapNullKeyMode: values.get(MAP_NULL_KEY_MODE),
    mapNullKeyLiteral: values.get(MAP_NULL_KEY_LITERAL),
    decimalAsPlainNumber: values.get(DECIMAL_AS_PLAIN_NUMBER),
    ignoreNullFields: values.get(IGNORE_NULL_FIELDS),
  };
}

function oneOf<T extends string>(values: readonly T[], text: string, key: string): T {
  const found = values.find((v) => v.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new Error(`Unsupported value '${text}' for ${key}. Supported values are [${values.join(', ')}].`);
}
