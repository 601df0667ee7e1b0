// node bench/flatness.ts: does the cost of a row stay what it is? CPU a row over partitions and sizes of batches has to be flat, the
// dearest point within 15 % of the cheapest; over more rows it must not rise (a short job pays for its compilation); over columns
// and sizes of values it may grow in proportion, so the cost of a column and of a byte must not rise. Ends with 1 where something
// is not flat. `--only rows,values`, `--rounds 3`, `--most 100000000` rows.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaHandle, type RedisHandle, startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce, type TestMessage } from '../test/support/kafka-messages.ts';
import { type Point, type Series, seriesUpTo } from './lib/flatness-series.ts';
import { measureNode, median, type Usage, without } from './lib/measure.ts';
import { recordBatch, sendRepeatedly } from './lib/steady-producer.ts';

const root = path.resolve(import.meta.dirname, '..');
const OUT = path.join(root, 'bench/out');
/** How far a cost may be above the least one: of all points of a flat series, of the points before it in one that may fall. */
const TOLERANCE = 1.15;
const SAMPLES = 200;
/** Messages of one record batch: it divides the number of messages that are repeated. */
const BATCH = 1000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    most: { type: 'string', default: '10000000' },
    cli: { type: 'string', default: path.join(root, 'dist/cli.mjs') },
  },
});
const rounds = Number(values.rounds);
const cli = path.resolve(values.cli);
const only = values.only?.split(',');
const say = (line: string) => console.error(line);

interface Servers {
  readonly kafka: KafkaHandle;
  readonly redis: RedisHandle;
}

interface Measured {
  readonly point: Point;
  readonly cpuMicros: number[];
  readonly rate: number[];
  readonly rssMb: number[];
}

async function main(): Promise<number> {
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    await kafka.createTopic('none', 1);
    const table: Record<string, unknown>[] = [];
    for (const series of seriesUpTo(Number(values.most))) {
      if (only === undefined || only.includes(series.name)) {
        table.push(...rowsOf(series, await measureSeries({ kafka, redis }, series)));
      }
    }
    console.table(table);
    await mkdir(OUT, { recursive: true });
    await writeFile(path.join(OUT, 'flatness.json'), JSON.stringify(table, null, 2));
    return table.some((row) => row.flat === 'NO') ? 1 : 0;
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

async function measureSeries(servers: Servers, series: Series): Promise<Measured[]> {
  const { kafka } = servers;
  const measured: Measured[] = series.points.map((point) => ({ point, cpuMicros: [], rate: [], rssMb: [] }));
  const topics = new Set<string>();
  for (const point of series.points) {
    if (topics.has(point.topic)) continue;
    topics.add(point.topic);
    await fill(kafka, point);
  }
  // Round 0 warms up the servers: nothing of it is kept.
  for (let round = 0; round <= rounds; round++) {
    for (const m of measured) {
      if (round === 0 && m.point.rows > 2_000_000) continue;
      const usage = await measure(servers, m.point);
      if (round === 0) continue;
      m.cpuMicros.push((usage.cpuMs * 1000) / m.point.rows);
      m.rate.push((m.point.rows / usage.wallMs) * 1000);
      m.rssMb.push(usage.maxRssKb / 1024);
      say(`${series.name} ${m.point.label}: ${m.cpuMicros.at(-1)!.toFixed(2)} µs`);
    }
  }
  return measured;
}

async function fill(kafka: KafkaHandle, { topic, partitions, rows, message, period }: Point): Promise<void> {
  say(`producing ${rows} messages into ${topic}`);
  await kafka.createTopic(topic, partitions);
  if (period === null) {
    await produce(kafka.brokers, topic, spread(rows, partitions, message));
    return;
  }
  const batches: Buffer[] = [];
  for (let from = 0; from < period; from += BATCH)
    batches.push(recordBatch(Array.from({ length: BATCH }, (_, n) => message(from + n))));
  await sendRepeatedly(kafka.brokers, topic, batches, rows / period);
}

function* spread(rows: number, partitions: number, message: Point['message']): Iterable<TestMessage> {
  for (let i = 0; i < rows; i++) yield { value: message(i), partition: i % partitions };
}

async function measure({ kafka, redis }: Servers, point: Point): Promise<Usage> {
  const run = (topic: string) =>
    measureNode([cli, 'run', '-'], point.job({ broker: kafka.brokers, topic, redisPort: redis.port }), {
      redis: redis.pid,
      kafka: kafka.pid,
    });
  const startUp = await run('none');
  await redis.command(['FLUSHALL']);
  const usage = without(await run(point.topic), startUp);
  await expectRight(redis, point);
  return usage;
}

/** @throws unless Redis holds every key, and of a sample the right values */
async function expectRight(redis: RedisHandle, point: Point): Promise<void> {
  const size = await redis.command(['DBSIZE']);
  if (size !== point.keys)
    throw new Error(`${point.label}: ${point.keys} keys expected, ${String(size)} found`);
  for (let n = 0; n < SAMPLES; n++) {
    const i = point.rows - 1 - Math.floor((n * point.keys) / SAMPLES);
    const { command, reply } = point.sample(i);
    const found = await redis.command([...command]);
    if (found !== reply) {
      throw new Error(
        `${point.label}: ${command.join(' ')} is ${JSON.stringify(found)}, not ${JSON.stringify(reply)}`,
      );
    }
  }
}

/** One row of the table for each point. What is compared is the cost of a unit: a row, a column or a byte. */
function rowsOf(series: Series, measured: readonly Measured[]): Record<string, unknown>[] {
  const units = measured.map(({ point, cpuMicros }) => median(cpuMicros) / point.units);
  return measured.map(({ point, cpuMicros, rate, rssMb }, i) => {
    const unit = units[i]!;
    const toLeast = unit / Math.min(...(series.mayFall ? units.slice(0, i + 1) : units));
    return {
      series: series.title,
      at: point.label,
      'CPU µs/row': median(cpuMicros).toFixed(2),
      spread: `${Math.min(...cpuMicros).toFixed(2)}–${Math.max(...cpuMicros).toFixed(2)}`,
      'rows/s': Math.round(median(rate)),
      'RSS MB': Math.round(median(rssMb)),
      [`ns a ${series.unit}`]: (unit * 1000).toFixed(series.unit === 'byte' ? 2 : 0),
      'to the least': toLeast.toFixed(2),
      flat: toLeast <= TOLERANCE ? 'yes' : 'NO',
    };
  });
}

process.exitCode = await main();
