// npm run bench: Drey's jobs beside redis-benchmark and a hand-written Node loop, in the same run, interleaved. BENCHMARKS.md says
// how to read it. `--only string,join`, `--rounds 3`, `--rows 2000000`; `--check` compares with bench/baseline.json, `--save`
// writes it; `--cli` measures another build. `--flink` measures the connector on Apache Flink instead, as bench/flink.ts does.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaHandle, type RedisHandle, startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce } from '../test/support/kafka-messages.ts';
import { benchFlink } from './lib/flink-bench.ts';
import { type Latencies, measureLatency } from './lib/latency.ts';
import { measureNode, median, percentile, type Usage, without } from './lib/measure.ts';
import { changes, users } from './lib/messages.ts';
import { redisBenchmark } from './lib/redis-benchmark.ts';
import { Figures, type Summary, slowerThan, summarize, tableRow } from './lib/report.ts';
import { expectJoined, expectRows, expectWritten, loadDimension } from './lib/results.ts';
import { measureStartUp, type StartUp } from './lib/startup.ts';
import { distinctKeys, type Topic, WORKS, type Work } from './lib/works.ts';

const root = path.resolve(import.meta.dirname, '..');
const LOOP = path.join(root, 'bench/lib/node-loop.mjs');
const BASELINE = path.join(root, 'bench/baseline.json');
const OUT = path.join(root, 'bench/out');
/** The default `sink.buffer-flush.max-rows`: the pipeline of redis-benchmark. */
const BATCH = 200;
/** Batches of BATCH rows in one command that redis-benchmark has under way. */
const MULTI_ROW_PIPELINE = 4;
const LATENCY_S = 10;
/** A run during which others took more than this share of a core is done again, at most so often. */
const FOREIGN_LOAD = 0.25;
const REPEATS = 3;

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    cli: { type: 'string', default: path.join(root, 'dist/cli.mjs') },
    check: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    flink: { type: 'boolean', default: false },
    version: { type: 'string' },
  },
});
const rows = Number(values.rows ?? 2_000_000);
/** Rows of a work before those that count: V8 compiles what is hot, and buffers grow. */
const warmUpRows = rows / 2;
const rounds = Number(values.rounds ?? 5);
const cli = path.resolve(values.cli);
const only = values.only?.split(',');
const wanted = (name: string) => only === undefined || only.includes(name);
const works = WORKS.filter(({ name }) => wanted(name));
const say = (line: string) => console.error(line);

interface Bench {
  readonly kafka: KafkaHandle;
  readonly redis: RedisHandle;
  readonly figures: ReadonlyMap<string, Figures>;
  readonly loop: Figures;
}

async function main(): Promise<number> {
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    const bench = {
      kafka,
      redis,
      figures: new Map(works.map((w) => [w.name, new Figures()])),
      loop: new Figures(),
    };
    const startUp = wanted('startup') ? await measureStartUp(cli, redis, say) : null;
    const latency = wanted('latency') ? await measureLatency(cli, kafka, redis, LATENCY_S) : null;
    if (works.length > 0) await measureWorks(bench);
    return await report(bench, startUp, latency);
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

async function measureWorks(bench: Bench): Promise<void> {
  await fillTopics(bench.kafka);
  for (let round = 0; round <= rounds; round++) {
    // Round 0 warms up: nothing of it is kept, and what joins hand on is looked at.
    say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}, load ${loadavg()[0]!.toFixed(2)}`);
    await bench.redis.command(['FLUSHALL']);
    const loop = (count: number) => [
      LOOP,
      bench.kafka.brokers,
      'rows',
      String(bench.redis.port),
      String(count),
    ];
    keep(bench.loop, round, await undisturbed((count) => measure(bench, loop(count), '')));
    for (const work of works) await measureWork(bench, work, round);
  }
}

async function fillTopics(kafka: KafkaHandle): Promise<void> {
  for (const topic of new Set<Topic>(['rows', ...works.map((w) => w.topic)])) {
    await kafka.createTopic(topic, 1);
    say(`producing ${rows} messages into ${topic}`);
    await produce(
      kafka.brokers,
      topic,
      topic === 'changes' ? changes(rows) : users(rows, distinctKeys(topic, rows)),
    );
  }
}

async function measureWork(bench: Bench, work: Work, round: number): Promise<void> {
  const { kafka, redis } = bench;
  const figures = bench.figures.get(work.name)!;
  const tables = (count: number) => ({
    broker: kafka.brokers,
    topic: work.topic,
    redisPort: redis.port,
    rows: count,
  });
  const joined = work.result.kind === 'joined';
  await redis.command(['FLUSHALL']);
  await loadDimension(redis.port, work.result, rows);
  if (work.result.kind === 'joined' && round === 0) {
    const prefix = 'joined:';
    await measure(bench, [cli, 'run', '-'], work.result.checkedJob(tables(rows), prefix));
    await expectJoined(redis, work, rows, prefix);
    return;
  }
  const spent = await undisturbed(async (count) => {
    if (!joined) await redis.command(['FLUSHALL']);
    return measure(bench, [cli, 'run', '--metrics', '-'], work.job(tables(count)));
  });
  if (joined) expectRows(work.name, rows, spent.warm.stderr);
  else await expectWritten(redis, work, rows);
  keep(figures, round, spent);
  if (work.limit === null || round === 0) return;
  if (!joined) await redis.command(['FLUSHALL']);
  const { command, rows: perCommand } = work.limit;
  const pipeline = perCommand === 1 ? BATCH : MULTI_ROW_PIPELINE;
  figures.limit.push(
    (await redisBenchmark(redis.port, rows / perCommand, pipeline, command, rows)) * perCommand,
  );
}

function measure(bench: Bench, args: readonly string[], stdin: string): Promise<Usage> {
  return measureNode(args, stdin, { redis: bench.redis.pid, kafka: bench.kafka.pid });
}

/** What the first rows cost, without the start of the process, and what those behind them did. */
interface Spent {
  readonly cold: Usage;
  readonly warm: Usage;
}

/** The run over all rows last, so that what it left can be looked at. */
async function undisturbed(run: (rows: number) => Promise<Usage>): Promise<Spent> {
  for (let left = REPEATS; ; left--) {
    const start = await run(0);
    const first = await run(warmUpRows);
    const spent = { cold: without(first, start), warm: without(await run(rows), first) };
    const foreign = Math.max(spent.cold.foreignCores, spent.warm.foreignCores);
    if (foreign <= FOREIGN_LOAD) return spent;
    say(`other load: ${foreign.toFixed(2)} cores${left === 0 ? '; kept all the same' : ', once again'}`);
    if (left === 0) return spent;
  }
}

function keep(figures: Figures, round: number, { cold, warm }: Spent): void {
  if (round === 0) return;
  figures.rowsPerSecond.push(((rows - warmUpRows) / warm.wallMs) * 1000);
  figures.cpuMicros.push((warm.cpuMs * 1000) / (rows - warmUpRows));
  figures.coldCpuMicros.push((cold.cpuMs * 1000) / warmUpRows);
  figures.redisCpuMicros.push((warm.redisCpuMs * 1000) / (rows - warmUpRows));
  figures.rssMb.push(warm.maxRssKb / 1024);
}

function quantiles(times: readonly number[]) {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function report(bench: Bench, startUp: StartUp | null, latency: Latencies | null): Promise<number> {
  const loopCpu = median(bench.loop.cpuMicros);
  const summaries = works.map((work) => {
    const figures = bench.figures.get(work.name)!;
    return { work, figures, summary: summarize(figures, loopCpu) };
  });
  const table = summaries.map(({ work, figures, summary }) => tableRow(work, figures, summary));
  if (works.length > 0) {
    table.push(tableRow(null, bench.loop, summarize(bench.loop, loopCpu)));
    console.table(table);
  }
  if (startUp !== null) {
    const shown = (times: readonly number[]) =>
      `median ${median(times).toFixed(0)} ms, ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
    console.log(
      `start to the first poll: ${shown(startUp.firstPoll)} (goal 250); to the first row: ${shown(startUp.firstRow)}`,
    );
  }
  const summary: Summary = {
    works: Object.fromEntries(summaries.map((s) => [s.work.name, s.summary])),
    startUpMs: startUp === null ? null : Math.round(median(startUp.firstPoll)),
    latencyMs: latency === null ? null : quantiles(latency.total),
  };
  if (latency !== null) {
    const shown = (times: readonly number[]) => {
      const { p50, p99 } = quantiles(times);
      return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    };
    console.log(
      `in Redis after the message, at 50,000 rows/s: ${shown(latency.total)} (goal 15 and 30); Kafka had it after ${shown(latency.kafka)}`,
    );
  }
  await mkdir(OUT, { recursive: true });
  await writeFile(
    path.join(OUT, 'latest.json'),
    JSON.stringify({ rows, warmUpRows, rounds, table, summary }, null, 2),
  );
  if (values.save) await writeFile(BASELINE, `${JSON.stringify(summary, null, 2)}\n`);
  if (!values.check) return 0;
  const slower = await slowerThan(BASELINE, summary);
  for (const line of slower) console.error(`slower than the baseline: ${line}`);
  return slower.length === 0 ? 0 : 1;
}

if (values.flink) await benchFlink(values);
else process.exitCode = await main();
