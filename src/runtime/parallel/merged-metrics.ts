// The metrics of a job that runs in several threads: what each has counted, together.
import type { MetricRegistry, MetricReport } from '../metrics.ts';

/** Gauges of which the largest counts; all others are sums. */
const LARGEST = /(?:^|\.)(?:current|committed|latest)[^.]*$|(?:P50|P95|P99|Max|Fill)$/;

export class MergedMetrics {
  readonly #registry: MetricRegistry;
  /** By subtask. */
  readonly #counters: Map<string, number>[] = [];
  readonly #gauges: Map<string, number>[] = [];
  readonly #registered = new Set<string>();

  /** @param registry of the job: counters go on counting in it from attempt to attempt */
  constructor(registry: MetricRegistry) {
    this.#registry = registry;
  }

  take(subtask: number, { counters, gauges }: MetricReport): void {
    const before = this.#counters[subtask];
    for (const [name, value] of counters) {
      const { group, last } = split(name);
      this.#registry.group(group).counter(last).value += value - (before?.get(name) ?? 0);
    }
    this.#counters[subtask] = new Map(counters);
    this.#gauges[subtask] = new Map(gauges);
    for (const [name] of gauges) this.#register(name);
  }

  #register(name: string): void {
    if (this.#registered.has(name)) return;
    this.#registered.add(name);
    const { group, last } = split(name);
    this.#registry.group(group).gauge(last, () => this.#read(name));
  }

  #read(name: string): number {
    const values = this.#gauges.flatMap((gauges) => gauges.get(name) ?? []);
    return LARGEST.test(name) ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0);
  }
}

function split(name: string): { group: string; last: string } {
  const at = name.lastIndexOf('.');
  return { group: name.slice(0, at), last: name.slice(at + 1) };
}
