// The command line: commands, options and help texts. Each command's code is loaded when it runs.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandStreams } from './command-streams.ts';
import type { RunArguments } from './commands/run.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { LOG_FORMATS } from './log.ts';
import { OUTPUT_FORMATS } from './output/result-printer.ts';

const collect = (value: string, all: readonly string[]): string[] => [...all, value];

/** Parses the arguments and runs the command. @returns the exit status */
export async function runProgram(
  args: readonly string[],
  streams: CommandStreams,
  version: string,
): Promise<number> {
  let status: number = EXIT.DONE;
  const program = createProgram(streams, version, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.DONE : EXIT.USAGE;
    if (error instanceof UsageError) {
      streams.stderr.write(`error: ${error.message}\n`);
      return EXIT.USAGE;
    }
    throw error;
  }
}

function createProgram(streams: CommandStreams, version: string, done: (status: number) => void): Command {
  const program = new Command('drey');
  program
    .description('Flink SQL for Redis and Tair.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(drey --help shows the commands and options)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    });
  addRun(program, streams, done);
  addCheck(program, streams, done);
  addExplain(program, streams, done);
  addOptions(program, streams, done);
  addRedis(program, streams, done);
  return program;
}

function scriptCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[file]', 'file with SQL statements; - reads standard input')
    .option('-e, --execute <sql>', 'run this SQL instead of a file (may be repeated)', collect, [])
    .option('-D <key=value>', 'set a job option, as SET does (may be repeated)', collect, [])
    .option('-p, --parallelism <n>', 'run each job in so many threads (parallelism.default)', parallelism)
    .option('--verbose', 'say more; show stack traces', false)
    .addOption(
      new Option('--log-format <format>', 'how messages are written')
        .choices([...LOG_FORMATS])
        .default('text'),
    );
}

function addRun(program: Command, streams: CommandStreams, done: (status: number) => void): void {
  scriptCommand(program, 'run', 'Run a script; streaming jobs run until they are stopped.')
    .option('--resume', 'go on from the newest checkpoint of each job', false)
    .option('--explain', 'show the plans instead of running the jobs', false)
    .option('--metrics', 'print the metrics of the jobs every 10 s and when they end', false)
    .addOption(
      new Option('--output <format>', 'how results are printed')
        .choices([...OUTPUT_FORMATS])
        .default('tableau'),
    )
    .addHelpText('after', '\nExit status: 0 done or stopped, 1 a statement or job failed, 2 wrong usage.')
    .action(async (file: string | undefined, options: RunArguments) => {
      const { runCommand } = await import('./commands/run.ts');
      done(await runCommand(file, options, streams));
    });
}

function addCheck(program: Command, streams: CommandStreams, done: (status: number) => void): void {
  scriptCommand(program, 'check', 'Check a script without connecting anywhere; lists every error.').action(
    async (file: string | undefined, options: RunArguments) => {
      const { checkCommand } = await import('./commands/check.ts');
      done(await checkCommand(file, options, streams));
    },
  );
}

function addExplain(program: Command, streams: CommandStreams, done: (status: number) => void): void {
  scriptCommand(program, 'explain', 'Show the plans of a script without running its jobs.').action(
    async (file: string | undefined, options: RunArguments) => {
      const { runCommand } = await import('./commands/run.ts');
      done(await runCommand(file, { ...options, explain: true }, streams));
    },
  );
}

function addOptions(program: Command, streams: CommandStreams, done: (status: number) => void): void {
  program
    .command('options')
    .description('Show the options of a connector or format; without a name, the names.')
    .argument('[name]', 'redis, kafka, json, ...')
    .option('--markdown', 'as a Markdown table', false)
    .action(async (name: string | undefined, { markdown }: { readonly markdown: boolean }) => {
      const { optionsCommand } = await import('./commands/options.ts');
      done(await optionsCommand(name, markdown, streams));
    });
}

function addRedis(program: Command, streams: CommandStreams, done: (status: number) => void): void {
  program
    .command('redis')
    .description('Run an embedded Redis for developing and testing jobs. It keeps nothing.')
    .option('--port <port>', 'TCP port on 127.0.0.1; 0 takes a free one', port, 6379)
    .option('--password <password>', 'password that clients have to give (AUTH)')
    .action(async (options: { readonly port: number; readonly password?: string }) => {
      const { redisCommand } = await import('./commands/redis.ts');
      done(await redisCommand(options, streams));
    });
}

function parallelism(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) {
    throw new InvalidArgumentError('The number of threads is a number from 1 to 9999.');
  }
  return Number(value);
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new InvalidArgumentError('A port is a number between 0 and 65535.');
  }
  return Number(value);
}
