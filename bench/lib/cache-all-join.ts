// The measured process of bench/cache-all.ts: joins random keys with the table while it is loaded again and again, and notes what
// it sees. Talks with its parent: `Order` in, 'quiet' out, 'written' in, what was measured out.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommands } from '../../scripts/services/index.mjs';
import { type JobHandle, TableEnvironment } from '../../src/index.ts';
import { redisTable } from './users.ts';

export interface Measured {
  readonly loadMs: readonly number[];
  /** User and system time of the first load. */
  readonly loadCpuMs: number;
  readonly redisCpuMs: number;
  readonly tableRows: number;
  readonly tableBytes: number;
  /** Of the process, with the table loaded, above what it had before. */
  readonly rssBytes: number;
  readonly peakBytes: number;
  readonly loadsUnderWriter: number;
  readonly joined: number;
  readonly missing: number;
  readonly older: number;
  /** The newest generation that was joined. */
  readonly newest: number;
}

/** What the parent asks for. */
interface Order {
  readonly port: number;
  readonly rows: number;
  readonly loads: number;
  readonly rewrites: number;
}

const RATE = 20_000;

/** What the join has seen of each user. */
class Watch {
  readonly #seen: Uint8Array;
  joined = 0;
  missing = 0;
  older = 0;
  newest = 0;

  constructor(rows: number) {
    this.#seen = new Uint8Array(rows).fill(1).fill(0); // touched, so that it is in the memory from the start
  }

  see(user: number, generation: string | null): void {
    this.joined++;
    if (generation === null) {
      this.missing++;
      return;
    }
    const g = Number(generation);
    if (g < this.#seen[user]!) this.older++;
    this.#seen[user] = g;
    this.newest = Math.max(this.newest, g);
  }
}

const say = (line: string) => console.error(line);
const newSession = () =>
  TableEnvironment.create({ logger: { debug() {}, info: say, warn: say, error: say } });

const join = (table: string) =>
  `SELECT s.i, d.generation FROM s LEFT JOIN ${table} FOR SYSTEM_TIME AS OF s.pt AS d ON CAST(s.i AS STRING) = d.id`;

/** Loads a table without rows: what the first load of a process costs is no part of the table. */
async function warmUp(port: number): Promise<void> {
  const env = newSession();
  await env.executeSql(
    `CREATE TABLE s (i INT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'number-of-rows' = '1000')`,
  );
  await env.executeSql(redisTable(port, `'cache' = 'ALL'`, 'nobody', 'nobody:'));
  for await (const _ of (await env.executeSql(join('nobody'))).rows);
}

async function start({ port, rows }: Order) {
  const env = newSession();
  await env.executeSql(
    `CREATE TABLE s (i INT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '${RATE}',
      'fields.i.min' = '0', 'fields.i.max' = '${rows - 1}')`,
  );
  await env.executeSql(redisTable(port, `'cache' = 'ALL', 'cacheTTLMs' = '1'`));
  return env.executeSql(join('users'));
}

const metric = (job: JobHandle, name: string) => job.metrics().get(`lookup.users.cache.${name}`) ?? 0;

function settledRss(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** User and system time since the start, of this process and of Redis. */
async function cpuTimes(port: number): Promise<[own: number, redis: number]> {
  const info = String((await redisCommands(port, [['INFO', 'cpu']]))[0]);
  const seconds = info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm);
  const { user, system } = process.cpuUsage();
  return [(user + system) / 1000, Array.from(seconds, (m) => Number(m[1])).reduce((a, b) => a + b) * 1000];
}

/** Times of the first loads, and what the process holds once the first is done. */
async function quietLoads(job: JobHandle, { port, loads }: Order) {
  const times: number[] = [];
  const start = await cpuTimes(port);
  let cpu = start;
  let rss = 0;
  for (let done = 0; done < loads; await sleep(1)) {
    const count = metric(job, 'loadCount');
    if (count === done) continue;
    done = count;
    times.push(metric(job, 'latestLoadTime'));
    if (rss > 0) continue;
    cpu = await cpuTimes(port);
    rss = settledRss();
  }
  return {
    times,
    loadCpuMs: cpu[0] - start[0],
    redisCpuMs: cpu[1] - start[1],
    rss,
    peak: process.resourceUsage().maxRSS * 1024,
  };
}

async function measure(order: Order): Promise<void> {
  await warmUp(order.port);
  const watch = new Watch(order.rows);
  const base = settledRss();
  const { rows, job } = await start(order);
  const watching = (async () => {
    for await (const { row } of rows) watch.see(row[0] as number, row[1] as string | null);
  })();
  const loaded = await quietLoads(job!, order);
  const [tableRows, tableBytes] = [metric(job!, 'numCachedRecords'), metric(job!, 'numCachedBytes')];
  const before = metric(job!, 'loadCount');
  process.send!('quiet');
  await once(process, 'message');
  // The load after the next has begun after the last write.
  const end = metric(job!, 'loadCount') + (order.rewrites === 0 ? 0 : 2);
  while (metric(job!, 'loadCount') < end) await sleep(10);
  const { joined } = watch;
  while (watch.joined < joined + RATE) await sleep(10);
  const loadsUnderWriter = metric(job!, 'loadCount') - before;
  await job!.cancel();
  await watching.catch(() => undefined); // cancelled
  process.send!({
    loadMs: loaded.times,
    loadCpuMs: loaded.loadCpuMs,
    redisCpuMs: loaded.redisCpuMs,
    tableRows,
    tableBytes,
    rssBytes: loaded.rss - base,
    peakBytes: loaded.peak - base,
    loadsUnderWriter,
    joined: watch.joined,
    missing: watch.missing,
    older: watch.older,
    newest: watch.newest,
  } satisfies Measured);
}

const [order] = (await once(process, 'message')) as [Order];
await measure(order);
process.disconnect();
