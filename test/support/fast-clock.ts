// The system's clock, run faster: for limits that are minutes, with servers that are real.
import { type Clock, systemClock, type Timer } from '../../src/types/clock.ts';

export class FastClock implements Clock {
  readonly #times: number;
  readonly #start = systemClock.monotonic();
  readonly #startNow = systemClock.now();

  /** @param times how many times as fast */
  constructor(times: number) {
    this.#times = times;
  }

  now(): number {
    return Math.round(this.#startNow + (systemClock.now() - this.#startNow) * this.#times);
  }

  monotonic(): number {
    return this.#start + (systemClock.monotonic() - this.#start) * this.#times;
  }

  schedule(delayMs: number, task: () => void, keepsAlive?: boolean): Timer {
    return systemClock.schedule(delayMs / this.#times, task, keepsAlive);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(delayMs / this.#times, signal);
  }
}
