// How often and how soon a failed job is started again (org.apache.flink.runtime.executiongraph.failover).
import type { Clock } from '../types/clock.ts';
import * as keys from './config.ts';
import { type ReadConfig, readConfig } from './config.ts';

export interface RestartStrategy {
  /** Milliseconds to wait before the next start, or null: the job has failed. */
  next(): number | null;
}

/** @throws ValidationError */
export function restartStrategy(config: ReadConfig, clock: Clock): RestartStrategy {
  switch (readConfig(config, keys.RESTART_STRATEGY)) {
    case 'fixed-delay':
    case 'fixeddelay':
      return fixedDelay(readConfig(config, keys.FIXED_ATTEMPTS), readConfig(config, keys.FIXED_DELAY));
    case 'failure-rate':
    case 'failurerate':
      return failureRate(config, clock);
    case 'exponential-delay':
      return exponentialDelay(config, clock);
    default:
      return { next: () => null };
  }
}

function fixedDelay(attempts: number, delayMs: number): RestartStrategy {
  let used = 0;
  return { next: () => (used++ < attempts ? delayMs : null) };
}

function failureRate(config: ReadConfig, clock: Clock): RestartStrategy {
  const most = readConfig(config, keys.FAILURE_RATE_MAX);
  const intervalMs = readConfig(config, keys.FAILURE_RATE_INTERVAL);
  const delayMs = readConfig(config, keys.FAILURE_RATE_DELAY);
  let failures: number[] = [];
  return {
    next() {
      const now = clock.monotonic();
      failures = failures.filter((at) => now - at < intervalMs);
      failures.push(now);
      return failures.length > most ? null : delayMs;
    },
  };
}

function exponentialDelay(config: ReadConfig, clock: Clock): RestartStrategy {
  const initial = readConfig(config, keys.EXPONENTIAL_INITIAL);
  const max = readConfig(config, keys.EXPONENTIAL_MAX);
  const multiplier = readConfig(config, keys.EXPONENTIAL_MULTIPLIER);
  const jitter = readConfig(config, keys.EXPONENTIAL_JITTER);
  const resetMs = readConfig(config, keys.EXPONENTIAL_RESET);
  const attempts = readConfig(config, keys.EXPONENTIAL_ATTEMPTS);
  let used = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    next() {
      const now = clock.monotonic();
      if (now - lastAt > resetMs) used = 0;
      lastAt = now;
      if (used >= attempts) return null;
      const delay = Math.min(max, initial * multiplier ** used++);
      return delay * (1 + jitter * (2 * Math.random() - 1));
    },
  };
}
