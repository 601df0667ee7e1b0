// What a host gives to the readers, lookups and writers that it runs.
import type { Clock } from '../types/clock.ts';
import type { MetricGroup } from './metrics.ts';

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Which of the instances of a source or sink that run side by side this one is. */
export interface Subtask {
  /** From 0. */
  readonly index: number;
  readonly parallelism: number;
}

const ONLY_SUBTASK: Subtask = { index: 0, parallelism: 1 };

export interface RuntimeContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The group of this source, lookup or sink; adds what it counts. */
  readonly metrics: MetricGroup;
  /** IANA name of `table.local-time-zone`. */
  readonly timeZone: string;
  /** Absent: it is the only one. */
  readonly subtask?: Subtask;
  /** Reports a failure that came outside of a call; the job fails (or restarts) with it. */
  fail(error: Error): void;
  /** Where `print` and its like write. Resolves (or answers at once) when the text is taken over. */
  readonly stdout: (text: string) => void | Promise<void>;
  readonly stderr: (text: string) => void | Promise<void>;
}

export function subtaskOf(context: RuntimeContext): Subtask {
  return context.subtask ?? ONLY_SUBTASK;
}
