// A clock that stands still until a test advances it.
import type { Clock, Timer } from '../../src/types/clock.ts';

interface Scheduled {
  readonly at: number;
  readonly task: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #scheduled: Scheduled[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  schedule(delayMs: number, task: () => void): Timer {
    const entry = { at: this.#now + delayMs, task };
    this.#scheduled.push(entry);
    return {
      cancel: () => {
        this.#scheduled = this.#scheduled.filter((s) => s !== entry);
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = this.schedule(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        timer.cancel();
        reject(signal.reason);
      });
    });
  }

  /** Runs what falls due, in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#scheduled.filter((s) => s.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#scheduled = this.#scheduled.filter((s) => s !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      await new Promise(setImmediate);
    }
    this.#now = end;
    await new Promise(setImmediate);
  }

  /** Tasks that wait for their time. */
  get pending(): number {
    return this.#scheduled.length;
  }
}
