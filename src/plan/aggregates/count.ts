import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';

class CountAccumulator implements Accumulator {
  /** A number while it is counted: a bigint would be made anew for each row. */
  #count = 0;

  accumulate(args: readonly unknown[]): void {
    if (isCounted(args)) this.#count++;
  }
  retract(args: readonly unknown[]): void {
    if (isCounted(args)) this.#count--;
  }
  value(): bigint {
    return BigInt(this.#count);
  }
  snapshot(): number {
    return this.#count;
  }
  restore(state: unknown): void {
    this.#count = state as number;
  }
}

/** COUNT(*) has no arguments; of several none may be NULL. */
function isCounted(args: readonly unknown[]): boolean {
  for (const arg of args) if (arg === null) return false;
  return true;
}

export const COUNT: AggregateFunction = {
  name: 'COUNT',
  doc: 'Rows, or rows in which no argument is NULL.',
  resultType: () => ({ root: 'BIGINT', nullable: false }),
  createAccumulator: () => new CountAccumulator(),
};
