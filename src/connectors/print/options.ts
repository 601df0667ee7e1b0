import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector').string().describe('Must be `print`.');

export const PRINT_IDENTIFIER = option('print-identifier')
  .string()
  .describe(
    'Stands before each line, with `> ` behind it. Where several writers print, the number of the writer does, too: `name:2> `.',
  );

export const STANDARD_ERROR = option('standard-error')
  .boolean()
  .default(false)
  .describe('Print to standard error instead of standard output.');

export const SINK_PARALLELISM = option('sink.parallelism')
  .int()
  .checked((v) => {
    if (v < 1) throw new Error(`The value of 'sink.parallelism' option must be at least 1, but is ${v}.`);
  })
  .describe('How many writers there are, at most `parallelism.default`.');

export const PRINT_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR],
  optional: [PRINT_IDENTIFIER, STANDARD_ERROR, SINK_PARALLELISM],
};
