// What the runners of tests say, and the numbers that they end with.

/** What went wrong is told in full by the message: the runner prints it without a stack. */
export class StageError extends Error {}

export const say = (line) => process.stdout.write(`${line}\n`);

export const secondsSince = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

export function totalOf(results) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const each of results) for (const name of Object.keys(total)) total[name] += each[name];
  return total;
}

export const numbers = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

export function reportFailure(error) {
  process.stderr.write(`${error instanceof StageError ? error.message : error.stack}\n`);
  process.exitCode ??= 1;
}
