// What the command says about statements and jobs, in the words of Flink's SQL client.
import type { Logger } from '../connector/runtime-context.ts';
import type { LogFormat } from './log.ts';

export interface Messages {
  /** Only with --verbose. */
  detail(text: string): void;
  info(text: string): void;
  error(text: string): void;
}

/** `[INFO] text` lines, or records of the JSON log. */
export function createMessages(
  format: LogFormat,
  verbose: boolean,
  logger: Logger,
  write: (text: string) => void,
): Messages {
  if (format === 'json') {
    return {
      detail: (text) => logger.debug(text),
      info: (text) => logger.info(text),
      error: (text) => logger.error(text),
    };
  }
  return {
    detail: (text) => {
      if (verbose) write(`[INFO] ${text}\n`);
    },
    info: (text) => write(`[INFO] ${text}\n`),
    error: (text) => write(`[ERROR] ${text}\n`),
  };
}
