// The connector page's six examples, verbatim but for host, port, password, broker and topic: real Kafka in, a Redis with
// a password out. The whole key space is compared; of the joins every row, misses and null keys included.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DreyProcess } from '../support/drey.ts';
import { produce } from '../support/kafka-messages.ts';
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

/** Starts an example on a topic of its own with these messages. */
async function start(example: string, messages: readonly object[], sink?: string): Promise<DreyProcess> {
  const kafka = await sharedKafka();
  const topic = await kafka.createTopic(example);
  await produce(
    kafka.brokers,
    topic,
    messages.map((m) => JSON.stringify(m)),
  );
  const server = await sharedRedis({ password: true });
  let sql = await readFile(path.resolve(import.meta.dirname, `../data/page-examples/${example}.sql`), 'utf8');
  sql = sql
    .replaceAll('<yourKafkaBroker>', kafka.brokers)
    .replaceAll('<yourHost>', server.host)
    .replaceAll('<yourPort>', String(server.port))
    .replaceAll('<yourPassword>', server.password!)
    .replace(/('topic'\s*=\s*)'[^']*'/, `$1'${topic}'`)
    // The page uses database 0; tests share the server.
    .replace(/('connector'\s*=\s*'redis',)/, `$1 'dbNum' = '${database}',`);
  if (sink !== undefined) sql = sql.replace("'connector' = 'blackhole'", `'connector' = '${sink}'`);
  return new DreyProcess(['run', '-'], { cwd, stdin: sql });
}

/** Unicode, escapes, empty texts; about every tenth key comes again later. */
function text(i: number): string {
  return ['plain', 'ünïcödé', '中文 😀', 'quote " back\\slash', 'line\nbreak\ttab', ''][i % 6]!;
}
const keyOf = (i: number) => `${text(i % 5)}-${i % 10 === 9 ? i - 9 : i}`;

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

const numbers = Array.from({ length: MESSAGES }, (_, i) => i);

test('write STRING data', async () => {
  const messages = numbers.map((i) => ({ user_id: keyOf(i), login_time: `${text(i)}${i}` }));
  const expected = new Map(messages.map((m) => [m.user_id, m.login_time]));
  const job = await start('string-sink', messages);
  await waitForSize(job, expected.size);
  await stopped(job);
  const keys = await redis.keys('*');
  expect(keys.sort()).toEqual([...expected.keys()].sort());
  expect(new Map((await redis.mget(keys)).map((value, i) => [keys[i], value]))).toEqual(
    new Map(keys.map((k) => [k, expected.get(k)])),
  );
}, 120_000);

async function expectHashes(expected: ReadonlyMap<string, Record<string, string>>): Promise<void> {
  const keys = await redis.keys('*');
  expect(keys.sort()).toEqual([...expected.keys()].sort());
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.hgetall(key);
  const hashes = (await pipeline.exec())!.map(([error, hash], i) => [keys[i], error ?? hash] as const);
  expect(new Map(hashes)).toEqual(new Map(keys.map((k) => [k, expected.get(k)])));
}

test('write HASHMAP data in multi-value mode', async () => {
  const messages = numbers.map((i) => ({
    order_id: keyOf(i),
    product_name: text(i),
    quantity: String(i),
    amount: `${i}.50`,
  }));
  const expected = new Map(messages.map(({ order_id, ...hash }) => [order_id, hash]));
  const job = await start('hashmap-multi-value-sink', messages);
  await waitForSize(job, expected.size);
  await stopped(job);
  await expectHashes(expected);
}, 120_000);

test('write HASHMAP data in single-value mode', async () => {
  const messages = numbers.map((i) => ({
    order_id: `order ${Math.floor(i / 4)}`,
    product_name: `${text(i)} ${i % 3}`,
    quantity: String(i),
  }));
  const expected = new Map<string, Record<string, string>>();
  for (const m of messages) {
    expected.set(m.order_id, { ...expected.get(m.order_id), [m.product_name]: m.quantity });
  }
  const job = await start('hashmap-single-value-sink', messages);
  await waitForSize(job, expected.size);
  await stopped(job);
  await expectHashes(expected);
}, 120_000);

/** Every fifth user is unknown, every seventh message has no user. */
const clicks = numbers.map((i) => ({
  user_id: i % 7 === 6 ? null : keyOf(i),
  click_time: '2026-01-02 03:04:05.120',
}));
const users = [...new Set(clicks.flatMap((c) => c.user_id ?? []))];
const known = new Set(users.filter((_, i) => i % 5 !== 4));

/** Compares what `print` wrote with the rows that a known user makes, in order. */
async function expectRows(job: DreyProcess, line: (user: string) => string): Promise<void> {
  const expected = clicks.flatMap((c) =>
    c.user_id !== null && known.has(c.user_id) ? [`${line(c.user_id)}\n`] : [],
  );
  const whole = expected.join('');
  await job.until(() => job.stdout.length >= whole.length, LIMIT_MS);
  await stopped(job);
  expect(job.stdout === whole || job.stdout.split('\n')).toEqual(true);
}

test('read STRING data', async () => {
  await redis.mset([...known].flatMap((u) => [u, `name of ${u}`]));
  const job = await start('string-lookup', clicks, 'print');
  await expectRows(job, (u) => `+I[${u}, ${u}, name of ${u}]`);
}, 120_000);

test('read HASHMAP data in multi-value mode', async () => {
  const pipeline = redis.pipeline();
  for (const u of known) pipeline.hset(u, { user_name: `name of ${u}`, email: 'e@x', unused: 'z' });
  await pipeline.exec();
  const job = await start('hashmap-multi-value-lookup', clicks, 'print');
  await expectRows(job, (u) => `+I[${u}, name of ${u}, e@x, null, 2026-01-02T03:04:05.120]`);
}, 120_000);

test('read HASHMAP data in single-value mode', async () => {
  await redis.hset('testkey', Object.fromEntries([...known].map((u) => [u, `name of ${u}`])));
  const job = await start('hashname-lookup', clicks, 'print');
  await expectRows(job, (u) => `+I[${u}, ${u}, name of ${u}]`);
}, 120_000);
