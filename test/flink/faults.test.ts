// What breaks while a job runs on a Flink session cluster: nothing is lost, and nothing is left running.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type FlinkHandle, startFlink } from '../../scripts/flink/cluster.mjs';
import { type RedisHandle, redisCommands } from '../../scripts/services/index.mjs';
import { mastersOf, moveSlot, slotRanges } from '../../scripts/services/redis-operations.ts';
import { produce } from '../support/kafka-messages.ts';
import { sharedKafka, startCluster, startRedis } from '../support/services.ts';
import { eventually } from './support/eventually.ts';
import { FlinkSession } from './support/flink.ts';
import { isAlive, workersOf } from './support/processes.ts';
import type { FlinkPlace } from './support/setup.ts';

const ROWS = Number(process.env['DREY_TEST_ROWS'] ?? 40_000);
const PER_SECOND = 8000;
const LIMIT_MS = 240_000;

/** A job that starts again by itself, from a checkpoint not older than a second or two. */
const RESTARTING = {
  'execution.checkpointing.interval': '500ms',
  'execution.checkpointing.timeout': '30s',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '300ms',
  'drey.worker.silence-limit': '3s',
};

let flink: FlinkHandle;
let redis: RedisHandle;
beforeAll(async () => {
  [flink, redis] = await Promise.all([
    startFlink({ version: inject('flink').version, slots: 4 }),
    startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }),
  ]);
});
afterAll(() => Promise.all([flink?.close(), redis?.close()]));

/** The TaskManager that runs now. */
const taskManager = () => flink.taskManagers.find((server) => server.running)!;

const placeOf = (cluster: FlinkHandle): FlinkPlace => ({
  version: cluster.version,
  host: cluster.host,
  restPort: cluster.restPort,
  gatewayPort: cluster.gatewayPort,
  folder: cluster.folder,
  log: taskManager().log,
});

const NUMBERS = `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '${PER_SECOND}',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '${ROWS}')`;

const sinkTable = (options: string) =>
  `CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'STRING', ${options})`;

const at = (server: { readonly host: string; readonly port: number }, database: number) =>
  `'host' = '${server.host}', 'port' = '${server.port}', 'dbNum' = '${database}'`;

async function sizeOf(database: number): Promise<number> {
  const [, size] = await redisCommands(redis.port, [['SELECT', database], ['DBSIZE']]);
  return size as number;
}

/** Every number is there with its value, and nothing else. */
async function expectAll(read: (commands: string[][]) => Promise<unknown[]>, size: number): Promise<void> {
  expect(size).toBe(ROWS);
  const step = 1000;
  for (let from = 1; from <= ROWS; from += step) {
    const keys = Array.from({ length: Math.min(step, ROWS - from + 1) }, (_, i) => String(from + i));
    expect(await read(keys.map((key) => ['GET', key]))).toEqual(keys.map((key) => `value ${key}`));
  }
}

const inDatabase = (database: number) => async (commands: string[][]) =>
  (await redisCommands(redis.port, [['SELECT', String(database)], ...commands])).slice(1);

const WRITE = "INSERT INTO sink SELECT CAST(n AS STRING), CONCAT('value ', CAST(n AS STRING)) FROM numbers";

interface Running {
  readonly session: FlinkSession;
  readonly jobId: string;
}

async function startWriting(sink: string, settings: Readonly<Record<string, string>> = {}): Promise<Running> {
  const session = await FlinkSession.open({ ...RESTARTING, ...settings }, placeOf(flink));
  await session.execute(NUMBERS);
  await session.execute(sink);
  return { session, jobId: await session.start(WRITE) };
}

/** Waits until a share of the rows is written. */
function written(database: number, share: number, { session, jobId }: Running): Promise<void> {
  const enough = async () => (await sizeOf(database)) >= ROWS * share;
  return eventually(`${share} of the rows are written`, enough, LIMIT_MS, () => session.jobs.failure(jobId));
}

async function ended({ session, jobId }: Running): Promise<void> {
  await session.jobs.finished(jobId, LIMIT_MS);
  await session.close();
  await eventually('no worker is left', async () => workersOf(taskManager().pid).length === 0);
}

describe('a job goes on and nothing is lost when', () => {
  test('its worker is killed, three times', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(sinkTable(at(redis, 1)));
    for (const share of [0.1, 0.4, 0.7]) {
      await written(1, share, job);
      for (const pid of workersOf(taskManager().pid)) process.kill(pid, 'SIGKILL');
    }
    await ended(job);
    await expectAll(inDatabase(1), await sizeOf(1));
  });

  test('its worker stands still', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(sinkTable(at(redis, 2)));
    await written(2, 0.3, job);
    const stopped = workersOf(taskManager().pid);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await ended(job);
    expect(stopped.filter(isAlive)).toEqual([]);
    await expectAll(inDatabase(2), await sizeOf(2));
  });

  test('its TaskManager is killed and another one takes over', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(sinkTable(at(redis, 3)));
    await written(3, 0.3, job);
    const workers = workersOf(taskManager().pid);
    expect(workers.length).toBeGreaterThan(0);
    await taskManager().kill();
    await eventually('the workers ended with their TaskManager', async () =>
      workers.every((pid) => !isAlive(pid)),
    );
    await flink.addTaskManager();
    await ended(job);
    await expectAll(inDatabase(3), await sizeOf(3));
  });

  test('Redis is killed and comes back', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(sinkTable(at(redis, 4)));
    await written(4, 0.3, job);
    await redis.kill();
    await sleep(2000);
    await redis.start();
    await ended(job);
    await expectAll(inDatabase(4), await sizeOf(4));
  });

  test('slots of the Redis cluster move', { timeout: LIMIT_MS }, async () => {
    const cluster = await startCluster(3);
    try {
      const job = await startWriting(
        sinkTable(`'hostAndPorts' = '${cluster.host}:${cluster.port}', 'clusterMode' = 'true'`),
      );
      await eventually(
        'rows are written',
        async () => (await clusterSize(cluster)) > ROWS / 10,
        LIMIT_MS,
        () => job.session.jobs.failure(job.jobId),
      );
      const [, , target] = await mastersOf(cluster);
      const first = (await slotRanges(cluster.nodes[0]!))[0]![0];
      for (let slot = first; slot < first + 10; slot++) await moveSlot(cluster, slot, target!);
      await ended(job);
      expect(await clusterSize(cluster)).toBe(ROWS);
    } finally {
      await cluster.close();
    }
  });

  test('it is stopped with a savepoint and started from it', { timeout: LIMIT_MS }, async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('numbers');
    const messages = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => JSON.stringify({ n: from + i }));
    const source = `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'kafka', 'topic' = '${topic}', 'properties.bootstrap.servers' = '${kafka.brokers}',
      'scan.startup.mode' = 'earliest-offset', 'format' = 'json')`;
    const lists = `CREATE TABLE lists (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'LIST', ${at(redis, 6)})`;
    const counts = `CREATE TABLE counts (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'STRING', ${at(redis, 7)})`;
    const write = `EXECUTE STATEMENT SET BEGIN
      INSERT INTO lists SELECT CAST(MOD(n, 10) AS STRING), CAST(n AS STRING) FROM numbers;
      INSERT INTO counts SELECT 'of ' || CAST(MOD(n, 3) AS STRING), CAST(COUNT(*) AS STRING) FROM numbers GROUP BY MOD(n, 3); END`;
    const half = Math.floor(ROWS / 6) * 3;
    await produce(kafka.brokers, topic, messages(0, half));
    const run = async (settings: Record<string, string>) => {
      const session = await FlinkSession.open(
        { ...RESTARTING, 'table.exec.sink.require-on-conflict': 'false', ...settings },
        placeOf(flink),
      );
      for (const table of [source, lists, counts]) await session.execute(table);
      return { session, jobId: await session.start(write) };
    };
    const countsAre = (each: number) => async () =>
      (await inDatabase(7)([0, 1, 2].map((i) => ['GET', `of ${i}`]))).every((n) => Number(n) === each);

    const first = await run({});
    const explain = (job: Running) => () => job.session.jobs.failure(job.jobId);
    await eventually('the first half is counted', countsAre(half / 3), LIMIT_MS, explain(first));
    const savepoint = await first.session.jobs.stop(first.jobId, LIMIT_MS);
    await first.session.close();
    await produce(kafka.brokers, topic, messages(half, 2 * half));

    const second = await run({ 'execution.state-recovery.path': savepoint });
    await eventually('both halves are counted', countsAre((2 * half) / 3), LIMIT_MS, explain(second));
    await second.session.jobs.stop(second.jobId, LIMIT_MS);
    await second.session.close();
    // Stopped with a savepoint, nothing is written twice: each list has its numbers once, the newest at its head.
    const found = await inDatabase(6)(Array.from({ length: 10 }, (_, i) => ['LRANGE', String(i), '0', '-1']));
    const all = Array.from({ length: 2 * half }, (_, n) => n).reverse();
    expect(found).toEqual(Array.from({ length: 10 }, (_, i) => all.filter((n) => n % 10 === i).map(String)));
  });
});

test('a job under back-pressure is cancelled at once, and its worker ends', {
  timeout: LIMIT_MS,
}, async () => {
  // The source in a task of its own: Flink tells of each task whether it is held back.
  const apart = { 'pipeline.operator-chaining.enabled': 'false' };
  const job = await startWriting(sinkTable(`${at(redis, 8)}, 'socket.timeout' = '120s'`), apart);
  await written(8, 0.1, job);
  const workers = workersOf(taskManager().pid);
  redis.pause();
  try {
    // Nothing is answered any more: the sink's window fills, and then the source waits.
    const busy = async () => (await backPressure(job)) === 'high';
    await eventually('the source is held back', busy, LIMIT_MS);
    const begin = performance.now();
    await job.session.jobs.cancel(job.jobId, 30_000);
    expect(performance.now() - begin).toBeLessThan(20_000);
    await eventually('its worker ended', async () => workers.every((pid) => !isAlive(pid)));
  } finally {
    redis.resume();
  }
  await job.session.close();
});

async function backPressure({ session, jobId }: Running): Promise<string> {
  const { vertices } = await session.jobs.get<{ vertices: { id: string }[] }>(`/jobs/${jobId}`);
  const path = `/jobs/${jobId}/vertices/${vertices[0]!.id}/backpressure`;
  return (await session.jobs.get<{ 'backpressure-level'?: string }>(path))['backpressure-level'] ?? 'unknown';
}

async function clusterSize(cluster: Awaited<ReturnType<typeof startCluster>>): Promise<number> {
  const sizes = await Promise.all(cluster.nodes.slice(0, 3).map((node) => node.command(['DBSIZE'])));
  return sizes.reduce((sum: number, size) => sum + Number(size), 0);
}
