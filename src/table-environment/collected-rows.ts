// The rows of a SELECT on their way from the job to whoever asked. The job waits while nobody takes them.
import type { JobHandle } from '../runtime/job.ts';
import type { RowBatch } from '../types/row.ts';

/** Batches that may wait to be taken. */
const MAX_WAITING = 16;

export class CollectedRows {
  readonly #waiting: RowBatch[] = [];
  #wakeTaker: (() => void) | null = null;
  #wakeJob: (() => void) | null = null;
  #isOver = false;

  /** Called by the job for each batch. */
  readonly output = (batch: RowBatch): void | Promise<void> => {
    if (this.#isOver || batch.rows.length === 0) return;
    this.#waiting.push(batch);
    this.#wakeTaker?.();
    if (this.#waiting.length >= MAX_WAITING) return this.#room();
  };

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeJob = resolve;
    });
  }

  #letGo(): void {
    const wake = this.#wakeJob;
    this.#wakeJob = null;
    wake?.();
  }

  /** The batches up to the job's end; throws what the job failed of. Leaving early cancels the job. */
  async *batches(job: JobHandle): AsyncIterable<RowBatch> {
    const ended = { yet: false };
    const end = job.wait().finally(() => {
      ended.yet = true;
      this.#wakeTaker?.();
    });
    // It is awaited below, but the job may fail before.
    end.catch(() => undefined);
    try {
      for (;;) {
        const batch = this.#waiting.shift();
        if (batch !== undefined) {
          if (this.#waiting.length < MAX_WAITING) this.#letGo();
          yield batch;
        } else if (ended.yet) {
          await end;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wakeTaker = resolve;
          });
          this.#wakeTaker = null;
        }
      }
    } finally {
      this.#isOver = true;
      this.#waiting.length = 0;
      this.#letGo();
      if (!ended.yet) await job.cancel();
    }
  }
}
