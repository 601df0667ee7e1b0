// How a connector introduces itself (org.apache.flink.table.factories.DynamicTableFactory).
import type { OptionDeclarations } from '../options/read-options.ts';
import type { ObjectIdentifier, PhysicalSchema } from '../types/schema.ts';
import type { FormatFactory } from './format.ts';
import type { LookupTableSource } from './lookup.ts';
import type { DynamicTableSink } from './sink.ts';
import type { ScanTableSource } from './source.ts';

export interface FactoryContext {
  readonly table: ObjectIdentifier;
  /** Physical columns and primary key. */
  readonly schema: PhysicalSchema;
  /** The WITH clause, OPTIONS hints merged in, as written. */
  readonly options: ReadonlyMap<string, string>;
  /** A job option (`SET`), or undefined. */
  config(key: string): string | undefined;
  /** IANA name of `table.local-time-zone`. */
  readonly timeZone: string;
  /** Registered formats by identifier. */
  readonly formats: ReadonlyMap<string, FormatFactory>;
}

/** A table may be readable, writable or both; `usage` of a source says what the query does with it. */
export interface DynamicTableFactory {
  readonly identifier: string;
  /** For docs, help and the message that lists supported options. Formats' options are added by the format helper. */
  readonly options: OptionDeclarations;
  /**
   * @param usage `scan` in plain FROM, `lookup` in FOR SYSTEM_TIME AS OF. A source that has only one of them throws.
   * @throws ValidationError about options, columns or key (the caller puts Flink's "Unable to create a source …" around it)
   */
  createSource?(context: FactoryContext, usage: 'scan' | 'lookup'): ScanTableSource | LookupTableSource;
  createSink?(context: FactoryContext): DynamicTableSink;
}
