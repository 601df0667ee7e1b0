// The Node API: a session with a catalog, options and jobs (org.apache.flink.table.api.TableEnvironment).
import process from 'node:process';
import type { DynamicTableFactory } from '../connector/factory.ts';
import type { FormatFactory } from '../connector/format.ts';
import type { Logger } from '../connector/runtime-context.ts';
import { CatalogManager } from '../plan/catalog/catalog.ts';
import { DML_SYNC, PARALLELISM, PLANNER_OPTIONS, SessionConfig } from '../plan/config.ts';
import { builtInFunctions, FunctionCatalog } from '../plan/functions/catalog.ts';
import type { TableUse } from '../plan/logical.ts';
import { explainJob, type JobStatement, type PlannerContext, planJob } from '../plan/planner.ts';
import type { ScalarFunction } from '../plan/rex.ts';
import { Registry } from '../registry.ts';
import { RUNTIME_OPTIONS } from '../runtime/config.ts';
import { type JobHandle, type JobOptions, submitJob } from '../runtime/job.ts';
import type { StartThread } from '../runtime/parallel/parallel-execution.ts';
import type { Explain, Statement } from '../sql/ast.ts';
import { parseStatement } from '../sql/parser.ts';
import { type Clock, systemClock } from '../types/clock.ts';
import { type DreyError, ValidationError } from '../types/errors.ts';
import { checkScript } from './check.ts';
import { CollectedRows } from './collected-rows.ts';
import { executeDdl } from './ddl.ts';
import { JobList } from './job-list.ts';
import { jobStatement } from './job-statement.ts';
import { text } from './listings.ts';
import { type ExecutionResult, type TableResult, toTableResult } from './result.ts';

type Write = (text: string) => void | Promise<void>;

export interface TableEnvironmentOptions {
  /** Job options, as SET takes them; RESET goes back to these. */
  readonly config?: Readonly<Record<string, string>>;
  /** Connectors beside the built-in ones; one of the same identifier replaces a built-in one. */
  readonly connectors?: Iterable<DynamicTableFactory>;
  /** Formats, likewise. */
  readonly formats?: Iterable<FormatFactory>;
  /** Functions, likewise. */
  readonly functions?: Iterable<ScalarFunction>;
  /** Jobs go on from their newest checkpoints. Default false. */
  readonly resume?: boolean;
  /** Where `print` writes. Default: the process's standard output and error. */
  readonly stdout?: Write;
  readonly stderr?: Write;
  /** Messages of jobs; default: warnings and errors to standard error. */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export class TableEnvironment {
  readonly #registry: Registry;
  readonly #functions: FunctionCatalog;
  readonly #catalog: CatalogManager;
  readonly #config: SessionConfig;
  readonly #jobs = new JobList();
  readonly #options: TableEnvironmentOptions;
  readonly #clock: Clock;
  /** Whether jobs can run in other threads: not with what only this one has. */
  #hasThreads: boolean;
  readonly #logger: Logger;

  private constructor(options: TableEnvironmentOptions) {
    this.#options = options;
    const connectors = [...(options.connectors ?? [])];
    const formats = [...(options.formats ?? [])];
    const functions = [...(options.functions ?? [])];
    this.#registry = new Registry(connectors, formats);
    this.#functions = new FunctionCatalog(builtInFunctions);
    for (const fn of functions) this.#functions.register(fn);
    this.#catalog = new CatalogManager();
    this.#config = new SessionConfig(
      [...PLANNER_OPTIONS, ...RUNTIME_OPTIONS],
      Object.entries(options.config ?? {}),
    );
    this.#clock = options.clock ?? systemClock;
    const own = connectors.length + formats.length + functions.length;
    this.#hasThreads = own === 0 && this.#clock === systemClock;
    this.#logger = options.logger ?? standardLogger;
  }

  /** @throws ValidationError for a value that an option of `config` does not take */
  static create(options: TableEnvironmentOptions = {}): TableEnvironment {
    return new TableEnvironment(options);
  }

  /**
   * Executes one statement. INSERT and SELECT start a job: INSERT comes back once it is started (with
   * `table.dml-sync` = true once it has ended), SELECT hands out its rows.
   * @throws SqlParserError, ValidationError, TableError before anything runs
   */
  async executeSql(sql: string): Promise<TableResult> {
    const result = await this.execute(parseStatement(sql));
    if (result.kind === 'job' && this.#config.get(DML_SYNC)) await result.job.wait();
    return toTableResult(result);
  }

  /** Executes a parsed statement. */
  async execute(statement: Statement): Promise<ExecutionResult> {
    if (statement.kind === 'stopJob') return this.#stopJob(statement.jobId, statement.withDrain);
    if (statement.kind === 'explain') return text(await this.#explain(statement));
    const result = executeDdl(statement, this.#context(this.#catalog, this.#config));
    if (result !== undefined) {
      this.#suggestOption(statement);
      return result;
    }
    return this.#start(jobStatement(statement)!);
  }

  /**
   * The plan of a query, an INSERT or a statement set, as EXPLAIN prints it.
   * @param details as behind EXPLAIN: `CHANGELOG_MODE`, `JSON_EXECUTION_PLAN` …
   */
  async explainSql(sql: string, ...details: Explain['details']): Promise<string> {
    return this.explain(parseStatement(sql), details);
  }

  /** `explainSql` of a parsed statement. */
  async explain(statement: Statement, details: Explain['details'] = []): Promise<string> {
    if (statement.kind === 'explain') return this.#explain(statement);
    const job = jobStatement(statement);
    if (job === undefined) {
      throw new ValidationError(
        'Unsupported operation: only queries, INSERT and statement sets can be explained.',
        {
          span: statement.span,
        },
      );
    }
    return explainJob(job, details, this.#context(this.#catalog, this.#config));
  }

  /** Every error of a script, in the order of the text: parsed, bound, options validated; nothing is connected or changed. */
  check(script: string): Promise<readonly DreyError[]> {
    return checkScript(script, this.#context(this.#catalog.clone(), this.#config.clone()));
  }

  /** Adds a function; one of the same name is replaced. */
  registerFunction(fn: ScalarFunction): void {
    this.#hasThreads = false;
    this.#functions.register(fn);
  }

  /** The session's text of a job option. */
  config(key: string): string | undefined {
    return this.#config.text(key);
  }

  /** IANA name of `table.local-time-zone`. */
  timeZone(): string {
    return this.#config.timeZone;
  }

  /** Jobs that this session started. */
  jobs(): readonly JobHandle[] {
    return this.#jobs.all().map((j) => j.handle);
  }

  #context(catalog: CatalogManager, config: SessionConfig): PlannerContext & { readonly jobs: JobList } {
    return {
      catalog,
      config,
      functions: this.#functions,
      registry: this.#registry,
      jobs: this.#jobs,
      now: () => this.#clock.now(),
      threads: this.#hasThreads,
    };
  }

  async #explain(statement: Explain): Promise<string> {
    return this.explain(statement.statement, statement.details);
  }

  async #stopJob(id: string, withDrain: boolean): Promise<ExecutionResult> {
    const { handle } = this.#jobs.get(id);
    if (withDrain) this.#logger.warn('WITH DRAIN has no effect: stopping a job always writes what was read.');
    await handle.stop();
    return { kind: 'ok' };
  }

  /** An unknown option may be meant for somebody else, or misspelt. */
  #suggestOption(statement: Statement): void {
    if (statement.kind !== 'set' || statement.option === undefined) return;
    const guess = this.#config.suggest(statement.option.key);
    if (guess === undefined) return;
    this.#logger.warn(`Option '${statement.option.key}' is not read by Drey. Did you mean '${guess}'?`);
  }

  async #start(statement: JobStatement): Promise<ExecutionResult> {
    const now = this.#clock.now();
    const context = this.#context(this.#catalog, this.#config);
    const { plan, schema, sinks, tables } = await planJob(statement, { ...context, now: () => now });
    for (const warning of plan.warnings) this.#logger.warn(warning);
    this.#warnOfThreads();
    const threads =
      plan.parallelism === 1 ? {} : { startThread: await this.#threads(statement, tables, now) };
    if (schema === null) {
      const job = this.#submit(plan, threads);
      return { kind: 'job', job, sinks };
    }
    const rows = new CollectedRows();
    const job = this.#submit(plan, { ...threads, collect: rows.output });
    return { kind: 'query', columns: schema.fields, batches: rows.batches(job), job };
  }

  async #threads(statement: JobStatement, tables: readonly TableUse[], now: number): Promise<StartThread> {
    const [{ jobThreads }, { copySession }] = await Promise.all([
      import('./threads/job-threads.ts'),
      import('./threads/session-copy.ts'),
    ]);
    return jobThreads(copySession(this.#catalog, this.#config, statement, now), tables);
  }

  #warnOfThreads(): void {
    if (this.#hasThreads || this.#config.get(PARALLELISM) === 1) return;
    this.#logger.warn(
      `'${PARALLELISM.key}' has no effect: connectors, formats, functions and a clock of the program's own cannot be used in other threads. The job runs in one.`,
    );
  }

  #submit(plan: Parameters<typeof submitJob>[0], extra: Partial<JobOptions>): JobHandle {
    const { stdout, stderr, resume } = this.#options;
    // What SET changes later is not this job's.
    const config = this.#config.clone();
    const job = submitJob(plan, {
      config: (key) => config.text(key),
      clock: this.#clock,
      logger: this.#logger,
      timeZone: config.timeZone,
      stdout: stdout ?? ((t) => write(process.stdout, t)),
      stderr: stderr ?? ((t) => write(process.stderr, t)),
      resume: resume ?? false,
      ...extra,
    });
    this.#jobs.add(job, this.#clock.now());
    return job;
  }
}

/** Warnings and errors go to standard error. */
const standardLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => void process.stderr.write(`[WARN] ${message}\n`),
  error: (message) => void process.stderr.write(`[ERROR] ${message}\n`),
};

/** Waits while the stream is full. */
function write(stream: NodeJS.WriteStream, chunk: string): void | Promise<void> {
  if (stream.write(chunk)) return;
  return new Promise((resolve) => stream.once('drain', resolve));
}
