// Promise: a server that stays away for longer than a job waits (a minute) ends the attempt, not the job: it starts again from its last
// checkpoint until the server is back. The job's clock runs fast.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../../scripts/services/redis-operations.ts';
import { closePorts } from '../../integration/redis/support.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { sharedKafka, startRedis } from '../../support/services.ts';
import { note } from './figures.ts';
import { ROWS } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(() => sharedKafka()); // starting takes a while
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('nothing is lost', async () => {
  const server = await startRedis();
  cleanups.push(() => server.close());
  const at = { host: server.host, port: String(server.port) };
  const job = await SqlJob.create({ clock: new FastClock(15) });
  cleanups.push(() => job.close());
  await job.produce(ROWS);
  await job.start({ ...at, 'connect.timeout': '30s', 'socket.timeout': '30s' });
  await job.untilWritten(at);
  await server.kill();
  await job.produce(ROWS);
  await until('the job starts again', async () => job.restarts >= 2, 25_000);
  expect(job.log.join('\n')).toMatch(
    /writing to Redis failed\. Caused by: Redis at 127\.0\.0\.1:\d+ could not be used for [56]\d{4} ms: Cannot connect to Redis at 127\.0\.0\.1:\d+: connection refused/,
  );
  const back = performance.now();
  await server.start();
  await job.produce(ROWS);
  await job.untilWritten(at);
  const recoveredMs = Math.round(performance.now() - back);
  const duplicates = await job.finish(at);
  expect(job.status).toBe('FINISHED');
  note('server away for longer than a minute', {
    rows: 6 * ROWS,
    duplicates,
    restarts: job.restarts,
    recoveredMs,
  });
}, 60_000);
