// The connector page's six examples, verbatim but for host, port, password, broker and topic: real Kafka in, a Redis with
// a password out. The whole key space is compared; of the joins every row, misses and null keys included.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DreyProcess } from '../support/drey.ts';
import { produce } from '../support/kafka-messages.ts';
import { exampleSql, type PageExample, pageExamples } from '../support/page-examples.ts';
import { sharedKafka, sharedRedis } from '../support/services.ts';

/** The acceptance run uses 100,000. */
const MESSAGES = Number(process.env['DREY_TEST_MESSAGES'] ?? 20_000);
const LIMIT_MS = 60_000;

let cwd: string;
let redis: Redis;
let database: number;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drey-page-'));
  const server = await sharedRedis({ password: true });
  database = server.database;
  redis = new Redis({ host: server.host, port: server.port, password: server.password!, db: database });
});
afterEach(async () => {
  redis.disconnect();
  await rm(cwd, { recursive: true, force: true });
});

/** Starts an example on a topic of its own. */
async function start(example: PageExample): Promise<DreyProcess> {
  const kafka = await sharedKafka();
  const topic = await kafka.createTopic(example.file);
  await produce(
    kafka.brokers,
    topic,
    example.messages.map((m) => JSON.stringify(m)),
  );
  const pipeline = redis.pipeline();
  for (const [command, ...words] of example.redis) pipeline.call(command!, ...words);
  await pipeline.exec();
  const { host, port, password } = await sharedRedis({ password: true });
  const places = { brokers: kafka.brokers, topic, host, port, password: password!, database };
  return new DreyProcess(['run', '-'], {
    cwd,
    stdin: exampleSql(example, { ...places, output: "'connector' = 'print'" }),
  });
}

async function waitForSize(job: DreyProcess, size: number): Promise<void> {
  let now = 0;
  const timer = setInterval(() => {
    redis.dbsize().then((n) => {
      now = n;
    }, console.error);
  }, 50);
  try {
    await job.until(() => now >= size, LIMIT_MS);
  } finally {
    clearInterval(timer);
  }
}

async function stopped(job: DreyProcess): Promise<void> {
  const end = await job.end();
  expect({ code: end.code, signal: end.signal }, end.stderr).toEqual({ code: 0, signal: null });
}

async function expectKeys(expected: NonNullable<PageExample['keys']>): Promise<void> {
  const keys = await redis.keys('*');
  expect(keys.sort()).toEqual([...expected.keys()].sort());
  const pipeline = redis.pipeline();
  for (const key of keys)
    if (typeof expected.get(key) === 'string') pipeline.get(key);
    else pipeline.hgetall(key);
  const found = (await pipeline.exec())!.map(([error, value], i) => [keys[i], error ?? value] as const);
  expect(new Map(found)).toEqual(new Map(keys.map((k) => [k, expected.get(k)])));
}

test.each(pageExamples(MESSAGES))(
  '$name',
  async (example) => {
    const job = await start(example);
    if (example.keys !== undefined) {
      await waitForSize(job, example.keys.size);
      await stopped(job);
      await expectKeys(example.keys);
      return;
    }
    const whole = example.rows!.map((row) => `${row}\n`).join('');
    await job.until(() => job.stdout.length >= whole.length, LIMIT_MS);
    await stopped(job);
    // A long text is compared by lines only where it differs.
    expect(job.stdout === whole || job.stdout.split('\n')).toEqual(true);
  },
  120_000,
);
