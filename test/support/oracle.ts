// Recorded results of a real Flink (test/data/oracle), and how a case is run on Drey.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toDisplayString } from '../../src/plan/types/display.ts';
import { TableEnvironment } from '../../src/table-environment/table-environment.ts';
import { errorChain } from '../../src/types/errors.ts';
import { typeToString } from '../../src/types/logical-type.ts';
import { labdimFactory } from './labdim.ts';
import { labsinkFactory } from './labsink.ts';

export interface OracleResult {
  readonly columns?: readonly string[];
  /** Each row begins with its kind. */
  readonly rows?: readonly (readonly (string | null)[])[];
  /** Messages from the outside in, class names in front. */
  readonly error?: readonly string[];
  readonly stdout?: readonly string[];
}

export interface OracleCase {
  readonly id: string;
  readonly group: string;
  readonly name?: string;
  readonly setup?: readonly string[];
  readonly sql: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly result: OracleResult;
  readonly stable?: boolean | string;
  readonly other_results?: readonly OracleResult[];
}

export function oracleCases(group: string): OracleCase[] {
  const file = path.resolve(import.meta.dirname, `../data/oracle/${group}.jsonl`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OracleCase);
}

/** A message without Java's class name. */
export function sentence(message: string): string {
  return message.replace(/^(?:[a-z][\w$]*\.)+[A-Z][\w$.]*: /, '').trim();
}

export interface DreyResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly error: readonly string[] | null;
  readonly stdout: readonly string[];
}

/** Runs a case on a session of its own; nothing outside of the process is touched. */
export async function runCase(
  test: OracleCase,
  config: Readonly<Record<string, string>> = {},
): Promise<DreyResult> {
  const out: string[] = [];
  const env = TableEnvironment.create({
    config: {
      'table.local-time-zone': 'UTC',
      'restart-strategy.type': 'none',
      'execution.checkpointing.interval': '0',
      ...config,
      ...test.config,
    },
    connectors: [labdimFactory, labsinkFactory],
    stdout: (text) => {
      out.push(text);
    },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const stdout = () =>
    out
      .join('')
      .split('\n')
      .filter((line) => line !== '');
  const fill = (sql: string) => sql.replaceAll('{{KAFKA}}', 'localhost:9092');
  let columns: string[] = [];
  const rows: (string | null)[][] = [];
  try {
    for (const statement of test.setup ?? []) await env.executeSql(fill(statement));
    const result = await env.executeSql(fill(test.sql));
    columns = result.columns.map((c) => `${c.name} ${typeToString(c.type)}`);
    for await (const { kind, row } of result.rows) {
      rows.push([kind, ...row.map((v, i) => toDisplayString(v, result.columns[i]!.type, 'UTC'))]);
    }
    await result.job?.wait();
    return { columns, rows, error: null, stdout: stdout() };
  } catch (error) {
    return { columns, rows, error: errorChain(error), stdout: stdout() };
  }
}
