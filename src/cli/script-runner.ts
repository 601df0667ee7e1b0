// Runs a script as Flink's SQL client does: statement by statement, up to the first failure; then it waits for the jobs.
import type { JobHandle } from '../runtime/job.ts';
import type { SetStatement, Statement } from '../sql/ast.ts';
import { parseStatements } from '../sql/parser.ts';
import { renderError } from '../sql/render-error.ts';
import type { ExecutionResult } from '../table-environment/result.ts';
import type { SourceSpan } from '../types/errors.ts';
import { EXIT } from './exit-status.ts';
import type { JobWatch } from './job-watch.ts';
import type { Messages } from './messages.ts';
import { createPrinter } from './output/create-printer.ts';
import type { OutputFormat, ResultShape } from './output/result-printer.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface Script {
  readonly text: string;
  /** Shown with positions: `job.sql`. */
  readonly name: string;
}

export interface RunnerOptions {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly jobs: JobWatch;
  readonly output: OutputFormat;
  /** Show plans instead of starting jobs. */
  readonly explain: boolean;
  /** Show stack traces. */
  readonly verbose: boolean;
}

const DEFAULT_COLUMN_WIDTH = 30;

export class ScriptRunner {
  readonly #options: RunnerOptions;
  readonly #script: Script;
  /** The statement that each job is of. */
  readonly #statements = new Map<JobHandle, Statement>();

  constructor(script: Script, options: RunnerOptions) {
    this.#script = script;
    this.#options = options;
  }

  /** @returns the exit status */
  async run(): Promise<number> {
    const { statements, errors } = parseStatements(this.#script.text);
    const broken = errors.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))[0];
    const limit = broken?.span?.start ?? Number.POSITIVE_INFINITY;
    for (const statement of statements) {
      // What stands before a syntax error is run, as statements are read one by one.
      if (statement.span.end > limit || this.#options.jobs.stopping || statement.kind === 'quit') break;
      if (!(await this.#statement(statement))) return EXIT.FAILED;
    }
    if (broken !== undefined && !this.#options.jobs.stopping) {
      return this.#fail('Could not execute SQL statement.', broken);
    }
    return this.#waitForJobs();
  }

  /** @returns whether it succeeded */
  async #statement(statement: Statement): Promise<boolean> {
    const { jobs } = this.#options;
    try {
      await jobs.orFailure(this.#execute(statement));
      return true;
    } catch (error) {
      await this.#failOf(jobs.failedJob(error), error, statement);
      return false;
    }
  }

  async #execute(statement: Statement): Promise<void> {
    const { session, explain, messages } = this.#options;
    const planned =
      statement.kind === 'insert' || statement.kind === 'statementSet' || statement.kind === 'queryStatement';
    if (explain && planned) {
      await this.#options.terminal.out(`${(await session.explain(statement)).trimEnd()}\n`);
      return;
    }
    const result = await session.execute(statement);
    if (result.kind === 'ok') messages.detail(doneMessage(statement));
    else await this.#show(result, statement);
  }

  async #show(
    result: Exclude<ExecutionResult, { readonly kind: 'ok' }>,
    statement: Statement,
  ): Promise<void> {
    if ('job' in result) this.#statements.set(result.job, statement);
    switch (result.kind) {
      case 'table':
        return this.#table(result);
      case 'query':
        return this.#query(result);
      case 'job':
        return this.#job(result.job);
    }
  }

  async #table(result: Extract<ExecutionResult, { readonly kind: 'table' }>): Promise<void> {
    const { terminal, output, session } = this.#options;
    const { columns, rows, text } = result;
    if (output !== 'tableau') {
      const printer = await createPrinter(output, this.#shape(columns));
      await terminal.out(printer.begin() + printer.rows(rows, null) + printer.end());
    } else if (text) {
      for (const row of rows) await terminal.out(`${String(row[0]).trimEnd()}\n`);
    } else {
      const { staticTable } = await import('./output/tableau.ts');
      await terminal.out(staticTable(columns, rows, session.timeZone()));
    }
  }

  async #query(result: Extract<ExecutionResult, { readonly kind: 'query' }>): Promise<void> {
    const { terminal, jobs, output } = this.#options;
    const printer = await createPrinter(output, this.#shape(result.columns));
    jobs.add(result.job);
    await terminal.out(printer.begin());
    for await (const batch of result.batches) await terminal.out(printer.rows(batch.rows, batch.kinds));
    await result.job.wait();
    await terminal.out(jobs.stopping ? printer.stopped() : printer.end());
  }

  async #job(job: JobHandle): Promise<void> {
    const { jobs, messages, session } = this.#options;
    messages.info('Submitting SQL update statement to the cluster...');
    jobs.add(job);
    messages.info(`SQL update statement has been successfully submitted to the cluster:\nJob ID: ${job.id}`);
    if (session.config('table.dml-sync')?.toLowerCase() !== 'true') return;
    messages.info('Execute statement in sync mode. Please wait for the execution finish...');
    await job.wait();
    messages.info('Complete execution of the SQL update statement.');
  }

  async #waitForJobs(): Promise<number> {
    const { jobs } = this.#options;
    try {
      await jobs.all();
      return EXIT.DONE;
    } catch (error) {
      return this.#failOf(jobs.failedJob(error), error);
    }
  }

  #shape(columns: ResultShape['columns']): ResultShape {
    const { session } = this.#options;
    const width = Number(session.config('sql-client.display.max-column-width') ?? DEFAULT_COLUMN_WIDTH);
    const maxColumnWidth = Number.isInteger(width) && width > 0 ? width : DEFAULT_COLUMN_WIDTH;
    return { columns, timeZone: session.timeZone(), maxColumnWidth };
  }

  /** A job failed, or else the statement. */
  #failOf(job: JobHandle | undefined, error: unknown, statement?: Statement): Promise<number> {
    const own = job === undefined ? statement : (this.#statements.get(job) ?? statement);
    const isInsert = own?.kind === 'insert' || own?.kind === 'statementSet';
    const what =
      job !== undefined && isInsert ? `Job '${job.name}' failed.` : 'Could not execute SQL statement.';
    return this.#fail(what, error, own?.span);
  }

  async #fail(what: string, error: unknown, fallback?: SourceSpan): Promise<number> {
    const { messages, jobs, verbose } = this.#options;
    const { text, name } = this.#script;
    const rendered = renderError(text, error, {
      name,
      ...(fallback === undefined ? {} : { fallback: firstLine(text, fallback) }),
    });
    const stack = verbose && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
    messages.error(`${what} Reason:\n${rendered}${stack}`);
    await jobs.stop();
    return EXIT.FAILED;
  }
}

/** The statement's first line, so that an error without a place of its own shows where to look. */
function firstLine(text: string, span: SourceSpan): SourceSpan {
  const line = /^[^\r\n]*/.exec(text.slice(span.start, span.end))?.[0] ?? '';
  const end = span.start + line.trimEnd().length;
  return { ...span, endLine: span.line, endColumn: span.column + (end - span.start) - 1, end };
}

function doneMessage(statement: Statement): string {
  if (statement.kind === 'set' && isAssignment(statement)) return 'Session property has been set.';
  if (statement.kind === 'reset') return 'Session property has been reset.';
  return 'Execute statement succeeded.';
}

function isAssignment(statement: SetStatement): boolean {
  return statement.option !== undefined;
}
