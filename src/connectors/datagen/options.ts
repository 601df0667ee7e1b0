// Options of datagen (org.apache.flink.connector.datagen.table.DataGenConnectorOptions). Those of a field, `fields.<name>.…`,
// depend on its type and kind: see field-options.ts.
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector').string().describe('Must be `datagen`.');

export const ROWS_PER_SECOND = option('rows-per-second')
  .long()
  .default(10_000)
  .checked((v) => {
    if (v < 1) throw new Error(`The value of 'rows-per-second' option must be at least 1, but is ${v}.`);
  })
  .describe('How many rows are made in a second.');

export const NUMBER_OF_ROWS = option('number-of-rows')
  .long()
  .checked((v) => {
    if (v < 0) throw new Error(`The value of 'number-of-rows' option shouldn't be negative, but is ${v}.`);
  })
  .describe('How many rows are made at all. By default the table has no end, unless a field is a sequence.');

export const SCAN_PARALLELISM = option('scan.parallelism')
  .int()
  .atLeast(1)
  .describe('How many readers make rows, at most `parallelism.default`. They share rate and number of rows.');

const FIELDS = option('fields')
  .map()
  .describe(
    'Per field: `fields.<name>.kind` (random, sequence), `.min`, `.max`, `.max-past`, `.length`, `.var-len`, `.null-rate`, `.start`, `.end`. Inside of ARRAY, MAP and ROW columns: `fields.<name>.element.…`, `.key.…`, `.value.…`, `.<field>.…`.',
  );

/** For docs and help; a table's own list has its fields instead of `fields`. */
export const DATAGEN_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR],
  optional: [ROWS_PER_SECOND, NUMBER_OF_ROWS, SCAN_PARALLELISM, FIELDS],
};

export const TABLE_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR],
  optional: [ROWS_PER_SECOND, NUMBER_OF_ROWS, SCAN_PARALLELISM],
};
