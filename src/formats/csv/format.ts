import type { FormatFactory } from '../../connector/format.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { CsvDecoder } from './decoder.ts';
import { csvEncoder } from './encoder.ts';
import { CSV_OPTIONS, csvDialect } from './options.ts';

/** `csv`: one line a row, columns by position, insert-only. */
export const csvFormat: FormatFactory = {
  identifier: 'csv',
  options: CSV_OPTIONS,
  createDecodingFormat(values) {
    const dialect = csvDialect(values);
    return {
      changelogMode: ChangelogMode.insertOnly,
      readableMetadata: new Map(),
      createDecoder: (context) => new CsvDecoder(context, dialect),
    };
  },
  createEncodingFormat(values) {
    const dialect = csvDialect(values);
    return {
      changelogMode: ChangelogMode.insertOnly,
      createEncoder: (schema) => csvEncoder(schema, dialect),
    };
  },
};
