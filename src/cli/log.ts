// Log lines on standard error: plain text, or JSON for log collectors.
import type { Logger } from '../connector/runtime-context.ts';
import type { Clock } from '../types/clock.ts';

export type LogFormat = 'text' | 'json';
export const LOG_FORMATS: readonly LogFormat[] = ['text', 'json'];

export interface LogOptions {
  readonly format: LogFormat;
  /** Debug and info lines too; warnings and errors always. */
  readonly verbose: boolean;
  readonly clock: Clock;
  readonly write: (text: string) => void;
}

/** `2026-03-01 12:00:00,123 WARN  text` */
function textLogger({ verbose, clock, write }: LogOptions): Logger {
  const line = (level: string) => (message: string) => {
    const time = new Date(clock.now()).toISOString().replace('T', ' ').replace('.', ',').slice(0, -1);
    write(`${time} ${level} ${message}\n`);
  };
  const quiet = () => undefined;
  return {
    debug: verbose ? line('DEBUG') : quiet,
    info: verbose ? line('INFO ') : quiet,
    warn: line('WARN '),
    error: line('ERROR'),
  };
}

/** `{"level":"warn","time":"2026-03-01T12:00:00.123Z","message":"text"}` */
async function jsonLogger({ verbose, clock, write }: LogOptions): Promise<Logger> {
  const { default: pino } = await import('pino');
  const log = pino(
    {
      level: verbose ? 'debug' : 'info',
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  );
  return {
    debug: (message) => log.debug(message),
    info: (message) => log.info(message),
    warn: (message) => log.warn(message),
    error: (message) => log.error(message),
  };
}

export function createLogger(options: LogOptions): Logger | Promise<Logger> {
  return options.format === 'json' ? jsonLogger(options) : textLogger(options);
}
