// How long to wait before the next attempt: at once after the first failure, then doubling, with some spread so that many
// clients do not come back in the same moment.

const FIRST_MS = 20;
const LONGEST_MS = 2_000;

/** @param attempt 0 for the first wait after a failure */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return base * (0.75 + random() * 0.5);
}
