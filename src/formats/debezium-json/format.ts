import type { FormatFactory } from '../../connector/format.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { ValidationError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import { encoderOf } from '../json/encoder.ts';
import { IGNORE_PARSE_ERRORS, jsonEncodeOptions, TIMESTAMP_FORMAT } from '../json/options.ts';
import { rowWriter } from '../json/writers.ts';
import { DebeziumJsonDecoder } from './decoder.ts';
import { DEBEZIUM_METADATA } from './metadata.ts';
import { DEBEZIUM_OPTIONS, SCHEMA_INCLUDE } from './options.ts';

/** `debezium-json`: change events with the row before and after. */
export const debeziumJsonFormat: FormatFactory = {
  identifier: 'debezium-json',
  options: DEBEZIUM_OPTIONS,
  createDecodingFormat(values) {
    const options = {
      schemaInclude: values.get(SCHEMA_INCLUDE),
      ignoreParseErrors: values.get(IGNORE_PARSE_ERRORS),
      timestampFormat: values.get(TIMESTAMP_FORMAT),
      failOnMissingField: false,
    };
    return {
      changelogMode: ChangelogMode.all,
      readableMetadata: new Map([...DEBEZIUM_METADATA].map(([key, { type }]) => [key, type])),
      createDecoder: (context) => new DebeziumJsonDecoder(context, options),
    };
  },
  createEncodingFormat(values) {
    if (values.get(SCHEMA_INCLUDE)) {
      throw new ValidationError(
        "Debezium JSON serialization doesn't support 'debezium-json.schema-include' option been set to true.",
      );
    }
    const options = jsonEncodeOptions(values);
    return {
      changelogMode: ChangelogMode.all,
      createEncoder(schema) {
        const write = rowWriter(schema.fields, options);
        const none = (name: string) => (options.ignoreNullFields ? '' : `"${name}":null,`);
        return encoderOf(schema, (row, kind) =>
          kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER
            ? `{${none('before')}"after":${write(row)},"op":"c"}`
            : `{"before":${write(row)},${none('after')}"op":"d"}`,
        );
      },
    };
  },
};
