// Redis tables for tests of the connector alone: no SQL, one connection for many writers.
import type { FactoryContext } from '../../src/connector/factory.ts';
import type { LookupFunction } from '../../src/connector/lookup.ts';
import type { RuntimeContext } from '../../src/connector/runtime-context.ts';
import type { SinkTarget, SinkWriter } from '../../src/connector/sink.ts';
import { CommandBatch } from '../../src/connectors/redis/client/command-batch.ts';
import type { Layout, RedisNode, RedisPort, Reply } from '../../src/connectors/redis/client/port.ts';
import { SingleServerPort } from '../../src/connectors/redis/client/single-server-port.ts';
import { redisFactory } from '../../src/connectors/redis/factory.ts';
import { readSinkSettings } from '../../src/connectors/redis/settings.ts';
import { RedisSinkWriter } from '../../src/connectors/redis/sink.ts';
import { FORMATS_BY_IDENTIFIER } from '../../src/formats/registry.ts';
import { MetricRegistry } from '../../src/runtime/metrics.ts';
import { type Clock, systemClock } from '../../src/types/clock.ts';
import { DOUBLE, type LogicalType, STRING } from '../../src/types/logical-type.ts';
import type { ObjectIdentifier, PhysicalSchema } from '../../src/types/schema.ts';

export const TABLE: ObjectIdentifier = {
  catalog: 'default_catalog',
  database: 'default_database',
  object: 't',
};

/** `schema(['k', 'v'], ['k'])`: all STRING, a column named `score` DOUBLE; or types of their own. */
export function schema(
  columns: readonly (string | readonly [name: string, type: LogicalType])[],
  primaryKey: readonly string[],
): PhysicalSchema {
  const fields = columns.map((c) =>
    typeof c === 'string' ? { name: c, type: c === 'score' ? DOUBLE : STRING } : { name: c[0], type: c[1] },
  );
  return { fields, primaryKey: primaryKey.map((k) => fields.findIndex((f) => f.name === k)) };
}

/** What the planner gives to the factory. */
export function factoryContext(
  options: Readonly<Record<string, string>>,
  physical: PhysicalSchema,
): FactoryContext {
  return {
    table: TABLE,
    schema: physical,
    options: new Map(Object.entries(options)),
    config: () => undefined,
    timeZone: 'UTC',
    formats: FORMATS_BY_IDENTIFIER,
  };
}

export interface TestRuntime extends RuntimeContext {
  readonly failures: Error[];
  readonly warnings: string[];
  /** Logged as information. */
  readonly infos: string[];
  /** The value of a metric, by its name. */
  metric(name: string): number | undefined;
}

export function testRuntime(clock: Clock = systemClock): TestRuntime {
  const registry = new MetricRegistry();
  const failures: Error[] = [];
  const warnings: string[] = [];
  const infos: string[] = [];
  return {
    clock,
    logger: { debug() {}, info: (m) => void infos.push(m), warn: (m) => void warnings.push(m), error() {} },
    metrics: registry.group('t'),
    timeZone: 'UTC',
    fail: (error) => void failures.push(error),
    stdout() {},
    stderr() {},
    failures,
    warnings,
    infos,
    metric: (name) => registry.read().get(`t.${name}`),
  };
}

/** Waits for what happens outside of this process. @throws Error after `limitMs` */
export async function eventually(test: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The lookup of a table, over connections of its own. */
export function lookupOf(
  options: Readonly<Record<string, string>>,
  physical: PhysicalSchema,
  runtime: RuntimeContext = testRuntime(),
): LookupFunction {
  const source = redisFactory.createSource!(
    factoryContext({ connector: 'redis', ...options }, physical),
    'lookup',
  );
  if (source.kind !== 'lookup') throw new Error('no lookup');
  return source.createLookup(source.resolveKeys(physical.primaryKey), runtime);
}

/** The same, opened. */
export async function openLookup(
  options: Readonly<Record<string, string>>,
  physical: PhysicalSchema,
  runtime: RuntimeContext = testRuntime(),
): Promise<LookupFunction> {
  const lookup = lookupOf(options, physical, runtime);
  await lookup.open();
  return lookup;
}

/** As `openLookup`, for a sink. @param metadata the writable metadata columns of the INSERT */
export async function openSink(
  options: Readonly<Record<string, string>>,
  physical: PhysicalSchema,
  runtime: RuntimeContext = testRuntime(),
  metadata: SinkTarget['metadata'] = [],
): Promise<SinkWriter> {
  const sink = redisFactory.createSink!(factoryContext({ connector: 'redis', ...options }, physical));
  const writer = sink.createWriter({ targetColumns: null, metadata }, runtime);
  await writer.open();
  return writer;
}

/** A connected port; whoever opens it closes it. */
export async function openTestPort(
  at: { readonly host: string; readonly port: number; readonly database?: number },
  clock: Clock = systemClock,
): Promise<RedisPort> {
  const port = new SingleServerPort(
    {
      host: at.host,
      port: at.port,
      database: at.database ?? 0,
      connectTimeoutMs: 3000,
      socketTimeoutMs: 3000,
      pool: { maxTotal: 8, maxIdle: 8, minIdle: 0 },
      retryTimeoutMs: 10_000,
    },
    { clock },
  );
  await port.connect();
  return port;
}

/** Sends commands, answers their replies. */
export async function ask(
  port: RedisPort,
  commands: readonly (readonly (string | number)[])[],
): Promise<readonly Reply[]> {
  const batch = new CommandBatch();
  for (const command of commands) batch.add(command);
  return port.pipeline(batch);
}

/** The same port, for one of several users: closing is the owner's. */
export function shared(port: RedisPort): RedisPort {
  return {
    connect: () => port.connect(),
    pipeline: (batch) => port.pipeline(batch),
    write: (batch) => port.write(batch),
    nodes: () => port.nodes(),
    nodeOf: (key) => port.nodeOf(key),
    layout: () => port.layout(),
    stats: port.stats,
    close: async () => {},
  };
}

/** The sink writer of a table, over a connection that others use too. */
export async function openWriter(
  options: Readonly<Record<string, string>>,
  physical: PhysicalSchema,
  port: RedisPort,
  runtime: RuntimeContext = testRuntime(),
  targetColumns: readonly number[] | null = null,
): Promise<RedisSinkWriter> {
  const given = new Map(Object.entries({ connector: 'redis', host: 'localhost', ...options }));
  const { own } = readSinkSettings(given);
  const writer = new RedisSinkWriter(
    {
      table: 't',
      encoder: own.mode.bindSink({ table: TABLE, schema: physical }, own).createEncoder({
        columns: targetColumns,
        ttlColumn: null,
      }),
      ignoreDelete: own.ignoreDelete,
      maxRows: own.maxRows,
      intervalMs: own.intervalMs,
      durability: null,
      openPort: async () => shared(port),
    },
    runtime,
  );
  await writer.open();
  return writer;
}

/** A port that notes the commands of each batch it passes on. `gate`: answers of writes are held until it is opened. */
export class RecordingPort implements RedisPort {
  readonly batches: string[][] = [];
  readonly #port: RedisPort;
  #gate: PromiseWithResolvers<void> | null = null;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** All commands so far, words joined by a space. */
  get commands(): string[] {
    return this.batches.flat();
  }

  get stats() {
    return this.#port.stats;
  }

  hold(): void {
    this.#gate = Promise.withResolvers<void>();
  }

  release(): void {
    this.takeGate()();
  }

  /** Answers that are held from now on are not those that the result releases. */
  takeGate(): () => void {
    const gate = this.#gate;
    this.#gate = null;
    return () => gate?.resolve();
  }

  connect(): Promise<void> {
    return this.#port.connect();
  }

  async write(batch: CommandBatch) {
    this.#note(batch);
    const gate = this.#gate?.promise;
    const answer = await this.#port.write(batch);
    await gate;
    return answer;
  }

  async nodes(): Promise<readonly RedisNode[]> {
    return (await this.#port.nodes()).map((node) => this.#noting(node));
  }

  async nodeOf(key: string): Promise<RedisNode> {
    return this.#noting(await this.#port.nodeOf(key));
  }

  layout(): Promise<Layout> {
    return this.#port.layout();
  }

  #noting(node: RedisNode): RedisNode {
    return {
      ...node,
      pipeline: (batch) => {
        this.#note(batch);
        return node.pipeline(batch);
      },
    };
  }

  async pipeline(batch: CommandBatch) {
    this.#note(batch);
    const gate = this.#gate?.promise;
    const answer = await this.#port.pipeline(batch);
    await gate;
    return answer;
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  #note(batch: CommandBatch): void {
    this.batches.push(Array.from({ length: batch.count }, (_, i) => batch.commandAt(i).join(' ')));
  }
}
