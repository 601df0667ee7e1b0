// Promise: what a slow Redis cannot take is not read: rows on their way are bounded by the buffers, not by the input, and so is
// memory; when Redis is quick again, so is the job.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import type { JobHandle } from '../../../src/runtime/job.ts';
import { closePorts } from '../../integration/redis/support.ts';
import { eventually } from '../../support/redis-table.ts';
import { startRedis } from '../../support/services.ts';
import { testSession } from '../../support/session.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';

/** A few batches: what is read, in the operators, in the buffer and on its way. */
const MOST_ROWS = 8000;

let server: RedisHandle;
let proxy: TcpProxy;
let job: JobHandle | null = null;

beforeAll(async () => {
  server = await startRedis({ persist: false });
});
afterEach(async () => {
  await job?.cancel();
  await closePorts();
  await proxy.close();
  await server.command(['FLUSHALL']);
});
afterAll(() => server?.close());

/** An endless input, as fast as it can be. */
async function start(sink: string, query: string): Promise<JobHandle> {
  proxy = await TcpProxy.start(server);
  const { env, run } = testSession();
  const redis = `'connector' = 'redis', 'host' = '127.0.0.1', 'port' = '${proxy.port}', 'socket.timeout' = '1 min'`;
  await run(
    `CREATE TABLE src (n BIGINT, v STRING, p AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
      'fields.n.min' = '0', 'fields.n.max' = '9999', 'fields.v.length' = '20')`,
    `CREATE TABLE strings (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${redis}, 'mode' = 'STRING')`,
    "CREATE TABLE nowhere (n BIGINT, v STRING) WITH ('connector' = 'blackhole')",
  );
  const result = await env.executeSql(`INSERT INTO ${sink} ${query}`);
  job = result.job!;
  await eventually(() => rowsIn(job!) > 5000 || proxy.bytes.up > 4 * 1024 * 1024);
  return job;
}

const rowsIn = (handle: JobHandle) => handle.progress().rowsIn;
const memory = () => process.memoryUsage().rss / 1024 / 1024;

/** Waits until nothing more is read. */
async function settled(handle: JobHandle): Promise<number> {
  let last = -1;
  await eventually(async () => {
    const now = rowsIn(handle);
    const same = now === last;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return same;
  });
  return last;
}

test.each([
  ['small rows', 'v'],
  ['rows of 20 KB', 'REPEAT(v, 1000)'],
])('a sink, %s', async (name, value) => {
  const handle = await start('strings', `SELECT CAST(n AS STRING), ${value} FROM src`);
  const before = memory();
  proxy.stall();
  const held = await settled(handle);
  const inFlight = held - handle.progress().rowsOut;
  expect(inFlight).toBeLessThanOrEqual(MOST_ROWS);
  const grown = memory() - before;
  expect(grown).toBeLessThan(150);
  note(`slow consumer: a sink, ${name}`, { inFlightRows: inFlight, grownMegabytes: Math.round(grown) });
  proxy.resume();
  await eventually(() => rowsIn(handle) > held + MOST_ROWS);
});

test.each([
  ['in order', ''],
  ['async', ", 'async' = 'true'"],
])('a lookup, %s', async (name, async) => {
  const handle = await start(
    'nowhere',
    `SELECT s.n, d.v FROM (SELECT *, CAST(n AS STRING) AS k FROM src) AS s
     LEFT JOIN strings /*+ OPTIONS('socket.timeout' = '1 min'${async}) */ FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k`,
  );
  const before = memory();
  proxy.stall();
  const held = await settled(handle);
  expect(held - handle.progress().rowsOut).toBeLessThanOrEqual(MOST_ROWS);
  note(`slow consumer: a lookup, ${name}`, {
    inFlightRows: held - handle.progress().rowsOut,
    grownMegabytes: Math.round(memory() - before),
  });
  proxy.resume();
  await eventually(() => rowsIn(handle) > held + MOST_ROWS);
});
