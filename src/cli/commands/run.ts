// drey run and drey explain.
import type { Logger } from '../../connector/runtime-context.ts';
import type { JobHandle } from '../../runtime/job.ts';
import { systemClock } from '../../types/clock.ts';
import { jobOptions } from '../arguments.ts';
import type { CommandStreams } from '../command-streams.ts';
import { JobWatch } from '../job-watch.ts';
import { createLogger, type LogFormat } from '../log.ts';
import { createMessages } from '../messages.ts';
import type { OutputFormat } from '../output/result-printer.ts';
import { ScriptRunner } from '../script-runner.ts';
import { readScript } from '../script-source.ts';
import { openSession } from '../session.ts';
import { onSignals } from '../signals.ts';
import { Terminal } from '../terminal.ts';
import { YoungGeneration } from '../young-generation.ts';

/** As commander gives them. */
export interface RunArguments {
  readonly execute: readonly string[];
  readonly D: readonly string[];
  readonly parallelism?: number;
  readonly verbose: boolean;
  readonly logFormat: LogFormat;
  readonly resume?: boolean;
  readonly explain?: boolean;
  readonly metrics?: boolean;
  readonly output?: OutputFormat;
}

/** @returns the exit status. @throws UsageError */
export async function runCommand(
  file: string | undefined,
  args: RunArguments,
  streams: CommandStreams,
): Promise<number> {
  const config = jobOptions(args);
  const script = await readScript(file, args.execute, streams.stdin);
  const terminal = new Terminal(streams);
  const { verbose, logFormat } = args;
  const logger = await createLogger({ format: logFormat, verbose, clock: systemClock, write: terminal.err });
  const messages = createMessages(logFormat, verbose, logger, terminal.err);
  const metrics =
    args.metrics === true ? (job: JobHandle) => printMetrics(job, logFormat, logger, terminal) : null;
  const youngGeneration = new YoungGeneration(systemClock);
  const onJob = (job: JobHandle) => youngGeneration.jobBegins(job.parallelism);
  const jobs = new JobWatch({ clock: systemClock, terminal, metrics, onJob });
  const forget = onSignals((signal) => {
    messages.detail(`${signal}: stopping; what was read is written first. A second signal ends at once.`);
    void jobs.stop();
  });
  terminal.onClosed(() => void jobs.stop());
  try {
    const session = await openSession({
      config,
      logger,
      clock: systemClock,
      stdout: terminal.out,
      stderr: terminal.err,
      resume: args.resume === true,
    });
    const output = args.output ?? 'tableau';
    const explain = args.explain === true;
    return await new ScriptRunner(script, {
      session,
      terminal,
      messages,
      jobs,
      output,
      explain,
      verbose,
    }).run();
  } finally {
    jobs.close();
    youngGeneration.close();
    forget();
    await terminal.flush();
  }
}

/** One line with every metric of the job. */
function printMetrics(job: JobHandle, format: LogFormat, logger: Logger, terminal: Terminal): void {
  const text = JSON.stringify({ job: job.name, ...Object.fromEntries([...job.metrics()].sort()) });
  if (format === 'json') logger.info(`metrics ${text}`);
  else terminal.err(`[METRICS] ${text}\n`);
}
