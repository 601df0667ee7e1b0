// How a source whose rows come by themselves answers polls: at once where rows are at hand, otherwise when they come.
import { EMPTY_BATCH, type RowBatch } from '../types/row.ts';

export class WaitingPoll {
  readonly #take: (max: number) => RowBatch | null | undefined;
  #wake: (() => void) | null = null;
  #woken = false;

  /** @param take the rows at hand; null at the end; undefined when there is nothing yet. May throw. */
  constructor(take: (max: number) => RowBatch | null | undefined) {
    this.#take = take;
  }

  /** As SourceReader.poll. */
  poll(max: number): RowBatch | null | Promise<RowBatch | null> {
    this.#woken = false;
    const ready = this.#take(max);
    return ready === undefined ? this.#wait(max) : ready;
  }

  async #wait(max: number): Promise<RowBatch | null> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
      const ready = this.#take(max);
      if (ready !== undefined) return ready;
      if (this.#woken) return EMPTY_BATCH;
    }
  }

  /** Something has come, or gone wrong: a poll that waits looks again. */
  lookAgain(): void {
    this.#wake?.();
  }

  /** As SourceReader.wakeUp: a poll that waits is answered, without rows if there are none. */
  wakeUp(): void {
    this.#woken = true;
    this.#wake?.();
  }
}
