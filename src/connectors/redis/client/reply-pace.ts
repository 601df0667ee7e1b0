// When replies that are only counted are read. A server hands them over as it goes, a hundred at a time, and each reading costs as
// much as the encoding of hundreds of commands. So, while more of them are due than the server can give in the meantime, the reading
// rests for a moment: the server never waits for it.

/** How long the reading rests. What a timer can do. */
export const REST_MS = 1;
/** Timers come late: as long as this the server must have something to do. */
const COVERED_MS = 2.5;
/** The fastest of the last readings counts; it is forgotten by so much with each. */
const FORGETTING = 0.9;
/** Fewer are not worth a rest: whoever waits for them has them sooner. */
const MIN_DUE = 256;
/** Readings closer together than that say nothing of the server's speed. */
const MIN_ELAPSED_MS = 0.1;

export class ReplyPace {
  #repliesPerMs = 0;
  #counted = 0;
  #since = 0;

  /** @param replies that were counted @param now milliseconds */
  read(replies: number, now: number): void {
    this.#counted += replies;
    const elapsed = now - this.#since;
    if (elapsed < MIN_ELAPSED_MS) return;
    this.#repliesPerMs = Math.max(this.#counted / elapsed, this.#repliesPerMs * FORGETTING);
    this.#counted = 0;
    this.#since = now;
  }

  /** @param due replies that are only counted */
  mayRest(due: number): boolean {
    return this.#repliesPerMs > 0 && due > Math.max(MIN_DUE, this.#repliesPerMs * COVERED_MS);
  }
}
