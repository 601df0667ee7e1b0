import type { FormatFactory } from '../../connector/format.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { JsonDecoder } from './decoder.ts';
import { jsonEncoder } from './encoder.ts';
import { JSON_OPTIONS, jsonDecodeOptions, jsonEncodeOptions } from './options.ts';

/** `json`: one object a row, insert-only. */
export const jsonFormat: FormatFactory = {
  identifier: 'json',
  options: JSON_OPTIONS,
  createDecodingFormat(values) {
    const options = jsonDecodeOptions(values);
    return {
      changelogMode: ChangelogMode.insertOnly,
      readableMetadata: new Map(),
      createDecoder: ({ schema, projection }) =>
        new JsonDecoder(
          projection.map((i) => schema.fields[i]!),
          options,
        ),
    };
  },
  createEncodingFormat(values) {
    const options = jsonEncodeOptions(values);
    return {
      changelogMode: ChangelogMode.insertOnly,
      createEncoder: (schema) => jsonEncoder(schema, options),
    };
  },
};
