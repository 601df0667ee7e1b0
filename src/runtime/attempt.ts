// One attempt to run a job: open, run, checkpoint, close. The law: stop polling → drain → flush acknowledged → snapshot
// durable → commit positions.
import type { Logger } from '../connector/runtime-context.ts';
import type { Clock, Timer } from '../types/clock.ts';
import { TableError } from '../types/errors.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import type { Execution, Snapshot } from './execution.ts';

export interface AttemptOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: CheckpointStore;
  /** 0: only at the end. */
  readonly checkpointIntervalMs: number;
  /** Called once everything is open, before the first poll. */
  readonly onRunning: () => void;
}

export class JobAttempt {
  readonly #execution: Execution;
  readonly #options: AttemptOptions;
  readonly #failure = Promise.withResolvers<never>();
  #nextCheckpoint = 1;
  #timer: Timer | null = null;
  /** The checkpoint being taken or written; one after the other. */
  #checkpointing: Promise<void> = Promise.resolve();
  /** The last of what is written to the store. */
  #writing: Promise<void> = Promise.resolve();
  /** Everything is read and drained: only the last checkpoint is to come. */
  #drained = false;
  #over = false;

  constructor(execution: Execution, options: AttemptOptions) {
    this.#execution = execution;
    this.#options = options;
    // Nobody may be listening when the first failure comes.
    this.#failure.promise.catch(() => undefined);
  }

  /** Resolves at the end of input or after `stop`; rejects with the first failure. Everything is closed then. */
  async run(restored: Checkpoint | null): Promise<void> {
    try {
      await this.#unlessFailed(this.#open(restored));
      this.#options.onRunning();
      this.#scheduleCheckpoint();
      await this.#unlessFailed(this.#execution.run());
      this.#drained = true;
      this.#timer?.cancel();
      await this.#unlessFailed(this.#checkpointing);
      await this.#unlessFailed(this.#checkpoint());
    } finally {
      this.#over = true;
      this.#timer?.cancel();
      this.#execution.abort();
      await this.#execution.close();
      // The next attempt goes on from it, and writes into the same folder. That it failed, the attempt has told.
      await this.#writing.catch(() => undefined);
    }
  }

  /** Stops reading; what was read is written and checkpointed. */
  stop(): void {
    this.#execution.stop();
  }

  /** Ends the attempt at once. */
  fail(error: Error): void {
    this.#failure.reject(error);
  }

  #unlessFailed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failure.promise]);
  }

  async #open(restored: Checkpoint | null): Promise<void> {
    if (restored !== null) this.#nextCheckpoint = restored.id + 1;
    await this.#execution.open(restored);
    // Where a fresh job starts is kept at once: `latest-offset` must not move when it fails before its first checkpoint.
    if (restored === null) this.#checkpointing = this.#keepStart();
    this.#checkpointing.catch((error: Error) => this.fail(error));
  }

  async #keepStart(): Promise<void> {
    await this.#write(this.#numbered(0, await this.#execution.snapshot()));
  }

  #scheduleCheckpoint(): void {
    const { clock, checkpointIntervalMs } = this.#options;
    if (checkpointIntervalMs === 0) return;
    this.#timer = clock.schedule(checkpointIntervalMs, () => {
      this.#checkpointing = this.#checkpointing.then(() => this.#pausedCheckpoint());
      this.#checkpointing.then(
        () => {
          if (!this.#drained && !this.#over) this.#scheduleCheckpoint();
        },
        (error: Error) => this.fail(error),
      );
    });
  }

  async #pausedCheckpoint(): Promise<void> {
    if (this.#over) return;
    await this.#execution.pause();
    const snapshot = await this.#execution.snapshot();
    this.#execution.resume();
    if (!this.#over) await this.#complete(snapshot);
  }

  /** The last one: nothing runs any more. */
  async #checkpoint(): Promise<void> {
    await this.#complete(await this.#execution.snapshot());
  }

  async #complete(snapshot: Snapshot): Promise<void> {
    await this.#write(this.#numbered(this.#nextCheckpoint++, snapshot));
    if (!this.#over) await this.#execution.commit(snapshot.positions);
  }

  #numbered(id: number, snapshot: Snapshot): Checkpoint {
    return { id, time: this.#options.clock.now(), ...snapshot };
  }

  #write(checkpoint: Checkpoint): Promise<void> {
    this.#writing = this.#writeDurably(checkpoint);
    return this.#writing;
  }

  async #writeDurably(checkpoint: Checkpoint): Promise<void> {
    try {
      await this.#options.store.write(checkpoint);
    } catch (cause) {
      throw new TableError(`Checkpoint ${checkpoint.id} could not be written.`, { cause });
    }
    this.#options.logger.debug(`Completed checkpoint ${checkpoint.id}.`);
  }
}
