// One database of a real Redis for the tests of a file: written and read through the connector, looked into beside it.
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { LookupFunction } from '../../src/connector/lookup.ts';
import type { SinkTarget } from '../../src/connector/sink.ts';
import type { RedisPort, Reply } from '../../src/connectors/redis/client/port.ts';
import { redisFactory } from '../../src/connectors/redis/factory.ts';
import { errorChain } from '../../src/types/errors.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';
import type { PhysicalSchema } from '../../src/types/schema.ts';
import { batchOf, type Change } from './memory-tables.ts';
import {
  ask,
  factoryContext,
  openLookup,
  openSink,
  openTestPort,
  type TestRuntime,
  testRuntime,
} from './redis-table.ts';
import { type SharedRedis, sharedRedis } from './services.ts';

export interface RedisDatabase {
  /** The options that lead there. */
  at(): Record<string, string>;
  port(): RedisPort;
  /** Writes changes through a sink of these options, to the end. */
  write(
    options: Record<string, string>,
    physical: PhysicalSchema,
    changes: readonly Change[],
    metadata?: SinkTarget['metadata'],
    runtime?: TestRuntime,
  ): Promise<void>;
  /** A lookup, closed after the test. */
  open(options: Record<string, string>, physical: PhysicalSchema): Promise<LookupFunction>;
  /** One command, its reply. */
  one(...command: (string | number)[]): Promise<Reply>;
  allKeys(): Promise<string[]>;
}

/** Empty before each test of the file. */
export function redisDatabase(): RedisDatabase {
  let redis: SharedRedis;
  let port: RedisPort;
  const lookups: LookupFunction[] = [];
  beforeAll(async () => {
    redis = await sharedRedis();
    port = await openTestPort(redis);
  });
  afterAll(() => port.close());
  beforeEach(() => ask(port, [['FLUSHDB']]));
  afterEach(async () => {
    for (const lookup of lookups.splice(0)) await lookup.close();
  });
  const at = () => ({ host: redis.host, port: String(redis.port), dbNum: String(redis.database) });
  const one: RedisDatabase['one'] = async (...command) => (await ask(port, [command]))[0]!;
  return {
    at,
    port: () => port,
    async write(options, physical, changes, metadata = [], runtime = testRuntime()) {
      const writer = await openSink({ ...at(), ...options }, physical, runtime, metadata);
      try {
        await writer.write(batchOf(changes));
        await writer.flush(true);
      } finally {
        await writer.close();
      }
    },
    async open(options, physical) {
      const lookup = await openLookup({ ...at(), ...options }, physical);
      lookups.push(lookup);
      return lookup;
    },
    one,
    allKeys: async () => [...((await one('KEYS', '*')) as string[])].sort(),
  };
}

/** What the planner is told about a table that is refused. */
export function problem(
  options: Record<string, string>,
  physical: PhysicalSchema,
  role: 'sink' | 'lookup' = 'sink',
): string {
  const context = factoryContext({ connector: 'redis', host: 'h', ...options }, physical);
  try {
    if (role === 'sink') redisFactory.createSink!(context);
    else redisFactory.createSource!(context, 'lookup');
  } catch (error) {
    return errorChain(error).join('\n');
  }
  throw new Error('accepted');
}

export const column = (name: string, type: LogicalType) => [name, type] as const;
