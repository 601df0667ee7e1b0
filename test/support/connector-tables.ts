// Tables of the connectors that need no server, without SQL: factory in, rows out.
import type { DynamicTableFactory, FactoryContext } from '../../src/connector/factory.ts';
import type { RuntimeContext, Subtask } from '../../src/connector/runtime-context.ts';
import type { DynamicTableSink, SinkWriter } from '../../src/connector/sink.ts';
import type { Position, ScanTableSource, SourceReader } from '../../src/connector/source.ts';
import { MetricRegistry } from '../../src/runtime/metrics.ts';
import { type Clock, systemClock } from '../../src/types/clock.ts';
import type { Row } from '../../src/types/row.ts';
import type { Field } from '../../src/types/schema.ts';
import { FORMATS_BY_IDENTIFIER } from './formats.ts';

type Options = Readonly<Record<string, string>>;

export function contextOf(fields: readonly Field[], options: Options): FactoryContext {
  return {
    table: { catalog: 'default_catalog', database: 'default_database', object: 't' },
    schema: { fields, primaryKey: [] },
    options: new Map(Object.entries(options)),
    config: () => undefined,
    timeZone: 'UTC',
    formats: FORMATS_BY_IDENTIFIER,
  };
}

export interface Printed extends RuntimeContext {
  out: string;
  err: string;
}

export function runtimeOf(clock: Clock = systemClock, subtask?: Subtask): Printed {
  const context: Printed = {
    clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    metrics: new MetricRegistry().group('t'),
    timeZone: 'UTC',
    ...(subtask === undefined ? {} : { subtask }),
    fail(error) {
      throw error;
    },
    stdout(text) {
      context.out += text;
    },
    async stderr(text) {
      context.err += text;
    },
    out: '',
    err: '',
  };
  return context;
}

export function scanOf(
  factory: DynamicTableFactory,
  fields: readonly Field[],
  options: Options,
): ScanTableSource {
  const all = { connector: factory.identifier, ...options };
  const source = factory.createSource!(contextOf(fields, all), 'scan');
  if (source.kind !== 'scan') throw new Error('No scan source.');
  return source;
}

export function sinkOf(
  factory: DynamicTableFactory,
  fields: readonly Field[],
  options: Options,
): DynamicTableSink {
  return factory.createSink!(contextOf(fields, { connector: factory.identifier, ...options }));
}

export interface ReaderOptions {
  readonly clock?: Clock;
  readonly physical?: readonly number[];
  readonly metadata?: readonly string[];
  readonly restored?: Position | null;
  readonly subtask?: Subtask;
}

export async function openReader(
  source: ScanTableSource,
  fields: readonly Field[],
  { clock, physical = fields.map((_, i) => i), metadata = [], restored = null, subtask }: ReaderOptions = {},
): Promise<SourceReader> {
  const reader = source.createReader(
    {
      physical,
      metadata: metadata.map((key) => ({ key, type: source.readableMetadata.get(key)! })),
    },
    runtimeOf(clock, subtask),
  );
  await reader.open(restored);
  return reader;
}

/** Everything up to the end. */
export async function readAll(reader: SourceReader, max = 1000): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const batch = await reader.poll(max);
    if (batch === null) return rows;
    rows.push(...batch.rows);
  }
}

export function writerOf(sink: DynamicTableSink, runtime: RuntimeContext = runtimeOf()): SinkWriter {
  return sink.createWriter({ targetColumns: null, metadata: [] }, runtime);
}
