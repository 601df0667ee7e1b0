// The figures of all rounds on Flink, as a table, and the goals.
import type { FlinkUsage } from './flink-run.ts';
import type { FlinkWork } from './flink-works.ts';
import { median } from './measure.ts';

/** One figure a round; times are those of the whole job less those of a job over one row. */
export class FlinkFigures {
  readonly rowsPerSecond: number[] = [];
  readonly jvmMicros: number[] = [];
  readonly nodeMicros: number[] = [];
  readonly redisMicros: number[] = [];
  /** Of the job over one row. */
  readonly startMs: number[] = [];
  /** Of the whole job. */
  readonly jobMs: number[] = [];

  add(rows: number, whole: FlinkUsage, start: FlinkUsage): void {
    const perRow = (of: (usage: FlinkUsage) => number) => ((of(whole) - of(start)) * 1000) / (rows - 1);
    this.rowsPerSecond.push(1e6 / perRow((u) => u.wallMs));
    this.jvmMicros.push(perRow((u) => u.jvmCpuMs));
    this.nodeMicros.push(perRow((u) => u.nodeCpuMs));
    this.redisMicros.push(perRow((u) => u.redisCpuMs));
    this.startMs.push(start.wallMs);
    this.jobMs.push(whole.wallMs);
  }
}

export type FlinkResults = ReadonlyMap<FlinkWork, FlinkFigures>;

export function flinkTable(results: FlinkResults) {
  return [...results].map(([work, figures]) => {
    const jvm = median(figures.jvmMicros);
    const node = median(figures.nodeMicros);
    return {
      work: work.title,
      'rows/s': Math.round(median(figures.rowsPerSecond)),
      spread: figures.rowsPerSecond.map((rate) => `${Math.round(rate / 1000)}k`).join(' '),
      'CPU µs/row': (jvm + node).toFixed(2),
      JVM: jvm.toFixed(2),
      node: node.toFixed(2),
      'Redis µs/row': median(figures.redisMicros).toFixed(2),
      'start s': (median(figures.startMs) / 1000).toFixed(2),
      'job s': (median(figures.jobMs) / 1000).toFixed(2),
    };
  });
}

/** A line a goal whose two sides were measured: the medians of both, and in brackets each round by itself. */
export function flinkGoals(results: FlinkResults): string[] {
  const rates = new Map([...results].map(([work, { rowsPerSecond }]) => [work.name, rowsPerSecond]));
  return [...results.keys()].flatMap(({ title, name, goals = [] }) =>
    goals.flatMap(({ than, factor }) => {
      const others = rates.get(than);
      if (others === undefined) return [];
      const own = rates.get(name)!;
      const times = median(own) / median(others);
      const rounds = own.map((rate, round) => (rate / others[round]!).toFixed(2)).join(' ');
      const verdict = times >= factor ? 'met' : 'NOT met';
      return [
        `${title}: ${times.toFixed(2)} times ${than} (${rounds}), ${factor.toFixed(1)} is the goal: ${verdict}`,
      ];
    }),
  );
}
