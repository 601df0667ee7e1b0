// From the arguments to the exit status.
import process from 'node:process';
import { errorChain } from '../types/errors.ts';
import { VERSION } from '../types/version.ts';
import type { CommandStreams } from './command-streams.ts';
import { EXIT } from './exit-status.ts';

/** Runs the command with the arguments behind `drey`. Nothing is thrown: what is left over is a defect and printed. */
export async function run(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    streams.stdout.write(`${VERSION}\n`);
    return EXIT.DONE;
  }
  try {
    const { runProgram } = await import('./program.ts');
    return await runProgram(args, streams, VERSION);
  } catch (error) {
    const text =
      args.includes('--verbose') && error instanceof Error
        ? error.stack
        : errorChain(error).join('\nCaused by: ');
    streams.stderr.write(`[ERROR] ${text}\n`);
    return EXIT.FAILED;
  }
}
