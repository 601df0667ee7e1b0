// The table environment as the command line uses it.
import type { Logger } from '../connector/runtime-context.ts';
import type { TableEnvironment } from '../table-environment/table-environment.ts';
import type { Clock } from '../types/clock.ts';
import { errorChain, ValidationError } from '../types/errors.ts';
import { UsageError } from './exit-status.ts';

export type Session = Pick<TableEnvironment, 'execute' | 'explain' | 'check' | 'config' | 'timeZone'>;

type Write = (text: string) => void | Promise<void>;

export interface SessionOptions {
  /** -D */
  readonly config: ReadonlyMap<string, string>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly stdout: Write;
  readonly stderr: Write;
  readonly resume: boolean;
}

/** @throws UsageError for a value that an option of -D does not take */
export async function openSession({ config, ...options }: SessionOptions): Promise<Session> {
  const { TableEnvironment } = await import('../table-environment/table-environment.ts');
  try {
    return TableEnvironment.create({ ...options, config: Object.fromEntries(config) });
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new UsageError(`-D: ${errorChain(error).join(' ')}`);
  }
}
