// Jobs from Kafka to Redis, and what Redis holds behind them.
import { Redis } from 'ioredis';
import { TableEnvironment } from '../../../src/table-environment/table-environment.ts';
import { produce, type TestMessage } from '../../support/kafka-messages.ts';
import { sharedKafka, sharedRedis } from '../../support/services.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function session(config: Record<string, string> = {}, resume = false): TableEnvironment {
  return TableEnvironment.create({
    resume,
    logger: silent,
    config: {
      'table.local-time-zone': 'UTC',
      'table.dml-sync': 'true',
      'restart-strategy.type': 'none',
      'execution.checkpointing.interval': '0',
      ...config,
    },
  });
}

export interface Topic {
  readonly brokers: string;
  readonly name: string;
  produce(messages: Iterable<string | TestMessage>): Promise<void>;
  /** WITH (…) of a table of the topic. */
  options(more: Record<string, string>): string;
}

export async function topicOf(name: string, partitions = 1): Promise<Topic> {
  const kafka = await sharedKafka();
  const topic = await kafka.createTopic(name, partitions);
  return {
    brokers: kafka.brokers,
    name: topic,
    produce: (messages) => produce(kafka.brokers, topic, messages),
    options: (more) => withOptions({ topic, 'properties.bootstrap.servers': kafka.brokers, ...more }),
  };
}

export function withOptions(options: Record<string, string>): string {
  return `WITH (${Object.entries(options)
    .map(([key, value]) => `'${key}' = '${value}'`)
    .join(', ')})`;
}

/** From the beginning to what is there now. */
export const WHOLE = {
  connector: 'kafka',
  'scan.startup.mode': 'earliest-offset',
  'scan.bounded.mode': 'latest-offset',
};

const open = new Set<Redis>();

export function closeClients(): void {
  for (const client of open) client.disconnect();
  open.clear();
}

export interface Database {
  readonly client: Redis;
  /** WITH (…) of a table in it. */
  options(more: Record<string, string>): string;
  /** Every key with its whole value: text, fields, members, scores or elements. */
  content(): Promise<Record<string, unknown>>;
}

/** A database that nobody else uses. */
export async function database(): Promise<Database> {
  const { host, port, database: db } = await sharedRedis();
  const client = new Redis({ host, port, db });
  open.add(client);
  return {
    client,
    options: (more) =>
      withOptions({ connector: 'redis', host, port: String(port), dbNum: String(db), ...more }),
    async content() {
      const keys = await client.keys('*');
      const values = await Promise.all(keys.map((key) => contentOf(client, key)));
      return Object.fromEntries(keys.map((key, i) => [key, values[i]]));
    },
  };
}

async function contentOf(client: Redis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key);
    case 'hash':
      return client.hgetall(key);
    case 'set':
      return (await client.smembers(key)).sort();
    case 'list':
      return client.lrange(key, 0, -1);
    case 'zset': {
      const flat = await client.zrange(key, '0', '-1', 'WITHSCORES');
      return Object.fromEntries(flat.flatMap((m, i) => (i % 2 === 0 ? [[m, Number(flat[i + 1])]] : [])));
    }
    default:
      return null;
  }
}

/** Waits until the content is as wanted. */
export async function eventually(
  db: Database,
  wanted: Record<string, unknown>,
  limitMs = 20_000,
): Promise<void> {
  const { isDeepStrictEqual } = await import('node:util');
  const limit = Date.now() + limitMs;
  while (!isDeepStrictEqual(await db.content(), wanted)) {
    if (Date.now() > limit) {
      throw new Error(
        `Redis holds ${JSON.stringify(await db.content())} and not ${JSON.stringify(wanted)} after ${limitMs} ms.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One object out of rows. */
export function collect<R, V>(
  rows: Iterable<R>,
  key: (row: R) => string,
  add: (found: V | undefined, row: R) => V,
): Record<string, V> {
  const out: Record<string, V> = {};
  for (const row of rows) out[key(row)] = add(out[key(row)], row);
  return out;
}
