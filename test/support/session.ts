// A session over the probe connectors, and what tests ask of it.
import {
  TableEnvironment,
  type TableEnvironmentOptions,
} from '../../src/table-environment/table-environment.ts';
import { errorChain } from '../../src/types/errors.ts';
import { labdimFactory } from './labdim.ts';
import { labsinkFactory } from './labsink.ts';
import { labsourceFactory } from './labsource.ts';

export interface TestSession {
  readonly env: TableEnvironment;
  /** Executes statements and waits for their jobs. */
  readonly run: (...statements: readonly string[]) => Promise<void>;
  /** Changes of a query, `+I[a, 1]`. */
  readonly query: (sql: string) => Promise<string[]>;
  /** Lines that `labsink` and `print` wrote since the last call. */
  readonly printed: () => string[];
  /** The lines of the optimized execution plan. */
  readonly plan: (sql: string) => Promise<string[]>;
  /** The chain of messages of a statement that fails. */
  readonly failure: (sql: string) => Promise<string[]>;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function testSession(options: TableEnvironmentOptions = {}): TestSession {
  let out = '';
  const env = TableEnvironment.create({
    logger: silent,
    stdout: (text) => {
      out += text;
    },
    ...options,
    config: {
      'table.local-time-zone': 'UTC',
      'execution.checkpointing.interval': '0',
      'restart-strategy.type': 'none',
      ...options.config,
    },
    connectors: [labdimFactory, labsinkFactory, labsourceFactory, ...(options.connectors ?? [])],
  });
  const run: TestSession['run'] = async (...statements) => {
    for (const sql of statements) await (await env.executeSql(sql)).job?.wait();
  };
  return {
    env,
    run,
    async query(sql) {
      const rows: string[] = [];
      for await (const { kind, row } of (await env.executeSql(sql)).rows)
        rows.push(`${kind}[${row.join(', ')}]`);
      return rows;
    },
    printed() {
      const lines = out.split('\n').filter((line) => line !== '');
      out = '';
      return lines;
    },
    async plan(sql) {
      const text = await env.explainSql(sql);
      return text.split('== Optimized Execution Plan ==\n')[1]!.trimEnd().split('\n');
    },
    async failure(sql) {
      try {
        await run(sql);
      } catch (error) {
        return errorChain(error);
      }
      throw new Error(`This statement should have failed: ${sql}`);
    },
  };
}
