// One Redis, one Redis with a password and one Kafka for all test files, each started when the first test asks for it.
// They belong to vitest's main process: workers ask over loopback HTTP, and everything ends with the run (or with a Ctrl-C).
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type KafkaHandle, type RedisHandle, startKafka, startRedis } from '../../scripts/services/index.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    servicesPort: number;
  }
}

const DATABASES = 1024;
const PASSWORD = 'test-pässword:with/odd chars';

interface Answer {
  readonly [field: string]: string | number | undefined;
}

class Lazy<T extends { close(): Promise<void> }> {
  readonly #start: () => Promise<T>;
  #started: Promise<T> | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  get(): Promise<T> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async close(): Promise<void> {
    if (this.#started === undefined) return;
    const settled = await this.#started.catch(() => undefined);
    await settled?.close();
  }
}

async function redisAnswer(redis: Lazy<RedisHandle>, database: number): Promise<Answer> {
  const { host, port, password } = await redis.get();
  if (database >= DATABASES) throw new Error(`all ${DATABASES} databases of the shared Redis are handed out`);
  return { host, port, password, database };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  // Data need not outlive these servers: tests that stop and start one make their own.
  const open = new Lazy<RedisHandle>(() => startRedis({ databases: DATABASES, persist: false, say }));
  const closed = new Lazy<RedisHandle>(() =>
    startRedis({ databases: DATABASES, persist: false, password: PASSWORD, say }),
  );
  const kafka = new Lazy<KafkaHandle>(() => startKafka({ say }));
  let database = 0;
  let topics = 0;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    switch (url.pathname) {
      case '/redis':
        return redisAnswer(open, database++);
      case '/redis-with-password':
        return redisAnswer(closed, database++);
      case '/kafka': {
        const { host, port, brokers } = await kafka.get();
        return { host, port, brokers };
      }
      case '/topic': {
        const topic = `${url.searchParams.get('name') ?? 'topic'}-${++topics}`;
        await (await kafka.get()).createTopic(topic, Number(url.searchParams.get('partitions') ?? 1));
        return { topic };
      }
      default:
        throw new Error(`no such service: ${url.pathname}`);
    }
  };

  const server = createServer((request, response) => {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(body));
    };
    answer(request).then(
      (body) => reply(200, body),
      (error: Error) => reply(500, { error: error.message }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('servicesPort', (server.address() as AddressInfo).port);

  return async () => {
    server.close();
    server.closeAllConnections();
    await Promise.all([open.close(), closed.close(), kafka.close()]);
  };
}
