import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector').string().describe('Must be `print`.');

export const PRINT_IDENTIFIER = option('print-identifier')
  .string()
  .describe('Stands before each line, with `> ` behind it.');

export const STANDARD_ERROR = option('standard-error')
  .boolean()
  .default(false)
  .describe('Print to standard error instead of standard output.');

const SINK_PARALLELISM = option('sink.parallelism')
  .int()
  .checked((v) => {
    if (v < 1) throw new Error(`The value of 'sink.parallelism' option must be at least 1, but is ${v}.`);
  })
  .describe('Accepted for jobs that set it; rows are printed by one writer, in order.');

export const PRINT_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR],
  optional: [PRINT_IDENTIFIER, STANDARD_ERROR, SINK_PARALLELISM],
};
