// How long after a message has been sent to Kafka its key is in Redis, at a steady rate. Redis itself says when: its client
// tracking reports the writing of the keys that are looked at, one in each batch of messages.
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import type { KafkaHandle, RedisHandle } from '../../scripts/services/index.mjs';
import { setJob } from './jobs.ts';
import { nameOf, userKey } from './messages.ts';
import { recordBatch, sendSteadily } from './steady-producer.ts';

const RATE = 50_000;
const EVERY_MS = 10;
const WARM_UP_MS = 3000;
const LIMIT_MS = 30_000;

/** Milliseconds, one figure for each batch of messages. */
export interface Latencies {
  /** From the message's being sent to its key in Redis. */
  readonly total: readonly number[];
  /** From the message's being sent until Kafka had it: no matter of who reads it. */
  readonly kafka: readonly number[];
}

export async function measureLatency(
  cli: string,
  kafka: KafkaHandle,
  redis: RedisHandle,
  seconds: number,
): Promise<Latencies> {
  const topic = `latency-${seconds}`;
  await kafka.createTopic(topic, 1);
  const sql = setJob({ broker: kafka.brokers, topic, redisPort: redis.port })
    .replace(", 'scan.bounded.mode' = 'latest-offset'", '')
    .replace(`'mode' = 'STRING'`, `'mode' = 'STRING', 'sink.buffer-flush.interval' = '10'`);
  const child = spawn(process.execPath, [cli, 'run', '-'], {
    cwd: redis.folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(sql);
  const probes = new Probes(redis.port);
  try {
    const count = (seconds * 1000 + WARM_UP_MS) / EVERY_MS;
    const sent = await sendSteadily(kafka.brokers, topic, [...batches(count)], EVERY_MS, (i) =>
      probes.sent(i),
    );
    const total = await probes.all(count);
    child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`the job ended with ${code}`);
    const warm = WARM_UP_MS / EVERY_MS;
    return { total: total.slice(warm), kafka: sent.slice(warm).map((s) => s.acknowledgedAfter) };
  } finally {
    child.kill('SIGKILL');
    probes.close();
  }
}

/** What is sent: in each batch the last message is the one that is looked at. */
function* batches(count: number): Iterable<Buffer> {
  const perBatch = (RATE * EVERY_MS) / 1000;
  for (let i = 0; i < count; i++) {
    yield recordBatch(
      Array.from({ length: perBatch }, (_, n) => {
        const id = i * perBatch + n;
        const key = n === perBatch - 1 ? `probe-${i}` : userKey(id);
        return `{"id":"${key}","name":"${nameOf(id)}","score":"${id % 1000}"}`;
      }),
    );
  }
}

/** When the keys `probe-0`, `probe-1` … were sent, and when they were written. */
class Probes {
  readonly #socket: Socket;
  readonly #sentAt: number[] = [];
  readonly #took: number[] = [];
  #seen = 0;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    let rest = '';
    this.#socket.setEncoding('latin1').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        if (line.startsWith('probe-')) this.#written(Number(line.slice('probe-'.length)));
    });
    this.#socket.write('HELLO 3\r\nCLIENT TRACKING ON BCAST PREFIX probe-\r\n');
  }

  sent(i: number): void {
    this.#sentAt[i] = performance.now();
  }

  #written(i: number): void {
    const sentAt = this.#sentAt[i];
    if (sentAt === undefined || this.#took[i] !== undefined) return;
    this.#took[i] = performance.now() - sentAt;
    this.#seen++;
    this.#wake();
  }

  /** @throws when not all have come in time */
  async all(count: number): Promise<readonly number[]> {
    const late = AbortSignal.timeout(LIMIT_MS);
    late.addEventListener('abort', () => this.#wake());
    while (this.#seen < count) {
      if (late.aborted) throw new Error(`latency: ${this.#seen} of ${count} probes came to Redis`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#took;
  }

  close(): void {
    this.#socket.destroy();
  }
}
