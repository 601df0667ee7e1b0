// Kafka tables in tests: made by the factory as a job makes them, read and written without the rest of Drey.
import type { Logger, RuntimeContext, Subtask } from '../../../src/connector/runtime-context.ts';
import type { SinkWriter } from '../../../src/connector/sink.ts';
import type { Position, SourceReader } from '../../../src/connector/source.ts';
import { kafkaFactory } from '../../../src/connectors/kafka/factory.ts';
import type { KafkaTableSink } from '../../../src/connectors/kafka/sink.ts';
import type { KafkaTableSource } from '../../../src/connectors/kafka/source.ts';
import { csvFormat } from '../../../src/formats/csv/format.ts';
import { debeziumJsonFormat } from '../../../src/formats/debezium-json/format.ts';
import { jsonFormat } from '../../../src/formats/json/format.ts';
import { rawFormat } from '../../../src/formats/raw/format.ts';
import { MetricRegistry } from '../../../src/runtime/metrics.ts';
import { type Clock, systemClock } from '../../../src/types/clock.ts';
import { type LogicalType, STRING } from '../../../src/types/logical-type.ts';
import { kindAt, type Row, rowKindShort } from '../../../src/types/row.ts';

export interface TableSpec {
  readonly columns?: Readonly<Record<string, LogicalType>>;
  readonly primaryKey?: readonly number[];
  readonly options: Readonly<Record<string, string>>;
  readonly timeZone?: string;
}

/** By identifier, as a factory's context has them. */
export const FORMATS = new Map(
  [csvFormat, debeziumJsonFormat, jsonFormat, rawFormat].map((format) => [format.identifier, format]),
);

const ONE_COLUMN = { v: STRING };

function factoryContext({ columns = ONE_COLUMN, primaryKey = [], options, timeZone = 'UTC' }: TableSpec) {
  return {
    table: { catalog: 'default_catalog', database: 'default_database', object: 't' },
    schema: { fields: Object.entries(columns).map(([name, type]) => ({ name, type })), primaryKey },
    options: new Map(Object.entries({ connector: 'kafka', ...options })),
    config: () => undefined,
    timeZone,
    formats: FORMATS,
  };
}

export function tableSource(spec: TableSpec): KafkaTableSource {
  return kafkaFactory.createSource!(factoryContext(spec), 'scan') as KafkaTableSource;
}

export function tableSink(spec: TableSpec): KafkaTableSink {
  return kafkaFactory.createSink!(factoryContext(spec)) as KafkaTableSink;
}

export interface TestRuntime extends RuntimeContext {
  readonly logged: string[];
  readonly failures: Error[];
  readonly registry: MetricRegistry;
}

export function testRuntime(clock: Clock = systemClock, timeZone = 'UTC', subtask?: Subtask): TestRuntime {
  const logged: string[] = [];
  const failures: Error[] = [];
  const registry = new MetricRegistry();
  const logger: Logger = {
    debug: (m) => logged.push(`debug ${m}`),
    info: (m) => logged.push(`info ${m}`),
    warn: (m) => logged.push(`warn ${m}`),
    error: (m) => logged.push(`error ${m}`),
  };
  return {
    clock,
    timeZone,
    ...(subtask === undefined ? {} : { subtask }),
    logger,
    logged,
    failures,
    registry,
    metrics: registry.group('t'),
    fail: (error) => failures.push(error),
    stdout: () => {},
    stderr: () => {},
  };
}

const open = new Set<{ close(): Promise<void> }>();

/** For afterEach. */
export async function closeAll(): Promise<void> {
  for (const one of open) await one.close();
  open.clear();
}

export interface ReadSpec extends TableSpec {
  readonly physical?: readonly number[];
  readonly metadata?: Readonly<Record<string, LogicalType>>;
  readonly restored?: Position;
  readonly runtime?: TestRuntime;
}

/** An open reader of all columns unless told; closed by `closeAll`. */
export async function openReader(spec: ReadSpec): Promise<SourceReader> {
  const source = tableSource(spec);
  const { physical = Object.keys(spec.columns ?? ONE_COLUMN).map((_, i) => i), metadata = {} } = spec;
  const reader = source.createReader(
    { physical, metadata: Object.entries(metadata).map(([key, type]) => ({ key, type })) },
    spec.runtime ?? testRuntime(systemClock, spec.timeZone),
  );
  open.add(reader);
  await reader.open(spec.restored ?? null);
  return reader;
}

/** Rows up to the end of a bounded source. */
export async function readAll(reader: SourceReader, max = 1000): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const batch = await reader.poll(max);
    if (batch === null) return rows;
    rows.push(...batch.rows);
  }
}

/** `+I[a]` up to the end of a bounded source. */
export async function readChanges(reader: SourceReader): Promise<string[]> {
  const changes: string[] = [];
  for (;;) {
    const batch = await reader.poll(1000);
    if (batch === null) return changes;
    batch.rows.forEach((row, i) => {
      changes.push(`${rowKindShort(kindAt(batch, i))}[${row.join(', ')}]`);
    });
  }
}

/** At least `count` rows of an endless source. */
export async function readSome(reader: SourceReader, count: number, max = 1000): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < count) {
    const batch = await reader.poll(max);
    if (batch === null) throw new Error(`the source ended after ${rows.length} rows`);
    rows.push(...batch.rows);
  }
  return rows;
}

export interface WriteSpec extends TableSpec {
  readonly metadata?: Readonly<Record<string, LogicalType>>;
  readonly runtime?: TestRuntime;
}

/** An open writer; closed by `closeAll`. */
export async function openWriter(spec: WriteSpec): Promise<SinkWriter> {
  const metadata = Object.entries(spec.metadata ?? {}).map(([key, type]) => ({ key, type }));
  const writer = tableSink(spec).createWriter(
    { targetColumns: null, metadata },
    spec.runtime ?? testRuntime(systemClock, spec.timeZone),
  );
  open.add(writer);
  await writer.open();
  return writer;
}

/** Options of a table of `topic` in format `raw`, read from its beginning to its present end. */
export function wholeTopic(
  brokers: string,
  topic: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'properties.bootstrap.servers': brokers,
    topic,
    format: 'raw',
    'scan.startup.mode': 'earliest-offset',
    'scan.bounded.mode': 'latest-offset',
    ...more,
  };
}
