// SIGINT and SIGTERM: the first one stops gracefully, a second one ends the process at once.
import process from 'node:process';
import { EXIT } from './exit-status.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Calls `stop` at the first signal.
 * @returns takes the handlers away again
 */
export function onSignals(stop: (signal: string) => void): () => void {
  let stopping = false;
  const handler = (signal: string) => {
    if (stopping) process.exit(EXIT.INTERRUPTED);
    stopping = true;
    stop(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handler);
  };
}
