// The figures of all rounds, as a table and against the baseline.
import { readFile } from 'node:fs/promises';
import { median } from './measure.ts';
import type { Work } from './works.ts';

/** One figure a round. */
export class Figures {
  readonly rowsPerSecond: number[] = [];
  readonly cpuMicros: number[] = [];
  /** Of the rows before those that count. */
  readonly coldCpuMicros: number[] = [];
  readonly redisCpuMicros: number[] = [];
  readonly rssMb: number[] = [];
  /** Rows a second of redis-benchmark in the same round. */
  readonly limit: number[] = [];
}

export interface WorkSummary {
  readonly rowsPerSecond: number;
  readonly cpuMicros: number;
  readonly coldCpuMicros: number;
  readonly redisCpuMicros: number;
  readonly rssMb: number;
  readonly limit: number | null;
  /** Drey's rate to the limit's. */
  readonly share: number | null;
  /** CPU a row to that of the hand-written loop in the same run: the figure that travels between machines. */
  readonly cpuToLoop: number;
}

export interface Summary {
  readonly works: Readonly<Record<string, WorkSummary>>;
  readonly startUpMs: number | null;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
}

export function summarize(figures: Figures, loopCpuMicros: number): WorkSummary {
  const rate = median(figures.rowsPerSecond);
  const limit = figures.limit.length === 0 ? null : median(figures.limit);
  const cpu = median(figures.cpuMicros);
  return {
    rowsPerSecond: Math.round(rate),
    cpuMicros: round(cpu),
    coldCpuMicros: round(median(figures.coldCpuMicros)),
    redisCpuMicros: round(median(figures.redisCpuMicros)),
    rssMb: Math.round(median(figures.rssMb)),
    limit: limit === null ? null : Math.round(limit),
    share: limit === null ? null : round(rate / limit),
    cpuToLoop: Number((cpu / loopCpuMicros).toFixed(3)),
  };
}

/** CPU µs a row of the hand-written loop on the machine for which the goals were set. */
const LOOP_OF_THE_GOALS = 7.3;

export function tableRow(work: Work | null, figures: Figures, summary: WorkSummary) {
  const spread = (values: number[], digits: number) =>
    `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
  const goal = work?.goal ?? null;
  return {
    work: work?.title ?? 'Node loop: kafkajs, ioredis → STRING',
    'CPU µs/row': summary.cpuMicros.toFixed(2),
    'its spread': spread(figures.cpuMicros, 2),
    'first rows': summary.coldCpuMicros.toFixed(2),
    'at 7.3 of the loop': (summary.cpuToLoop * LOOP_OF_THE_GOALS).toFixed(2),
    goal: goal === null ? '' : goal[0] === goal[1] ? `${goal[0]}` : `${goal[0]}, then ${goal[1]}`,
    met:
      goal === null
        ? ''
        : summary.cpuMicros <= goal[1]
          ? 'yes'
          : summary.cpuMicros <= goal[0]
            ? 'first'
            : 'NO',
    'rows/s': summary.rowsPerSecond,
    spread: spread(figures.rowsPerSecond, 0),
    'of the limit': summary.share === null ? '' : summary.share.toFixed(2),
    goal_: work?.limit?.share ? work.limit.share.toFixed(1) : '',
    'RSS MB': summary.rssMb,
    'Redis µs/row': summary.redisCpuMicros.toFixed(2),
  };
}

/** How much worse than the baseline a ratio may be. */
const TOLERANCE = 1.15;

/** What has become slower than the baseline says, in words. */
export async function slowerThan(file: string, now: Summary): Promise<string[]> {
  const baseline = JSON.parse(await readFile(file, 'utf8')) as Summary;
  const slower: string[] = [];
  for (const [name, work] of Object.entries(now.works)) {
    const before = baseline.works[name];
    if (before === undefined) continue;
    if (work.cpuToLoop > before.cpuToLoop * TOLERANCE) {
      slower.push(`${name}: CPU a row is ${work.cpuToLoop} of the Node loop's, and was ${before.cpuToLoop}`);
    }
    if (work.share !== null && before.share !== null && work.share * TOLERANCE < before.share) {
      slower.push(`${name}: ${work.share} of the limit's rate, and was ${before.share}`);
    }
  }
  return slower;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
