import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';

class CountAccumulator implements Accumulator {
  #count = 0n;

  accumulate(args: readonly unknown[]): void {
    if (isCounted(args)) this.#count++;
  }
  retract(args: readonly unknown[]): void {
    if (isCounted(args)) this.#count--;
  }
  value(): bigint {
    return this.#count;
  }
  snapshot(): bigint {
    return this.#count;
  }
  restore(state: unknown): void {
    this.#count = state as bigint;
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
