// npm run bench: Drey's jobs beside redis-benchmark and a hand-written Node loop, in the same run, interleaved.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type KafkaHandle, type RedisHandle, startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce } from '../test/support/kafka-messages.ts';
import { joinJob, setJob } from './lib/jobs.ts';
import { measureNode, median, type Usage, without } from './lib/measure.ts';
import { redisBenchmark } from './lib/redis-benchmark.ts';

const root = path.resolve(import.meta.dirname, '..');
const CLI = path.join(root, 'dist/cli.mjs');
const LOOP = path.join(root, 'bench/lib/node-loop.mjs');
/** The default `sink.buffer-flush.max-rows`. */
const BATCH = 200;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);

interface Result {
  readonly work: string;
  readonly rowsPerSecond: number[];
  readonly cpuMicrosPerRow: number[];
  readonly maxRssMb: number[];
}

/** About 90 bytes of JSON, three fields, keys in an order that is not the order of arrival. */
function* messages(count: number): Iterable<string> {
  for (let i = 0; i < count; i++) {
    const id = (i * 7919) % count;
    yield `{"id":"user-${String(id).padStart(9, '0')}","name":"name of the user ${id}","score":"${i % 1000}"}`;
  }
}

async function main(): Promise<void> {
  const say = (line: string) => console.error(line);
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    await kafka.createTopic('rows', 1);
    await kafka.createTopic('none', 1);
    say(`producing ${rows} messages`);
    await produce(kafka.brokers, 'rows', messages(rows));
    await report(await measureAll(kafka, redis, say));
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

async function measureAll(kafka: KafkaHandle, redis: RedisHandle, say: (line: string) => void) {
  const tables = (topic: string) => ({ broker: kafka.brokers, topic, redisPort: redis.port });
  const loop = (topic: string, n: number) => [LOOP, kafka.brokers, topic, String(redis.port), String(n)];
  const sql = (job: (t: ReturnType<typeof tables>) => string) => (topic: string) =>
    measureNode([CLI, 'run', '-'], job(tables(topic)));
  const set = newResult('Drey: Kafka JSON → SET');
  const join = newResult('Drey: Kafka JSON ⋈ Redis → blackhole');
  const hand = newResult('Node loop: kafkajs + ioredis pipeline → SET');
  const limits = {
    set: newResult(`redis-benchmark SET -P ${BATCH}`),
    get: newResult(`redis-benchmark MGET ${BATCH} keys`),
  };
  for (let round = 0; round <= rounds; round++) {
    // Round 0 warms up and is not kept.
    const keep = round > 0;
    say(keep ? `round ${round} of ${rounds}, load ${loadavg()[0]!.toFixed(2)}` : 'warm-up');
    await redis.command(['FLUSHALL']);
    add(keep, set, await both(sql(setJob)));
    await expectKeys(redis);
    add(keep, join, await both(sql(joinJob)));
    await redis.command(['FLUSHALL']);
    add(keep, hand, await both((topic) => measureNode(loop(topic, topic === 'none' ? 0 : rows))));
    await expectKeys(redis);
    const value = 'name of the user 123456';
    const setRate = await redisBenchmark(redis.port, rows, BATCH, ['SET', 'user-__rand_int__', value]);
    const keys = Array.from({ length: BATCH }, () => 'user-__rand_int__');
    const getRate = (await redisBenchmark(redis.port, Math.ceil(rows / BATCH), 4, ['MGET', ...keys])) * BATCH;
    if (keep) {
      limits.set.rowsPerSecond.push(setRate);
      limits.get.rowsPerSecond.push(getRate);
    }
  }
  return { set, join, hand, limits };
}

function newResult(work: string): Result {
  return { work, rowsPerSecond: [], cpuMicrosPerRow: [], maxRssMb: [] };
}

async function both(measure: (topic: string) => Promise<Usage>): Promise<Usage> {
  const startUp = await measure('none');
  return without(await measure('rows'), startUp);
}

function add(keep: boolean, result: Result, usage: Usage): void {
  if (!keep) return;
  result.rowsPerSecond.push((rows / usage.wallMs) * 1000);
  result.cpuMicrosPerRow.push((usage.cpuMs * 1000) / rows);
  result.maxRssMb.push(usage.maxRssKb / 1024);
}

async function expectKeys(redis: RedisHandle): Promise<void> {
  const size = await redis.command(['DBSIZE']);
  if (size !== rows)
    throw new Error(`${rows} keys expected, ${String(size)} found: the figures would be wrong`);
}

async function report({ set, join, hand, limits }: Awaited<ReturnType<typeof measureAll>>): Promise<void> {
  const rate = (r: Result) => median(r.rowsPerSecond);
  const spread = (r: number[]) => `${Math.min(...r).toFixed(0)}–${Math.max(...r).toFixed(0)}`;
  const table = [set, join, hand, limits.set, limits.get].map((r) => ({
    work: r.work,
    'rows/s': rate(r).toFixed(0),
    spread: spread(r.rowsPerSecond),
    'CPU µs/row': r.cpuMicrosPerRow.length === 0 ? '' : median(r.cpuMicrosPerRow).toFixed(2),
    'RSS MB': r.maxRssMb.length === 0 ? '' : median(r.maxRssMb).toFixed(0),
  }));
  console.table(table);
  const ratios = {
    'SET: Drey / redis-benchmark': rate(set) / rate(limits.set),
    'SET: Drey / Node loop': rate(set) / rate(hand),
    'SET: CPU Node loop / Drey': median(hand.cpuMicrosPerRow) / median(set.cpuMicrosPerRow),
    'join: Drey / MGET': rate(join) / rate(limits.get),
  };
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${name.padEnd(32)} ${ratio.toFixed(2)}`);
  const out = path.join(root, 'bench/out');
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'latest.json'), JSON.stringify({ rows, rounds, table, ratios }, null, 2));
}

await main();
