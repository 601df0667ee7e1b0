// Redis and Kafka's broker go away and come back while a job runs: it neither exits nor loses or reorders anything.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { DreyProcess } from '../support/drey.ts';
import { produce } from '../support/kafka-messages.ts';
import { startKafka, startRedis } from '../support/services.ts';

/** The acceptance run: 1,000,000 messages. */
const MESSAGES = Number(process.env['DREY_TEST_OUTAGE_MESSAGES'] ?? 100_000);
const REDIS_RESTARTS = 5;
const KAFKA_RESTARTS = 2;
const KEYS = MESSAGES / 4;
const keyOf = (i: number) => `k${(i * 7) % KEYS}`;

test('restarts of Redis and of the broker are survived', async () => {
  const [kafka, redis] = await Promise.all([startKafka(), startRedis()]);
  const cwd = await mkdtemp(path.join(tmpdir(), 'drey-outage-'));
  let job: DreyProcess | null = null;
  try {
    await kafka.createTopic('t', 2);
    job = new DreyProcess(['run', '-'], {
      cwd,
      stdin: `SET 'execution.checkpointing.interval' = '500ms';
        CREATE TABLE src (id STRING, v STRING) WITH ('connector' = 'kafka', 'topic' = 't',
          'properties.bootstrap.servers' = '${kafka.brokers}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
        CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'redis',
          'host' = '${redis.host}', 'port' = '${redis.port}', 'mode' = 'STRING');
        INSERT INTO snk SELECT * FROM src;`,
    });
    const slices = REDIS_RESTARTS + KAFKA_RESTARTS + 1;
    const size = Math.ceil(MESSAGES / slices);
    for (let s = 0; s < slices; s++) {
      const from = s * size;
      const messages = Array.from({ length: Math.min(size, MESSAGES - from) }, (_, i) => {
        const n = from + i;
        return { value: JSON.stringify({ id: keyOf(n), v: String(n) }), partition: ((n * 7) % KEYS) % 2 };
      });
      await produce(kafka.brokers, 't', messages);
      // The job has connected before anything goes away: what is promised is for a job that runs.
      if (s === 0) await expect.poll(() => redis.command(['DBSIZE']), { timeout: 60_000 }).not.toBe(0);
      // In the middle of the slice's way to Redis.
      if (s < REDIS_RESTARTS) await redis.restart();
      else if (s < REDIS_RESTARTS + KAFKA_RESTARTS) await kafka.restart();
    }
    await compare(job, redis.port);
    const end = await job.end();
    expect(end.code, end.stderr).toBe(0);
  } finally {
    job?.child.kill('SIGKILL');
    await Promise.all([kafka.close(), redis.close()]);
    await rm(cwd, { recursive: true, force: true });
  }
}, 300_000);

/** Waits until every key has its last value; then says which have not. */
async function compare(job: DreyProcess, port: number): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port });
  try {
    const expected = new Map<string, string>();
    for (let i = 0; i < MESSAGES; i++) expected.set(keyOf(i), String(i));
    const keys = [...expected.keys()];
    const wrong = async () => {
      const values = await client.mget(keys);
      return keys.filter((k, i) => values[i] !== expected.get(k));
    };
    let left = keys.length;
    const timer = setInterval(() => {
      wrong().then((w) => {
        left = w.length;
      }, console.error);
    }, 500);
    await job.until(() => left === 0, 60_000).finally(() => clearInterval(timer));
    expect(await client.dbsize()).toBe(keys.length);
  } finally {
    client.disconnect();
  }
}
