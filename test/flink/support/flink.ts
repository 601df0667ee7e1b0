// The shared Flink cluster, for tests: statements in, rows, printed lines and errors out.
import { readFileSync, statSync } from 'node:fs';
import { inject } from 'vitest';
import { FlinkJobs, GatewaySession, type StatementResult } from '../../../scripts/flink/gateway.mjs';
import type { FlinkPlace } from './place.ts';

export { FlinkError, FlinkJobs, splitStatements } from '../../../scripts/flink/gateway.mjs';

/** What every test job runs with unless it says otherwise: it fails at the first error, and its time zone is known. */
const SETTINGS = {
  'restart-strategy.type': 'disable',
  'table.local-time-zone': 'UTC',
};

export class FlinkSession {
  readonly #session: GatewaySession;
  readonly jobs: FlinkJobs;
  readonly #log: string;
  readonly #from: number;

  private constructor(session: GatewaySession, jobs: FlinkJobs, log: string) {
    this.#session = session;
    this.jobs = jobs;
    this.#log = log;
    this.#from = statSync(log).size;
  }

  static async open(
    settings: Readonly<Record<string, string>> = {},
    place: FlinkPlace = inject('flink'),
  ): Promise<FlinkSession> {
    const session = await GatewaySession.open(place, { ...SETTINGS, ...settings });
    return new FlinkSession(session, new FlinkJobs(place), place.log);
  }

  /** Runs one statement; a query to its end, of an INSERT only the submission. */
  execute(statement: string): Promise<StatementResult> {
    return this.#session.execute(statement);
  }

  /** Runs an INSERT or a statement set until its job has ended. @throws FlinkError why it failed */
  async insert(statement: string, limitMs?: number): Promise<void> {
    await this.jobs.finished(await this.start(statement), limitMs);
  }

  /** Submits an INSERT and answers its job. */
  async start(statement: string): Promise<string> {
    const { jobId } = await this.#session.execute(statement);
    if (jobId === null) throw new Error(`no job: ${statement}`);
    return jobId;
  }

  /** What all print tables have written since the session began. */
  printedText(): string {
    return readFileSync(this.#log).subarray(this.#from).toString();
  }

  /** The lines that a print table with this identifier has written since then, without the identifier. */
  printed(identifier: string): string[] {
    const prefix = `${identifier}> `;
    return this.printedText()
      .split('\n')
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
