// One attempt to run a job: open, run its pipelines, checkpoint, close. The law: stop polling → drain → flush
// acknowledged → snapshot durable → commit positions.
import type { Logger } from '../connector/runtime-context.ts';
import type { Position } from '../connector/source.ts';
import type { Clock, Timer } from '../types/clock.ts';
import { TableError } from '../types/errors.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import { PipelineLoop } from './pipeline-loop.ts';
import type { Topology } from './topology.ts';

export interface AttemptOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: CheckpointStore;
  /** 0: only at the end. */
  readonly checkpointIntervalMs: number;
  /** Rows a poll asks for. */
  readonly batchSize: number;
  /** Called once everything is open, before the first poll. */
  readonly onRunning: () => void;
}

/** Closing may wait for a dead server only so long. */
const CLOSE_LIMIT_MS = 10_000;

export class JobAttempt {
  readonly #topology: Topology;
  readonly #options: AttemptOptions;
  readonly #loops: readonly PipelineLoop[];
  readonly #failure = Promise.withResolvers<never>();
  #nextCheckpoint = 1;
  #timer: Timer | null = null;
  /** The checkpoint being taken or written; one after the other. */
  #checkpointing: Promise<void> = Promise.resolve();
  #over = false;

  constructor(topology: Topology, options: AttemptOptions) {
    this.#topology = topology;
    this.#options = options;
    this.#loops = topology.pipelines.map(
      (p) =>
        new PipelineLoop(
          p.sources.map((i) => topology.sources[i]!),
          p.operators.map((i) => topology.operators[i]!),
          options.batchSize,
          options.clock,
        ),
    );
    // Nobody may be listening when the first failure comes.
    this.#failure.promise.catch(() => undefined);
  }

  /** Resolves at the end of input or after `stop`; rejects with the first failure. Everything is closed then. */
  async run(restored: Checkpoint | null): Promise<void> {
    try {
      await this.#unlessFailed(this.#open(restored));
      this.#options.onRunning();
      this.#scheduleCheckpoint();
      await this.#unlessFailed(Promise.all(this.#loops.map((loop) => loop.run())));
      this.#timer?.cancel();
      await this.#unlessFailed(this.#checkpointing);
      if (!this.#over) await this.#unlessFailed(this.#checkpoint());
    } finally {
      this.#over = true;
      this.#timer?.cancel();
      for (const loop of this.#loops) loop.abort();
      await this.#close();
    }
  }

  /** Stops reading; what was read is written and checkpointed. */
  stop(): void {
    for (const loop of this.#loops) loop.stop();
  }

  /** Ends the attempt at once. */
  fail(error: Error): void {
    this.#failure.reject(error);
  }

  #unlessFailed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failure.promise]);
  }

  async #open(restored: Checkpoint | null): Promise<void> {
    const topology = this.#topology;
    if (restored !== null) this.#restore(restored);
    const opening = [
      ...topology.operators.map(async (operator) => operator.open?.()),
      ...topology.sources.map(({ reader }, i) => reader.open(restored?.positions[i] ?? null)),
    ];
    await Promise.all(opening);
    // Where a fresh job starts is kept at once: `latest-offset` must not move when it fails before its first checkpoint.
    if (restored === null) this.#checkpointing = this.#write(this.#snapshot(0));
    this.#checkpointing.catch((error: Error) => this.fail(error));
  }

  #restore(restored: Checkpoint): void {
    if (restored.fingerprint !== this.#topology.fingerprint) {
      throw new TableError(
        `The checkpoint was taken by a job with another plan and cannot be restored.\nCheckpoint: ${restored.fingerprint}\nThis job:   ${this.#topology.fingerprint}`,
        { hint: 'Start without --resume, or give the changed job another pipeline.name.' },
      );
    }
    this.#nextCheckpoint = restored.id + 1;
    for (const [index, entries] of restored.state) this.#topology.operators[index]!.restore?.(entries);
  }

  #scheduleCheckpoint(): void {
    const { clock, checkpointIntervalMs } = this.#options;
    if (checkpointIntervalMs === 0) return;
    this.#timer = clock.schedule(checkpointIntervalMs, () => {
      this.#checkpointing = this.#checkpointing.then(() => this.#pausedCheckpoint());
      this.#checkpointing.then(
        () => {
          if (!this.#over) this.#scheduleCheckpoint();
        },
        (error: Error) => this.fail(error),
      );
    });
  }

  async #pausedCheckpoint(): Promise<void> {
    if (this.#over) return;
    await Promise.all(this.#loops.map((loop) => loop.pause()));
    const checkpoint = this.#snapshot(this.#nextCheckpoint++);
    for (const loop of this.#loops) loop.resume();
    await this.#complete(checkpoint);
  }

  /** The last one: nothing runs any more. */
  async #checkpoint(): Promise<void> {
    await this.#complete(this.#snapshot(this.#nextCheckpoint++));
  }

  #snapshot(id: number): Checkpoint {
    const state = new Map<number, readonly unknown[]>();
    for (const [i, operator] of this.#topology.operators.entries()) {
      if (operator.snapshot !== undefined) state.set(i, [...operator.snapshot()]);
    }
    return {
      id,
      time: this.#options.clock.now(),
      fingerprint: this.#topology.fingerprint,
      positions: this.#topology.sources.map((s) => s.reader.position()),
      state,
    };
  }

  async #complete(checkpoint: Checkpoint): Promise<void> {
    await this.#write(checkpoint);
    await Promise.all(
      this.#topology.sources.map((s, i) => this.#commit(i, checkpoint.positions[i]!, s.name)),
    );
  }

  async #write(checkpoint: Checkpoint): Promise<void> {
    try {
      await this.#options.store.write(checkpoint);
    } catch (cause) {
      throw new TableError(`Checkpoint ${checkpoint.id} could not be written.`, { cause });
    }
    this.#options.logger.debug(`Completed checkpoint ${checkpoint.id}.`);
  }

  /** Committed offsets only show progress to others: the checkpoint holds the truth, so a failure is a warning (as in Flink). */
  async #commit(source: number, position: Position, name: string): Promise<void> {
    try {
      await this.#topology.sources[source]!.reader.commit(position);
    } catch (error) {
      this.#options.logger.warn(
        `The position of ${name} could not be committed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #close(): Promise<void> {
    const closing = [
      ...this.#topology.sources.map((s) => s.reader.close()),
      ...this.#topology.operators.map(async (o) => o.close?.()),
    ];
    const limit = Promise.withResolvers<void>();
    const timer = this.#options.clock.schedule(CLOSE_LIMIT_MS, () => limit.resolve());
    const all = Promise.allSettled(closing).then((results) => {
      for (const r of results) {
        if (r.status === 'rejected') this.#options.logger.warn(`While closing: ${String(r.reason)}`);
      }
    });
    await Promise.race([all, limit.promise]);
    timer.cancel();
  }
}
