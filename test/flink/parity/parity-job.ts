// A job as data, that runs on both hosts: on Drey in this process, and on a Flink cluster. Texts in double braces stand for the
// places that differ from run to run.
import type { TestMessage } from '../../support/kafka-messages.ts';
import type { SharedRedis } from '../../support/services.ts';
import type { KeySpace } from '../support/key-space.ts';

export interface ParityJob {
  readonly name: string;
  /** Job options. */
  readonly config?: Readonly<Record<string, string>>;
  /** Messages of topics. `{{kafka NAME}}` is a source that reads one to its end, `{{topic NAME}}` only its name and broker. */
  readonly topics?: Readonly<Record<string, readonly (string | TestMessage)[]>>;
  /** What Redis holds before. */
  readonly redis?: readonly (readonly (string | number)[])[];
  /** `{{redis}}` is the connector, the server and the database, `{{server}}` without the database, `{{host}}` without port and database; `{{print}}` is a table whose lines are compared. */
  readonly tables: readonly string[];
  /** INSERTs and queries, one after the other. */
  readonly run: readonly string[];
  /** Rows may come in any order. */
  readonly unordered?: boolean;
}

export interface Outcome {
  readonly keys: KeySpace;
  readonly printed: readonly string[];
  /** Of queries, `+I[a, 1]`. */
  readonly rows: readonly string[];
  /** Messages from the outside in; null: the job ended well. */
  readonly error: readonly string[] | null;
}

/** Where a job runs. */
export interface Places {
  readonly redis: SharedRedis;
  readonly brokers: string;
  /** Names of topics on the broker. */
  readonly topics: Readonly<Record<string, string>>;
  readonly printIdentifier: string;
}

const quote = (text: string | number) => `'${String(text).replaceAll("'", "''")}'`;

function optionList(options: Readonly<Record<string, string | number>>): string {
  return Object.entries(options)
    .map(([key, value]) => `${quote(key)} = ${quote(value)}`)
    .join(', ');
}

/** A statement with its places filled in. */
export function fill(statement: string, { redis, brokers, topics, printIdentifier }: Places): string {
  return statement.replace(
    /\{\{(redis|server|host|print|topic|kafka)(?: ([\w-]+))?\}\}/g,
    (_, kind: string, name: string) => {
      const topic = { topic: topics[name] ?? '', 'properties.bootstrap.servers': brokers };
      switch (kind) {
        case 'redis':
          return optionList({
            connector: 'redis',
            host: redis.host,
            port: redis.port,
            dbNum: redis.database,
            ...(redis.password === undefined ? {} : { password: redis.password }),
          });
        case 'host':
          return optionList({ connector: 'redis', host: redis.host });
        case 'server':
          return optionList({ connector: 'redis', host: redis.host, port: redis.port });
        case 'print':
          return optionList({ connector: 'print', 'print-identifier': printIdentifier });
        case 'topic':
          return optionList(topic);
        default:
          return optionList({
            connector: 'kafka',
            ...topic,
            'scan.startup.mode': 'earliest-offset',
            'scan.bounded.mode': 'latest-offset',
          });
      }
    },
  );
}
