// Options of raw (org.apache.flink.formats.raw.RawFormatOptions).
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CHARSET = option('charset')
  .string()
  .default('UTF-8')
  .describe('The charset of a text column: UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1 or US-ASCII.');

export const ENDIANNESS = option('endianness')
  .enum(['big-endian', 'little-endian'])
  .default('big-endian')
  .describe('The order of the bytes of a numeric column.');

export const RAW_OPTIONS: OptionDeclarations = { required: [], optional: [CHARSET, ENDIANNESS] };
