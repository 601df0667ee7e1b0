// Trying again: how long to wait in between, and for how long altogether.
import type { Clock } from '../../types/clock.ts';
import { ConnectorError } from '../../types/errors.ts';

/** Doubles from `firstMs` to `mostMs`. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #failures = 0;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = Math.max(firstMs, mostMs);
  }

  /** How long to wait before the next try. */
  next(): number {
    return Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#failures++, 20));
  }

  reset(): void {
    this.#failures = 0;
  }

  get failures(): number {
    return this.#failures;
  }
}

export function isRetryable(error: unknown): boolean {
  return error instanceof ConnectorError && error.retryable;
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Told of each failure that is followed by another try. */
  onRetry?(error: unknown): void;
}

/** Calls `attempt` until it succeeds, fails for good, or the time is up (then the last error counts). */
export async function retrying<T>(
  options: RetryOptions,
  attempt: (remainingMs: number) => Promise<T>,
): Promise<T> {
  const { clock, backoff, limitMs, signal } = options;
  const deadline = clock.monotonic() + limitMs;
  for (;;) {
    try {
      return await attempt(Math.max(1, deadline - clock.monotonic()));
    } catch (error) {
      const delay = backoff.next();
      if (!isRetryable(error) || signal.aborted || clock.monotonic() + delay >= deadline) throw error;
      options.onRetry?.(error);
      await clock.sleep(delay, signal);
    }
  }
}
