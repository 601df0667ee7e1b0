// drey check: every error of a script, without connecting anywhere.
import { renderError } from '../../sql/render-error.ts';
import { systemClock } from '../../types/clock.ts';
import { jobOptions } from '../arguments.ts';
import type { CommandStreams } from '../command-streams.ts';
import { EXIT } from '../exit-status.ts';
import { createLogger } from '../log.ts';
import { readScript } from '../script-source.ts';
import { openSession } from '../session.ts';
import { Terminal } from '../terminal.ts';
import type { RunArguments } from './run.ts';

/** @returns 0 without errors, 1 with some. @throws UsageError */
export async function checkCommand(
  file: string | undefined,
  args: RunArguments,
  streams: CommandStreams,
): Promise<number> {
  const config = jobOptions(args);
  const script = await readScript(file, args.execute, streams.stdin);
  const terminal = new Terminal(streams);
  const { verbose, logFormat } = args;
  const logger = await createLogger({ format: logFormat, verbose, clock: systemClock, write: terminal.err });
  const session = await openSession({
    config,
    logger,
    clock: systemClock,
    stdout: terminal.out,
    stderr: terminal.err,
    resume: false,
  });
  const errors = await session.check(script.text);
  for (const error of errors) {
    const text = renderError(script.text, error, { name: script.name });
    if (logFormat === 'json') logger.error(text);
    else terminal.err(`[ERROR] ${text}\n\n`);
  }
  if (errors.length > 0 && logFormat === 'text') {
    terminal.err(`${script.name}: ${errors.length === 1 ? '1 error' : `${errors.length} errors`}\n`);
  }
  await terminal.flush();
  return errors.length === 0 ? EXIT.DONE : EXIT.FAILED;
}
