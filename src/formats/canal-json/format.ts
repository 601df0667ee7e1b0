import type { FormatFactory } from '../../connector/format.ts';
import type { ConfigOption } from '../../options/config-option.ts';
import type { OptionValues } from '../../options/read-options.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { RowKind } from '../../types/row.ts';
import { encoderOf } from '../json/encoder.ts';
import { IGNORE_PARSE_ERRORS, jsonEncodeOptions, TIMESTAMP_FORMAT } from '../json/options.ts';
import { rowWriter } from '../json/writers.ts';
import { CanalJsonDecoder } from './decoder.ts';
import { includePattern } from './filter.ts';
import { CANAL_METADATA } from './metadata.ts';
import { CANAL_OPTIONS, DATABASE_INCLUDE, TABLE_INCLUDE } from './options.ts';

/** `canal-json`: change events of MySQL tables, several rows a message, as Alibaba's Canal writes them. */
export const canalJsonFormat: FormatFactory = {
  identifier: 'canal-json',
  options: CANAL_OPTIONS,
  createDecodingFormat(values) {
    const options = {
      ignoreParseErrors: values.get(IGNORE_PARSE_ERRORS),
      timestampFormat: values.get(TIMESTAMP_FORMAT),
      failOnMissingField: false,
      include: {
        database: patternOf(values, DATABASE_INCLUDE),
        table: patternOf(values, TABLE_INCLUDE),
      },
    };
    return {
      changelogMode: ChangelogMode.all,
      readableMetadata: new Map([...CANAL_METADATA].map(([key, { type }]) => [key, type])),
      createDecoder: (context) => new CanalJsonDecoder(context, options),
    };
  },
  createEncodingFormat(values) {
    const options = jsonEncodeOptions(values);
    return {
      changelogMode: ChangelogMode.all,
      createEncoder(schema) {
        const write = rowWriter(schema.fields, options);
        return encoderOf(schema, (row, kind) => {
          const isAdded = kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER;
          return `{"data":[${write(row)}],"type":"${isAdded ? 'INSERT' : 'DELETE'}"}`;
        });
      },
    };
  },
};

function patternOf(values: OptionValues, option: ConfigOption<string>): RegExp | null {
  const pattern = values.find(option);
  return pattern === undefined ? null : includePattern(pattern, option.key);
}
