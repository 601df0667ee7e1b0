// Waits for what happens in other processes.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until `test` holds. `why`: what may have gone wrong, asked for when the time is over.
 * @throws Error after `limitMs`
 */
export async function eventually(
  what: string,
  test: () => Promise<boolean>,
  limitMs = 60_000,
  why: () => Promise<unknown> = async () => null,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}; ${await why()}`);
    await sleep(50);
  }
}
