// How many keys are asked for at once, so that an answer is about as large as it should be, whatever the rows are like: a
// thousand keys of short values go together, values of megabytes by themselves.

/** Bytes that an answer is meant to have. */
const TARGET_BYTES = 4 * 1024 * 1024;
/** Before anything is known of the values. */
const FIRST_KEYS = 16;
const MAX_KEYS = 1000;
/** Small values do not promise that the next ones are. */
const MAX_GROWTH = 8;

export class AnswerPace {
  #keys = FIRST_KEYS;

  /** Keys of the next question. */
  get keys(): number {
    return this.#keys;
  }

  /** @param bytes of the answer to `keys` keys */
  answered(keys: number, bytes: number): void {
    const fitting = Math.floor((TARGET_BYTES * keys) / Math.max(1, bytes));
    const largest = Math.min(MAX_KEYS, this.#keys * MAX_GROWTH);
    this.#keys = Math.max(1, Math.min(largest, fitting));
  }
}
