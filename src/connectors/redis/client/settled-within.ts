import type { Clock } from '../../../types/clock.ts';

/** Waits until all promises are settled, but no longer than `limitMs`. */
export async function settledWithin(
  promises: readonly Promise<unknown>[],
  limitMs: number,
  clock: Clock,
): Promise<void> {
  const limit = new AbortController();
  const timeout = clock.sleep(limitMs, limit.signal).catch(() => {
    // cancelled below: nothing is left to wait for
  });
  await Promise.race([Promise.allSettled(promises), timeout]);
  limit.abort();
}
