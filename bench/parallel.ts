// node bench/parallel.ts: what a second thread brings. Each job runs with `parallelism.default` 1 and N in turn over the same topic
// of 16 partitions; the rows are counted. `--rows 2000000`, `--rounds 5`, `--threads 2`, `--only group`. Ends with 1 when a job that
// is limited by its threads is less than 1.5 times as fast with two.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaHandle, type RedisHandle, startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce, type TestMessage } from '../test/support/kafka-messages.ts';
import { measureNode, median, type Usage, without } from './lib/measure.ts';
import { users } from './lib/messages.ts';
import { PARALLEL_WORKS, type ParallelWork } from './lib/parallel-works.ts';
import { expectRows } from './lib/results.ts';

const root = path.resolve(import.meta.dirname, '..');
const OUT = path.join(root, 'bench/out');
const PARTITIONS = 16;
const GOAL = 1.5;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
    cli: { type: 'string', default: path.join(root, 'dist/cli.mjs') },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const threads = Number(values.threads);
const cli = path.resolve(values.cli);
const only = values.only?.split(',');
const say = (line: string) => console.error(line);

interface Servers {
  readonly kafka: KafkaHandle;
  readonly redis: RedisHandle;
}

interface Figures {
  readonly rate: number[];
  readonly cpuMicros: number[];
  readonly rssMb: number[];
}

function* spread(): Iterable<TestMessage> {
  let i = 0;
  for (const value of users(rows, 100_000)) yield { value, partition: i++ % PARTITIONS };
}

async function main(): Promise<number> {
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    await kafka.createTopic('none', PARTITIONS);
    await kafka.createTopic('rows', PARTITIONS);
    say(`producing ${rows} messages into ${PARTITIONS} partitions`);
    await produce(kafka.brokers, 'rows', spread());
    const table: Record<string, string | number>[] = [];
    let missed = false;
    for (const work of PARALLEL_WORKS) {
      if (only !== undefined && !only.includes(work.name)) continue;
      const [one, many] = await measureWork({ kafka, redis }, work);
      const gain = median(many.rate) / median(one.rate);
      const isMissed = work.threadsLimit && threads >= 2 && gain < GOAL;
      missed ||= isMissed;
      table.push({
        job: work.title,
        'rows/s, 1 thread': Math.round(median(one.rate)),
        [`rows/s, ${threads} threads`]: Math.round(median(many.rate)),
        gain: gain.toFixed(2),
        goal: work.threadsLimit ? `${GOAL}${isMissed ? ' NO' : ''}` : '',
        'CPU µs/row': `${median(one.cpuMicros).toFixed(2)} and ${median(many.cpuMicros).toFixed(2)}`,
        'RSS MB': `${median(one.rssMb).toFixed(0)} and ${median(many.rssMb).toFixed(0)}`,
      });
    }
    console.table(table);
    console.log(`${availableParallelism()} cores, shared with Kafka and Redis`);
    await mkdir(OUT, { recursive: true });
    await writeFile(
      path.join(OUT, 'parallel.json'),
      JSON.stringify({ rows, rounds, threads, table }, null, 2),
    );
    return missed ? 1 : 0;
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

async function measureWork(servers: Servers, work: ParallelWork): Promise<[one: Figures, many: Figures]> {
  const figures: (Figures & { n: number })[] = [1, threads].map((n) => ({
    n,
    rate: [],
    cpuMicros: [],
    rssMb: [],
  }));
  // Round 0 warms up: nothing of it is kept.
  for (let round = 0; round <= rounds; round++) {
    for (const f of figures) {
      const usage = await measure(servers, work, f.n);
      if (round === 0) continue;
      f.rate.push((rows / usage.wallMs) * 1000);
      f.cpuMicros.push((usage.cpuMs * 1000) / rows);
      f.rssMb.push(usage.maxRssKb / 1024);
      say(`${work.name}, ${f.n} threads: ${Math.round(f.rate.at(-1)!)} rows/s`);
    }
  }
  return [figures[0]!, figures[1]!];
}

/** The run over all rows less one over an empty topic. @throws when a row is missing */
async function measure({ kafka, redis }: Servers, work: ParallelWork, n: number): Promise<Usage> {
  const run = (topic: string) =>
    measureNode(
      [cli, 'run', '--metrics', '-p', String(n), '-'],
      work.job({ broker: kafka.brokers, topic, redisPort: redis.port }),
      { redis: redis.pid, kafka: kafka.pid },
    );
  const startUp = await run('none');
  await redis.command(['FLUSHALL']);
  const usage = await run('rows');
  expectRows(work.name, rows, usage.stderr);
  return without(usage, startUp);
}

process.exitCode = await main();
