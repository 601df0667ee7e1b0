// What the worker gives to the connector core: it is a host as Drey's own runtime is.
import type { MetricGroup } from '../connector/metrics.ts';
import type { Logger, RuntimeContext } from '../connector/runtime-context.ts';
import { systemClock } from '../types/clock.ts';
import { withoutSecrets } from './error-message.ts';

/** A line a message, `LEVEL text`: the JVM puts it into the TaskManager's log with that level. */
export function stderrLogger(secrets: readonly string[]): Logger {
  const log = (level: string) => (message: string) => {
    process.stderr.write(`${level} ${withoutSecrets(message, secrets).replaceAll('\n', ' | ')}\n`);
  };
  return { debug: log('DEBUG'), info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

export function workerContext(
  timeZone: string,
  secrets: readonly string[],
  metrics: MetricGroup,
  fail: (error: Error) => void,
): RuntimeContext {
  const refuse = () => {
    throw new Error('A worker has no standard output for tables.');
  };
  return {
    clock: systemClock,
    logger: stderrLogger(secrets),
    metrics,
    timeZone,
    fail,
    stdout: refuse,
    stderr: refuse,
  };
}
