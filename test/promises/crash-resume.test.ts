// kill -9 at any moment, `--resume` each time: nothing is missing in Redis, and of each key the last value stands.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { DreyProcess } from '../support/drey.ts';
import { produce } from '../support/kafka-messages.ts';
import { sharedKafka, sharedRedis } from '../support/services.ts';

/** The acceptance run: 20 kills, 1,000,000 messages. */
const KILLS = Number(process.env['DREY_TEST_KILLS'] ?? 5);
const MESSAGES = Number(process.env['DREY_TEST_CRASH_MESSAGES'] ?? 100_000);
const KEYS = MESSAGES / 4;
/** One start, somewhere between loading and full speed. */
const LONGEST_LIFE_MS = 1500;

const keyOf = (i: number) => `k${(i * 7) % KEYS}`;

/** Produces while the job is killed: a quarter before it starts, the rest slowly enough to outlast the kills. */
async function produceOverTime(brokers: string, topic: string, signal: AbortSignal): Promise<void> {
  const slices = 40;
  const size = Math.ceil(MESSAGES / slices);
  for (let s = 0; s < slices; s++) {
    const from = s * size;
    const texts = Array.from({ length: Math.min(size, MESSAGES - from) }, (_, i) =>
      JSON.stringify({ id: keyOf(from + i), v: String(from + i) }),
    );
    await produce(brokers, topic, texts);
    const pause = s < slices / 4 || signal.aborted ? 0 : (KILLS * LONGEST_LIFE_MS) / slices;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

test('kill -9 and --resume lose nothing', async () => {
  const kafka = await sharedKafka();
  const server = await sharedRedis();
  const topic = await kafka.createTopic('crash');
  const cwd = await mkdtemp(path.join(tmpdir(), 'drey-crash-'));
  const redis = new Redis({ host: server.host, port: server.port, db: server.database });
  const killed = new AbortController();
  const producing = produceOverTime(kafka.brokers, topic, killed.signal);
  try {
    const file = path.join(cwd, 'job.sql');
    await writeFile(
      file,
      `SET 'execution.checkpointing.interval' = '100ms';
       CREATE TABLE src (id STRING, v STRING) WITH ('connector' = 'kafka', 'topic' = '${topic}',
         'properties.bootstrap.servers' = '${kafka.brokers}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
       CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'redis',
         'host' = '${server.host}', 'port' = '${server.port}', 'dbNum' = '${server.database}', 'mode' = 'STRING');
       INSERT INTO snk SELECT * FROM src;`,
    );
    for (let kill = 0; kill < KILLS; kill++) {
      const job = new DreyProcess(['run', '--resume', file], { cwd });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
      const end = await job.end('SIGKILL');
      expect(end.signal, end.stderr).toBe('SIGKILL');
    }
    killed.abort();
    await producing;
    const last = new DreyProcess(['run', '--resume', file], { cwd });
    let newest: string | null = null;
    const timer = setInterval(() => {
      redis.get(keyOf(MESSAGES - 1)).then((v) => {
        newest = v;
      }, console.error);
    }, 20);
    await last.until(() => newest === String(MESSAGES - 1), 60_000).finally(() => clearInterval(timer));
    const end = await last.end();
    expect(end.code, end.stderr).toBe(0);
    const expected = new Map<string, string>();
    for (let i = 0; i < MESSAGES; i++) expected.set(keyOf(i), String(i));
    const keys = [...expected.keys()];
    expect(await redis.dbsize()).toBe(keys.length);
    const values = await redis.mget(keys);
    expect(keys.filter((k, i) => values[i] !== expected.get(k))).toEqual([]);
  } finally {
    killed.abort();
    await producing;
    redis.disconnect();
    await rm(cwd, { recursive: true, force: true });
  }
}, 300_000);
