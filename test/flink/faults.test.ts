// What breaks while a job runs on a Flink session cluster: nothing is lost, and nothing is left running.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type FlinkHandle, startFlink } from '../../scripts/flink/cluster.mjs';
import type { RedisHandle } from '../../scripts/services/index.mjs';
import { mastersOf, moveSlot, slotRanges } from '../../scripts/services/redis-operations.ts';
import { note } from '../promises/faults/figures.ts';
import { inDatabase } from '../support/in-database.ts';
import { produce } from '../support/kafka-messages.ts';
import { sharedKafka, startCluster, startRedis } from '../support/services.ts';
import { eventually } from './support/eventually.ts';
import { FlinkSession } from './support/flink.ts';
import {
  at,
  contents,
  expectAll,
  RESTARTING,
  ROWS,
  type Running,
  redisTables,
  startWriting,
  written,
} from './support/numbers-job.ts';
import { placeOf } from './support/place.ts';
import { isAlive, workersOf } from './support/processes.ts';

const LIMIT_MS = 240_000;

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
const workers = () => workersOf(taskManager().pid);

const sizeOf = (database: number) => async () =>
  (await inDatabase({ port: redis.port, database }, [['DBSIZE']]))[0] as number;

const noWorkers = () => eventually('no worker is left', async () => workers().length === 0);

async function ended({ session, jobId }: Running): Promise<void> {
  await session.jobs.finished(jobId, LIMIT_MS);
  await session.close();
  await noWorkers();
}

describe('a job goes on and nothing is lost when', () => {
  test('its worker is killed, three times', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(flink, at(redis, 1));
    for (const share of [0.1, 0.4, 0.7]) {
      await written(sizeOf(1), share, job, LIMIT_MS);
      const killed = workers();
      expect(killed.length).toBeGreaterThan(0);
      for (const pid of killed) process.kill(pid, 'SIGKILL');
      await eventually('they are dead', async () => !killed.some(isAlive));
    }
    await ended(job);
    note('flink: worker killed three times', { rows: ROWS, twice: expectAll(await contents(redis.port, 1)) });
  });

  test('its worker stands still', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(flink, at(redis, 2));
    await written(sizeOf(2), 0.3, job, LIMIT_MS);
    const stopped = workers();
    expect(stopped.length).toBeGreaterThan(0);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await ended(job);
    expect(stopped.filter(isAlive)).toEqual([]);
    note('flink: worker stopped', { rows: ROWS, twice: expectAll(await contents(redis.port, 2)) });
  });

  test('its TaskManager is killed and another one takes over', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(flink, at(redis, 3));
    await written(sizeOf(3), 0.3, job, LIMIT_MS);
    const orphans = workers();
    expect(orphans.length).toBeGreaterThan(0);
    await taskManager().kill();
    await eventually('the workers ended with their TaskManager', async () => !orphans.some(isAlive));
    await flink.addTaskManager();
    await ended(job);
    note('flink: TaskManager killed', { rows: ROWS, twice: expectAll(await contents(redis.port, 3)) });
  });

  test('Redis is killed and comes back', { timeout: LIMIT_MS }, async () => {
    const job = await startWriting(flink, at(redis, 4));
    await written(sizeOf(4), 0.3, job, LIMIT_MS);
    await redis.kill();
    await sleep(2000);
    await redis.start();
    await ended(job);
    note('flink: Redis killed', { rows: ROWS, twice: expectAll(await contents(redis.port, 4)) });
  });

  test('slots of the Redis cluster move', { timeout: LIMIT_MS }, async () => {
    const cluster = await startCluster(3);
    try {
      const where = `'hostAndPorts' = '${cluster.host}:${cluster.port}', 'clusterMode' = 'true'`;
      const job = await startWriting(flink, where);
      const masters = await mastersOf(cluster);
      const size = async () => {
        const sizes = await Promise.all(masters.map((node) => node.command(['DBSIZE'])));
        return sizes.reduce((sum: number, each) => sum + Number(each), 0);
      };
      await written(size, 0.1, job, LIMIT_MS);
      const first = (await slotRanges(cluster.nodes[0]!))[0]![0];
      for (let slot = first; slot < first + 10; slot++) await moveSlot(cluster, slot, masters[2]!);
      await ended(job);
      const parts = await Promise.all(masters.map((node) => contents(node.port)));
      note('flink: ten slots moved', {
        rows: ROWS,
        twice: expectAll(new Map(parts.flatMap((part) => [...part]))),
      });
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
    const write = `EXECUTE STATEMENT SET BEGIN
      INSERT INTO lists SELECT CAST(MOD(n, 10) AS STRING), CAST(n AS STRING) FROM numbers;
      INSERT INTO strings SELECT CONCAT('of ', CAST(r AS STRING)), CAST(c AS STRING) FROM (SELECT MOD(n, 3) AS r, COUNT(*) AS c FROM numbers GROUP BY MOD(n, 3)); END`;
    const half = Math.floor(ROWS / 6) * 3;
    const run = async (settings: Record<string, string>) => {
      // Flink 2.3 asks what shall count where a sink's key is made of the query's.
      const more = { 'table.exec.sink.require-on-conflict': 'false', ...settings };
      const session = await FlinkSession.open({ ...RESTARTING, ...more }, placeOf(flink));
      for (const table of [source, ...redisTables(at(redis, 6))]) await session.execute(table);
      return { session, jobId: await session.start(write) };
    };
    /** Waits until `each` numbers of each remainder are counted, and stops the job. Answers the savepoint. */
    const stopAt = async (each: number, { session, jobId }: Running) => {
      const counts = () =>
        inDatabase(
          { port: redis.port, database: 6 },
          [0, 1, 2].map((i) => ['GET', `of ${i}`]),
        );
      await eventually(
        `${each} are counted three times`,
        async () => (await counts()).every((n) => Number(n) === each),
        LIMIT_MS / 3,
        async () => [await counts(), await session.jobs.failure(jobId)],
      );
      const savepoint = await session.jobs.stop(jobId, LIMIT_MS / 3);
      await session.close();
      await noWorkers();
      return savepoint;
    };

    await produce(kafka.brokers, topic, messages(0, half));
    const savepoint = await stopAt(half / 3, await run({}));
    await produce(kafka.brokers, topic, messages(half, 2 * half));
    await stopAt((2 * half) / 3, await run({ 'execution.state-recovery.path': savepoint }));
    // Stopped with a savepoint, nothing is written twice: each list has its numbers once, the newest at its head.
    const all = Array.from({ length: 2 * half }, (_, n) => n).reverse();
    const found = await contents(redis.port, 6);
    for (let i = 0; i < 10; i++)
      expect(found.get(`list ${i}`)).toEqual(all.filter((n) => n % 10 === i).map(String));
  });
});

test('a job under back-pressure is cancelled at once, and its worker ends', {
  timeout: LIMIT_MS,
}, async () => {
  // The source in a task of its own: Flink tells of each task whether it is held back.
  const settings = { 'pipeline.operator-chaining.enabled': 'false' };
  // The buffer's interval ends while the sink waits for room.
  const buffer = "'sink.buffer-flush.max-rows' = '100', 'sink.buffer-flush.interval' = '200ms'";
  const where = `${at(redis, 8)}, 'socket.timeout' = '120s', ${buffer}`;
  const job = await startWriting(flink, where, { settings, endless: true });
  await written(sizeOf(8), 0.1, job, LIMIT_MS);
  const running = workers();
  expect(running.length).toBeGreaterThan(0);
  redis.pause();
  try {
    // Nothing is answered any more: the sink's window fills, then Flink's buffers, and then the source waits.
    const busy = async () => (await backPressure(job)) === 'high';
    await eventually('the source is held back', busy, LIMIT_MS / 2, () => backPressure(job));
    const begin = performance.now();
    await job.session.jobs.cancel(job.jobId, 30_000);
    expect(performance.now() - begin).toBeLessThan(20_000);
    await eventually('its worker ended', async () => !running.some(isAlive));
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
