// A job: attempts to run a plan, one after the other, as its restart strategy has it.
import type { Logger } from '../connector/runtime-context.ts';
import type { JobPlan } from '../plan/nodes.ts';
import type { Clock } from '../types/clock.ts';
import { ConnectorError, DreyError, errorChain } from '../types/errors.ts';
import { JobAttempt } from './attempt.ts';
import { type CheckpointStore, FileCheckpointStore, MemoryCheckpointStore } from './checkpoint/store.ts';
import {
  CHECKPOINTING_INTERVAL,
  checkpointFolder,
  NUM_RETAINED,
  type ReadConfig,
  readConfig,
} from './config.ts';
import type { Execution } from './execution.ts';
import { LocalExecution } from './local-execution.ts';
import { MetricRegistry, type MetricValues } from './metrics.ts';
import type { Output } from './operator.ts';
import type { StartThread } from './parallel/parallel-execution.ts';
import { type RestartStrategy, restartStrategy } from './restart-strategy.ts';
import { buildTopology } from './topology.ts';

/** org.apache.flink.api.common.JobStatus */
export type JobStatus = 'CREATED' | 'RUNNING' | 'RESTARTING' | 'FINISHED' | 'CANCELED' | 'FAILED';

/** How far a job is, for a status line. */
export interface JobProgress {
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Records known to be waiting (lag), where a source knows. */
  readonly pending: number | null;
  /** 0..1 when every source is bounded and knows. */
  readonly fraction: number | null;
}

export interface JobHandle {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** Threads that it runs in. */
  readonly parallelism: number;
  status(): JobStatus;
  /** Stops reading, writes and checkpoints what was read. Resolves when the job has ended. */
  stop(): Promise<void>;
  /** Ends at once: what is not written is read again after `--resume`. */
  cancel(): Promise<void>;
  /** Resolves when the job has ended (`stop` and `cancel` included); rejects with what it failed of. */
  wait(): Promise<void>;
  metrics(): MetricValues;
  progress(): JobProgress;
}

export interface JobOptions {
  readonly config: ReadConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeZone: string;
  readonly stdout: (text: string) => void | Promise<void>;
  readonly stderr: (text: string) => void | Promise<void>;
  /** Go on from the newest checkpoint of the job of this name. */
  readonly resume: boolean;
  /** Takes the rows of a SELECT. A job with it neither restarts nor writes checkpoints: its rows are gone once given out. */
  readonly collect?: Output;
  /** Starts one of the threads of a plan for several. */
  readonly startThread?: StartThread;
  /** Rows a poll asks for; default 1000. */
  readonly batchSize?: number;
  /** Called with each change of the status. */
  readonly onStatus?: (status: JobStatus) => void;
}

const DEFAULT_BATCH_SIZE = 1000;

/** Starts a job. @throws ValidationError about job options */
export function submitJob(plan: JobPlan, options: JobOptions): JobHandle {
  return new Job(plan, options);
}

class Job implements JobHandle {
  readonly id = newJobId();
  readonly name: string;
  readonly parallelism: number;
  readonly #plan: JobPlan;
  readonly #options: JobOptions;
  readonly #metrics: MetricRegistry;
  readonly #strategy: RestartStrategy;
  readonly #checkpointIntervalMs: number;
  readonly #done: Promise<void>;
  readonly #waiting = new AbortController();
  #status: JobStatus = 'CREATED';
  #attempt: JobAttempt | null = null;
  #execution: Execution | null = null;
  #ending: 'stop' | 'cancel' | null = null;
  #hasRun = false;

  constructor(plan: JobPlan, options: JobOptions) {
    this.name = plan.name;
    this.parallelism = plan.parallelism;
    this.#plan = plan;
    this.#options = options;
    this.#metrics = new MetricRegistry(options.clock);
    this.#strategy = options.collect ? { next: () => null } : restartStrategy(options.config, options.clock);
    this.#checkpointIntervalMs = options.collect ? 0 : readConfig(options.config, CHECKPOINTING_INTERVAL);
    this.#done = this.#run();
    // Whoever waits is told; a job that nobody waits for still has its status.
    this.#done.catch(() => undefined);
  }

  status(): JobStatus {
    return this.#status;
  }

  async stop(): Promise<void> {
    this.#ending ??= 'stop';
    this.#waiting.abort(new Error('stopped'));
    this.#attempt?.stop();
    await this.#done.catch(() => undefined);
  }

  async cancel(): Promise<void> {
    this.#ending = 'cancel';
    this.#waiting.abort(new Error('cancelled'));
    this.#attempt?.fail(new CancelledError());
    await this.#done.catch(() => undefined);
  }

  wait(): Promise<void> {
    return this.#done;
  }

  metrics(): MetricValues {
    return this.#metrics.read();
  }

  progress(): JobProgress {
    const metrics = this.metrics();
    const sum = (start: string, end: string) =>
      [...metrics].reduce((n, [k, v]) => n + (k.startsWith(start) && k.endsWith(end) ? v : 0), 0);
    const sources = this.#execution?.progress() ?? [];
    const pending = sources.flatMap((p) => (p.pending === undefined ? [] : [p.pending]));
    const fractions = sources.flatMap((p) => (p.fraction === undefined ? [] : [p.fraction]));
    return {
      rowsIn: sum('source.', '.numRecordsIn'),
      rowsOut: sum('sink.', '.numRecordsSend'),
      pending: pending.length === 0 ? null : pending.reduce((a, b) => a + b, 0),
      fraction:
        fractions.length === 0 || fractions.length < sources.length
          ? null
          : fractions.reduce((a, b) => a + b, 0) / fractions.length,
    };
  }

  #setStatus(status: JobStatus): void {
    this.#status = status;
    this.#options.onStatus?.(status);
  }

  async #run(): Promise<void> {
    try {
      const store = await this.#openStore();
      while (!(await this.#runOnce(store)));
      this.#setStatus(this.#ending === 'cancel' ? 'CANCELED' : 'FINISHED');
    } catch (error) {
      if (error instanceof CancelledError) this.#setStatus('CANCELED');
      else {
        this.#setStatus('FAILED');
        throw error;
      }
    }
  }

  async #openStore(): Promise<CheckpointStore> {
    const { config, clock, collect, resume } = this.#options;
    if (collect !== undefined) return new MemoryCheckpointStore();
    const runId = `run-${String(clock.now()).padStart(15, '0')}-${this.id.slice(0, 8)}`;
    return FileCheckpointStore.open(
      checkpointFolder(config),
      this.name,
      resume,
      runId,
      readConfig(config, NUM_RETAINED),
    );
  }

  /** @returns true when the job has ended, false when it is to be started again */
  async #runOnce(store: CheckpointStore): Promise<boolean> {
    try {
      await this.#newAttempt(store);
      return true;
    } catch (error) {
      await this.#waitOrFail(error);
      return this.#ending !== null;
    }
  }

  async #newAttempt(store: CheckpointStore): Promise<void> {
    const { clock, logger } = this.#options;
    const restored = await store.latest();
    const box: { attempt: JobAttempt | null } = { attempt: null };
    const execution = await this.#newExecution((error) => box.attempt?.fail(error));
    const attempt = new JobAttempt(execution, {
      clock,
      logger,
      store,
      checkpointIntervalMs: this.#checkpointIntervalMs,
      onRunning: () => {
        this.#hasRun = true;
        this.#setStatus('RUNNING');
      },
    });
    box.attempt = attempt;
    this.#attempt = attempt;
    this.#execution = execution;
    if (this.#ending === 'cancel') throw new CancelledError();
    if (this.#ending === 'stop') attempt.stop();
    await attempt.run(restored);
  }

  async #newExecution(fail: (error: Error) => void): Promise<Execution> {
    const { clock, logger, timeZone, stdout, stderr, startThread } = this.#options;
    const collect = this.#options.collect ?? (() => undefined);
    const batchSize = this.#options.batchSize ?? DEFAULT_BATCH_SIZE;
    const metrics = this.#metrics;
    const shared = { clock, logger, timeZone, stdout, stderr, metrics, collect, fail };
    if (this.#plan.parallelism === 1) {
      return new LocalExecution(buildTopology(this.#plan, shared), { clock, logger, batchSize });
    }
    if (startThread === undefined) throw new Error('The plan is for several threads, which nobody starts.');
    const { ParallelExecution } = await import('./parallel/parallel-execution.ts');
    return new ParallelExecution(this.#plan, { ...shared, batchSize, startThread });
  }

  /** Waits before the next attempt. @throws the error when there is none */
  async #waitOrFail(error: unknown): Promise<void> {
    // A job that never ran has a wrong option or a dead server: whoever starts it should know now.
    if (this.#ending !== null || !this.#hasRun || !mayHelp(error)) throw error;
    const delayMs = this.#strategy.next();
    if (delayMs === null) throw error;
    this.#setStatus('RESTARTING');
    const reason = errorChain(error).join(' Caused by: ');
    this.#options.logger.warn(
      `Job '${this.name}' failed and starts again from its last checkpoint in ${(delayMs / 1000).toFixed(1)} s: ${reason}`,
    );
    try {
      await this.#options.clock.sleep(delayMs, this.#waiting.signal);
    } catch (aborted) {
      if (this.#ending === null) throw aborted;
      throw this.#ending === 'cancel' ? new CancelledError() : error;
    }
  }
}

/** 32 hexadecimal digits, as Flink's. Unique, not secret: what makes better random numbers takes milliseconds to load. */
function newJobId(): string {
  const digits = () =>
    Math.trunc(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return digits() + digits() + digits() + digits();
}

/** Whether another attempt can end otherwise: a poison message, a wrong password or a defect will not go away. */
function mayHelp(error: unknown): boolean {
  if (error instanceof ConnectorError) return error.retryable;
  return !(error instanceof DreyError);
}

class CancelledError extends Error {
  constructor() {
    super('The job was cancelled.');
  }
}
