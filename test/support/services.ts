// Real servers for tests. Shared ones start at the first use and live until the run ends; a test that stops, kills or configures a server
// starts its own with startRedis, startCluster, startKafka … and closes it.
import { request } from 'node:http';
import { inject } from 'vitest';

export {
  makeCertificates,
  redisCommand,
  redisCommands,
  startCluster,
  startKafka,
  startRedis,
  startRedisTls,
  startSentinel,
} from '../../scripts/services/index.mjs';

export interface SharedRedis {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  /** Handed out once: no other caller uses this database. */
  readonly database: number;
}

export interface SharedKafka {
  readonly host: string;
  readonly port: number;
  /** host:port */
  readonly brokers: string;
  /** Creates a topic that nobody else has and answers its name: `name`, a dash and a number. */
  createTopic(name: string, partitions?: number): Promise<string>;
}

function ask<T>(path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: inject('servicesPort'), path, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const body = JSON.parse(text) as T & { error?: string };
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(body.error));
        });
      },
    );
    // Starting Kafka on a busy machine takes a while; fetching its jars the first time longer.
    call.setTimeout(180_000, () => call.destroy(new Error(`${path}: no answer within 180 s`)));
    call.on('error', reject);
    call.end();
  });
}

/** A database of a real Redis; `password: true`: of one that asks for a password. */
export function sharedRedis(options: { readonly password?: boolean } = {}): Promise<SharedRedis> {
  return ask<SharedRedis>(options.password === true ? '/redis-with-password' : '/redis');
}

/** A real Kafka broker without security. */
export async function sharedKafka(): Promise<SharedKafka> {
  const broker = await ask<Omit<SharedKafka, 'createTopic'>>('/kafka');
  return {
    ...broker,
    async createTopic(name, partitions = 1) {
      const query = new URLSearchParams({ name, partitions: String(partitions) });
      return (await ask<{ topic: string }>(`/topic?${query}`)).topic;
    },
  };
}
