// Options of filesystem (org.apache.flink.connector.file.table.FileSystemConnectorOptions).
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector').string().describe('Must be `filesystem`.');

export const PATH = option('path')
  .string()
  .describe(
    'A file, or a folder whose files (and those of its folders) are read in the order of their names (each by one of the readers that the job has); for a sink the folder that files are put into. A path or a `file:` URL; names that start with `.` or `_` are not read.',
  );

export const FORMAT = option('format')
  .string()
  .describe('The format of a line: json, debezium-json, csv or raw.');

export const MONITOR_INTERVAL = option('source.monitor-interval')
  .duration()
  .role('source')
  .checked((v) => {
    if (v <= 0)
      throw new Error(`The value of 'source.monitor-interval' must be greater than 0, but is ${v}.`);
  })
  .describe('How often the path is looked at for new files. Without it the table ends behind the last file.');

export const PATH_PATTERN = option('source.path.regex-pattern')
  .of<RegExp>({ label: 'String', parse: (text) => new RegExp(`^(?:${text})$`), print: (v) => v.source })
  .role('source')
  .describe('Only files whose whole absolute path matches are read.');

export const ROLLING_FILE_SIZE = option('sink.rolling-policy.file-size')
  .memorySize()
  .default(128 * 1024 * 1024)
  .role('sink')
  .checked((v) => {
    if (v < 1)
      throw new Error(`The value of 'sink.rolling-policy.file-size' must be at least 1, but is ${v}.`);
  })
  .describe('A file that has got this size is ended and another begun.');

export const SINK_PARALLELISM = option('sink.parallelism')
  .int()
  .atLeast(1)
  .role('sink')
  .describe('How many writers there are, at most `parallelism.default`; each writes files of its own.');

/** Of Flink, without an effect here: files end at each checkpoint. */
const ACCEPTED = [
  option('sink.rolling-policy.rollover-interval').duration().default(1_800_000).role('sink'),
  option('sink.rolling-policy.check-interval').duration().default(60_000).role('sink'),
  option('source.report-statistics').enum(['NONE', 'ALL']).default('ALL').role('source'),
].map((o) => o.describe('Accepted for jobs that set it; without an effect.'));

export const FILESYSTEM_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR, PATH, FORMAT],
  optional: [MONITOR_INTERVAL, PATH_PATTERN, ROLLING_FILE_SIZE, SINK_PARALLELISM, ...ACCEPTED],
};
