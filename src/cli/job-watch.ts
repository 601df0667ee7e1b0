// The jobs of this process: waits for them, stops them, draws the status line and prints metrics.
import type { JobHandle } from '../runtime/job.ts';
import type { Clock, Timer } from '../types/clock.ts';
import { StatusLine } from './status-line.ts';
import type { Terminal } from './terminal.ts';

const STATUS_MS = 250;
const METRICS_MS = 10_000;

export interface JobWatchOptions {
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** Writes the metrics of a job; null: not asked for. */
  readonly metrics: ((job: JobHandle) => void) | null;
  /** Told of each job that begins. */
  readonly onJob?: (job: JobHandle) => void;
}

export class JobWatch {
  readonly #options: JobWatchOptions;
  readonly #jobs: JobHandle[] = [];
  readonly #failures = new Map<unknown, JobHandle>();
  readonly #failed: Promise<never>;
  #rejectFailed: (error: unknown) => void = () => undefined;
  readonly #lines = new Map<JobHandle, StatusLine>();
  #statusTimer: Timer | null = null;
  #metricsTimer: Timer | null = null;
  #stopping = false;

  constructor(options: JobWatchOptions) {
    this.#options = options;
    this.#failed = new Promise((_, reject) => {
      this.#rejectFailed = reject;
    });
    // It is raced with by whoever works; nobody may be at a given moment.
    this.#failed.catch(() => undefined);
  }

  /** A signal or a failure ends everything. */
  get stopping(): boolean {
    return this.#stopping;
  }

  add(job: JobHandle): void {
    this.#options.onJob?.(job);
    this.#jobs.push(job);
    this.#lines.set(job, new StatusLine(this.#options.clock.monotonic()));
    job.wait().then(
      () => this.#ended(job),
      (error: unknown) => {
        this.#failures.set(error, job);
        this.#ended(job);
        this.#rejectFailed(error);
      },
    );
    if (this.#stopping) void job.stop();
    this.#tick();
    this.#metricsTimer ??=
      this.#options.metrics === null ? null : this.#schedule(METRICS_MS, () => this.#printMetrics());
  }

  /** `work`, unless a job fails meanwhile. */
  orFailure<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  /** The job that failed with this error. */
  failedJob(error: unknown): JobHandle | undefined {
    return this.#failures.get(error);
  }

  /** Resolves when every job has ended well. @throws what the first job failed of */
  async all(): Promise<void> {
    await this.orFailure(Promise.all(this.#jobs.map((job) => job.wait())));
    this.close();
  }

  /** Stops every job: what was read is written and checkpointed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#jobs.map((job) => job.stop()));
    this.close();
  }

  close(): void {
    this.#statusTimer?.cancel();
    this.#metricsTimer?.cancel();
    this.#statusTimer = null;
    this.#metricsTimer = null;
    this.#options.terminal.status('');
  }

  #ended(job: JobHandle): void {
    this.#lines.delete(job);
    this.#options.metrics?.(job);
    if (this.#lines.size === 0) this.close();
  }

  #tick(): void {
    const { terminal, clock } = this.#options;
    if (!terminal.interactive || this.#lines.size === 0) return;
    this.#statusTimer?.cancel();
    this.#statusTimer = this.#schedule(STATUS_MS, () => {
      this.#draw(clock.monotonic());
      this.#tick();
    });
  }

  #draw(nowMs: number): void {
    const { terminal } = this.#options;
    const [first] = this.#lines;
    if (first === undefined) return;
    const [job, line] = first;
    const others = this.#lines.size > 1 ? `${this.#lines.size} jobs, ` : '';
    const status = `${others}${this.#stopping ? 'STOPPING' : job.status()}`;
    terminal.status(line.line(status, job.progress(), nowMs, terminal.width));
  }

  #printMetrics(): void {
    for (const job of this.#lines.keys()) this.#options.metrics?.(job);
    this.#metricsTimer = this.#schedule(METRICS_MS, () => this.#printMetrics());
  }

  #schedule(delayMs: number, task: () => void): Timer {
    return this.#options.clock.schedule(delayMs, task);
  }
}
