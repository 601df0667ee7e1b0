// Every format, loaded at once: for tests and tools of one process. Jobs load them one by one (src/registry.ts); a test keeps
// the two lists alike.
import type { FormatFactory } from '../connector/format.ts';
import { canalJsonFormat } from './canal-json/format.ts';
import { csvFormat } from './csv/format.ts';
import { debeziumJsonFormat } from './debezium-json/format.ts';
import { jsonFormat } from './json/format.ts';
import { rawFormat } from './raw/format.ts';

export const FORMATS: readonly FormatFactory[] = [
  canalJsonFormat,
  csvFormat,
  debeziumJsonFormat,
  jsonFormat,
  rawFormat,
];

/** By identifier, as `FactoryContext.formats` wants them. */
export const FORMATS_BY_IDENTIFIER: ReadonlyMap<string, FormatFactory> = new Map(
  FORMATS.map((format) => [format.identifier, format]),
);
