// Job options that the runtime reads (Flink's keys; `docs/configuration.md` is made from these).
import { fileURLToPath } from 'node:url';
import { type ConfigOption, option } from '../options/config-option.ts';
import { parseOption } from '../options/read-options.ts';

export const CHECKPOINTING_INTERVAL = option('execution.checkpointing.interval')
  .duration()
  .default(10_000)
  .describe('Time between two checkpoints. 0 turns them off, except the one at the end of a job.');

export const CHECKPOINTING_DIR = option('execution.checkpointing.dir')
  .string()
  .default('.drey/checkpoints')
  .fallback('state.checkpoints.dir')
  .describe('Folder (or file: URI) for checkpoints, relative to the working directory.');

export const NUM_RETAINED = option('execution.checkpointing.num-retained')
  .int()
  .default(1)
  .fallback('state.checkpoints.num-retained')
  .checked((n) => {
    if (n < 1) throw new Error(`The number of retained checkpoints must be at least 1, but is ${n}.`);
  })
  .describe('Completed checkpoints that are kept.');

export const RESTART_STRATEGY = option('restart-strategy.type')
  .enum([
    'none',
    'off',
    'disable',
    'fixed-delay',
    'fixeddelay',
    'failure-rate',
    'failurerate',
    'exponential-delay',
  ])
  .default('exponential-delay')
  .fallback('restart-strategy')
  .describe('What happens when a job fails: `none`, `fixed-delay`, `failure-rate` or `exponential-delay`.');

export const FIXED_ATTEMPTS = option('restart-strategy.fixed-delay.attempts')
  .int()
  .default(1)
  .describe('Restarts before the job fails.');
export const FIXED_DELAY = option('restart-strategy.fixed-delay.delay')
  .duration()
  .default(1000)
  .describe('Wait before a restart.');

export const FAILURE_RATE_MAX = option('restart-strategy.failure-rate.max-failures-per-interval')
  .int()
  .default(1)
  .describe('Failures within the interval before the job fails.');
export const FAILURE_RATE_INTERVAL = option('restart-strategy.failure-rate.failure-rate-interval')
  .duration()
  .default(60_000)
  .describe('Interval in which failures are counted.');
export const FAILURE_RATE_DELAY = option('restart-strategy.failure-rate.delay')
  .duration()
  .default(1000)
  .describe('Wait before a restart.');

export const EXPONENTIAL_INITIAL = option('restart-strategy.exponential-delay.initial-backoff')
  .duration()
  .default(1000)
  .describe('Wait before the first restart.');
export const EXPONENTIAL_MAX = option('restart-strategy.exponential-delay.max-backoff')
  .duration()
  .default(60_000)
  .describe('Longest wait before a restart.');
export const EXPONENTIAL_MULTIPLIER = option('restart-strategy.exponential-delay.backoff-multiplier')
  .double()
  .default(1.5)
  .describe('Factor by which the wait grows with each restart.');
export const EXPONENTIAL_JITTER = option('restart-strategy.exponential-delay.jitter-factor')
  .double()
  .default(0.1)
  .describe('Share of the wait that is added or taken away at random.');
export const EXPONENTIAL_RESET = option('restart-strategy.exponential-delay.reset-backoff-threshold')
  .duration()
  .default(3_600_000)
  .describe('Time without a failure after which the wait starts anew.');
export const EXPONENTIAL_ATTEMPTS = option('restart-strategy.exponential-delay.attempts-before-reset-backoff')
  .int()
  .default(10)
  .describe(
    'Restarts in a row before the job fails (Flink has no bound here; Drey exits, so that somebody sees it).',
  );

/** Every option of the runtime, for docs and validation. */
export const RUNTIME_OPTIONS: readonly ConfigOption<unknown>[] = [
  CHECKPOINTING_INTERVAL,
  CHECKPOINTING_DIR,
  NUM_RETAINED,
  RESTART_STRATEGY,
  FIXED_ATTEMPTS,
  FIXED_DELAY,
  FAILURE_RATE_MAX,
  FAILURE_RATE_INTERVAL,
  FAILURE_RATE_DELAY,
  EXPONENTIAL_INITIAL,
  EXPONENTIAL_MAX,
  EXPONENTIAL_MULTIPLIER,
  EXPONENTIAL_JITTER,
  EXPONENTIAL_RESET,
  EXPONENTIAL_ATTEMPTS,
];

/** Reads a job option. */
export type ReadConfig = (key: string) => string | undefined;

/** The option's value among the job's options, or its default. @throws ValidationError */
export function readConfig<T>(config: ReadConfig, declared: ConfigOption<T>): T {
  for (const key of [declared.key, ...declared.fallbackKeys]) {
    const text = config(key);
    if (text !== undefined) return parseOption(declared, text);
  }
  return declared.defaultValue as T;
}

/** The folder for checkpoints as a path. */
export function checkpointFolder(config: ReadConfig): string {
  const dir = readConfig(config, CHECKPOINTING_DIR);
  return dir.startsWith('file:') ? fileURLToPath(new URL(dir)) : dir;
}
