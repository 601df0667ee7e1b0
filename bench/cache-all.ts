// node bench/cache-all.ts [--rows 1000000] [--loads 4] [--rewrites 3]: a dimension table of so many hashes with `cache` = `ALL`.
// How long it takes to load and to load again, what memory it costs beside its data, how long other users of the server wait
// meanwhile; then a writer rewrites all of it, again and again, while a join looks at it. Ends with 1 when a row is missing or older
// than one that was seen before, or when the memory is above 1.3 times the data and 60 bytes a row.
import { fork } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startRedis } from '../scripts/services/index.mjs';
import { TableEnvironment } from '../src/index.ts';
import type { Measured } from './lib/cache-all-join.ts';
import { percentile } from './lib/measure.ts';
import { dataBytes, redisTable, written } from './lib/users.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    loads: { type: 'string', default: '4' },
    rewrites: { type: 'string', default: '3' },
  },
});
const rows = Number(values.rows);
const [loads, rewrites] = [Number(values.loads), Number(values.rewrites)];
const LIMIT_FACTOR = 1.3;
const LIMIT_ROW = 60;
const JOIN = path.join(import.meta.dirname, 'lib/cache-all-join.ts');

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

/** Writes generation `g` of every user. */
async function write(port: number, g: number): Promise<void> {
  const env = TableEnvironment.create({ config: { 'table.dml-sync': 'true' } });
  await env.executeSql(
    `CREATE TABLE src (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000',
      'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '${rows - 1}')`,
  );
  await env.executeSql(redisTable(port, `'flattenHash' = 'true'`));
  await env.executeSql(`INSERT INTO users ${written(g)}`);
}

/** Milliseconds that a PING takes, each few milliseconds, until `stop`. */
function pings(port: number): { stop(): Promise<number[]> } {
  const redis = new Redis(port);
  const times: number[] = [];
  let on = true;
  const run = (async () => {
    while (on) {
      const start = performance.now();
      await redis.ping();
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    redis.disconnect();
  })();
  return {
    async stop() {
      on = false;
      await run;
      return times;
    },
  };
}

/** Runs the join in a process of its own, whose memory is measured. `quiet`: called when the loads without a writer are done. */
async function measure(port: number, quiet: () => Promise<void>): Promise<Measured> {
  const child = fork(JOIN, [], { execArgv: ['--expose-gc'], stdio: 'inherit' });
  const result = Promise.withResolvers<Measured>();
  child.on('message', (message: 'quiet' | Measured) => {
    if (message !== 'quiet') result.resolve(message);
    else quiet().then(() => child.send('written'), result.reject);
  });
  child.once('exit', (code) => result.reject(new Error(`the join ended with ${code}`)));
  child.send({ port, rows, loads, rewrites });
  return result.promise;
}

function report(found: Measured, waits: readonly number[]): string[] {
  const data = dataBytes(rows);
  const allowed = LIMIT_FACTOR * data + LIMIT_ROW * rows;
  const perRow = (bytes: number) => `${((bytes - data) / rows).toFixed(1)} B a row beside the data`;
  const [first, ...again] = found.loadMs;
  console.log(`${rows} hashes, ${mb(data)} of data`);
  console.log(`first load      ${seconds(first!)} (${Math.round(rows / (first! / 1000))} rows/s)`);
  console.log(
    `its CPU time    ${seconds(found.loadCpuMs)}, ${((found.loadCpuMs * 1000) / rows).toFixed(2)} µs a row; of Redis ${((found.redisCpuMs * 1000) / rows).toFixed(2)} µs`,
  );
  if (again.length > 0) console.log(`loads again     ${again.map(seconds).join(', ')}`);
  console.log(`table           ${mb(found.tableBytes)}, ${perRow(found.tableBytes)}`);
  console.log(`process         ${mb(found.rssBytes)} more than before, ${perRow(found.rssBytes)}`);
  console.log(`while loading   ${mb(found.peakBytes)} more than before, at most`);
  console.log(`allowed         ${mb(allowed)}`);
  console.log(
    `PING meanwhile  p50 ${percentile(waits, 0.5).toFixed(2)} ms, p99 ${percentile(waits, 0.99).toFixed(2)} ms, max ${Math.max(...waits).toFixed(1)} ms`,
  );
  console.log(
    `under a writer  ${found.loadsUnderWriter} loads, ${found.joined} rows joined, missing ${found.missing}, older than before ${found.older}, newest generation ${found.newest} of ${rewrites}`,
  );
  const problems: string[] = [];
  if (found.tableRows !== rows) problems.push(`the table has ${found.tableRows} rows, not ${rows}`);
  if (Math.max(found.rssBytes, found.tableBytes) > allowed) problems.push('memory is above what is allowed');
  if (found.missing > 0 || found.older > 0) problems.push('the join saw a half-loaded table');
  if (found.newest < rewrites) problems.push('the join never saw the last generation');
  return problems;
}

async function main(): Promise<number> {
  const redis = await startRedis({ persist: false });
  try {
    await write(redis.port, 0);
    const ping = pings(redis.port);
    let waits: number[] = [];
    const found = await measure(redis.port, async () => {
      waits = await ping.stop();
      for (let g = 1; g <= rewrites; g++) await write(redis.port, g);
    });
    const problems = report(found, waits);
    for (const problem of problems) console.error(problem);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await redis.close();
  }
}

process.exitCode = await main();
