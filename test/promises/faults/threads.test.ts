// Promise: a job in several threads is one job when its server goes away: no row is lost, every key keeps its order, and what fails
// in one thread starts all of them again from the last checkpoint.
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../scripts/services/redis-operations.ts';
import { LIMIT_MS, prepareThreads } from '../../integration/parallel/threads.ts';
import { closePorts } from '../../integration/redis/support.ts';
import { startRedis } from '../../support/services.ts';
import { note } from './figures.ts';
import { ROWS } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

const THREADS = 2;

const cleanups: (() => Promise<unknown>)[] = [];
prepareThreads();
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('Redis is killed and started while two threads write', { timeout: LIMIT_MS }, async () => {
  const server = await startRedis();
  cleanups.push(() => server.close());
  const at = { host: server.host, port: String(server.port) };
  const job = await SqlJob.create({ threads: THREADS });
  cleanups.push(() => job.close());
  await job.produce(ROWS);
  await job.start(at);
  await job.untilWritten(at);
  expect(job.threads).toBe(THREADS);

  // Away for a moment: each thread waits for it, and the attempt goes on.
  await server.kill();
  await job.produce(ROWS);
  await server.start();
  await job.untilWritten(at);
  expect(job.restarts).toBe(0);
  await until('each thread has reconnected', async () => job.metric('numReconnects') >= THREADS, 5000);

  // Full, so that attempts fail, and killed in the midst of them: the next ones meet no server at all.
  await server.command(['CONFIG', 'SET', 'maxmemory', 1]);
  await job.produce(ROWS);
  await until('the job starts again', async () => job.restarts >= 2, LIMIT_MS / 4);
  await server.kill();
  const { restarts } = job;
  await job.produce(ROWS);
  await until('it starts again without a server', async () => job.restarts > restarts + 1, LIMIT_MS / 4);
  const back = performance.now();
  await server.start();
  await job.produce(ROWS);
  await job.untilWritten(at);
  const recoveredMs = Math.round(performance.now() - back);
  expect(job.log.join('\n')).toMatch(/Redis refused (SET|RPUSH) of key 'job:.*': OOM command not allowed/);

  const duplicates = await job.finish(at);
  expect(job.status).toBe('FINISHED');
  // Counted over all attempts and threads.
  expect(job.metric('numRecordsOut')).toBeGreaterThanOrEqual(10 * ROWS);
  expect(job.metric('numCommandsSent')).toBeGreaterThanOrEqual(10 * ROWS);
  note('killed and started while two threads write', {
    rows: 10 * ROWS,
    duplicates,
    restarts: job.restarts,
    recoveredMs,
  });
});
