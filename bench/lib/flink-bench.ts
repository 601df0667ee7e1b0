// The connector on Apache Flink beside Java's clients, interleaved, on one cluster in one run.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { ensureBaselineJars } from '../../scripts/flink/baseline-jars.mjs';
import { type FlinkVersion, startFlink } from '../../scripts/flink/cluster.mjs';
import { FLINK_VERSIONS } from '../../scripts/flink/cluster-jars.mjs';
import { startRedis } from '../../scripts/services/index.mjs';
import { FlinkFigures, type FlinkResults, flinkGoals, flinkTable } from './flink-report.ts';
import { type FlinkPlace, type FlinkUsage, runFlinkWork } from './flink-run.ts';
import { FLINK_WORKS, type FlinkWork } from './flink-works.ts';

const root = path.resolve(import.meta.dirname, '../..');
const OUT = path.join(root, 'bench/out');
/** Others that take more of a core than this are told of. */
const FOREIGN_LOAD = 0.25;
/** As much as a round: with less, the JVM still compiles during the first one. */
const WARM_UP_SHARE = 1;
const DEFAULT_ROWS = 2_000_000;
const DEFAULT_ROUNDS = 3;

interface Bench {
  readonly rows: number;
  readonly rounds: number;
  /** Names of works; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly version: FlinkVersion;
}

/** As on the command line. */
interface Arguments {
  readonly rows?: string | undefined;
  readonly rounds?: string | undefined;
  readonly only?: string | undefined;
  readonly version?: string | undefined;
}

/** Those of Flink; the cluster of the tests has shorter ones, whose work is missing to what is measured. */
const USUAL_INTERVALS = {
  'heartbeat.interval': 10_000,
  'heartbeat.timeout': 50_000,
  'metrics.fetcher.update-interval': 10_000,
};

const say = (line: string) => console.error(line);

/** @throws when a job fails or its result is wrong; a missed goal is only told of */
export async function benchFlink(given: Arguments): Promise<void> {
  const bench = {
    rows: Number(given.rows ?? DEFAULT_ROWS),
    rounds: Number(given.rounds ?? DEFAULT_ROUNDS),
    only: given.only?.split(','),
    version: knownVersion(given.version ?? FLINK_VERSIONS[0]),
  };
  const works = FLINK_WORKS.filter(({ name }) => bench.only === undefined || bench.only.includes(name));
  const redis = await startRedis({ persist: false, say });
  try {
    const flink = await startFlink({
      version: bench.version,
      slots: 1,
      moreJars: ensureBaselineJars(say),
      config: USUAL_INTERVALS,
      say,
    });
    try {
      await report(bench, await measureAll({ flink, redis }, works, bench));
    } finally {
      await flink.close();
    }
  } finally {
    await redis.close();
  }
}

function knownVersion(wanted: string | undefined): FlinkVersion {
  const version = FLINK_VERSIONS.find((each) => each === wanted);
  if (version === undefined) throw new Error(`Flink ${wanted}: ${FLINK_VERSIONS.join(', ')} are known`);
  return version;
}

async function measureAll(
  place: FlinkPlace,
  works: readonly FlinkWork[],
  bench: Bench,
): Promise<FlinkResults> {
  const results = new Map(works.map((work) => [work, new FlinkFigures()]));
  for (let round = 0; round <= bench.rounds; round++) {
    // Round 0 warms the TaskManager up: nothing of it is kept.
    say(round === 0 ? 'warm-up' : `round ${round} of ${bench.rounds}, load ${loadavg()[0]!.toFixed(2)}`);
    for (const [work, figures] of results) {
      const rows = Math.round(bench.rows * work.share * (round === 0 ? WARM_UP_SHARE : 1));
      const start = await runFlinkWork(place, work, 1);
      const whole = await runFlinkWork(place, work, rows);
      tellOthers(work, whole);
      if (round === 0) continue;
      figures.add(rows, whole, start);
      say(`${work.name}: ${Math.round(figures.rowsPerSecond.at(-1)!)} rows/s`);
    }
  }
  return results;
}

function tellOthers(work: FlinkWork, usage: FlinkUsage): void {
  const cores = usage.foreignCores;
  if (cores > FOREIGN_LOAD) say(`other load during ${work.name}: ${cores.toFixed(2)} cores`);
}

async function report({ rows, rounds, version }: Bench, results: FlinkResults): Promise<void> {
  const table = flinkTable(results);
  const goals = flinkGoals(results);
  console.table(table);
  for (const line of goals) console.log(line);
  await mkdir(OUT, { recursive: true });
  await writeFile(
    path.join(OUT, 'flink.json'),
    JSON.stringify({ version, rows, rounds, table, goals }, null, 2),
  );
}
