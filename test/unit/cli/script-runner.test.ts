import { beforeEach, describe, expect, test } from 'vitest';
import { JobWatch } from '../../../src/cli/job-watch.ts';
import { createMessages } from '../../../src/cli/messages.ts';
import { ScriptRunner } from '../../../src/cli/script-runner.ts';
import type { Session } from '../../../src/cli/session.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import type { Statement } from '../../../src/sql/ast.ts';
import type { ExecutionResult } from '../../../src/table-environment/result.ts';
import { ConnectorError, ValidationError } from '../../../src/types/errors.ts';
import { INT, STRING } from '../../../src/types/logical-type.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeJob, streams } from './support.ts';

let io: ReturnType<typeof streams>;
let jobs: JobWatch;
let started: FakeJob[];
let executed: string[];
let answers: Partial<Record<Statement['kind'], (statement: Statement) => ExecutionResult>>;
let config: Record<string, string>;
let terminal: Terminal;
const clock = new ManualClock();

const session: Session = {
  async execute(statement) {
    executed.push(statement.kind);
    const answer = answers[statement.kind];
    if (answer !== undefined) return answer(statement);
    if (statement.kind !== 'insert') return { kind: 'ok' };
    const job = new FakeJob();
    started.push(job);
    return { kind: 'job', job, sinks: ['t'] };
  },
  explain: async () => '== Optimized Execution Plan ==\nSink(...)\n',
  check: async () => [],
  config: (key) => config[key],
  timeZone: () => 'UTC',
};

beforeEach(() => {
  io = streams();
  terminal = new Terminal(io);
  jobs = new JobWatch({ clock, terminal, metrics: null });
  started = [];
  executed = [];
  answers = {};
  config = {};
});

function run(text: string, extra: { verbose?: boolean; explain?: boolean } = {}): Promise<number> {
  const verbose = extra.verbose === true;
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const messages = createMessages('text', verbose, logger, terminal.err);
  const options = {
    session,
    terminal,
    messages,
    jobs,
    output: 'tableau' as const,
    explain: extra.explain === true,
    verbose,
  };
  return new ScriptRunner({ text, name: 'job.sql' }, options).run();
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('statements', () => {
  test('are run in order, quietly', async () => {
    expect(await run("SET 'a' = 'b'; CREATE TABLE t (a INT); DROP TABLE t")).toBe(0);
    expect(executed).toEqual(['set', 'createTable', 'drop']);
    expect(io.stdout.text + io.stderr.text).toBe('');
  });

  test('with --verbose each is acknowledged', async () => {
    await run("SET 'a' = 'b'; RESET; CREATE TABLE t (a INT)", { verbose: true });
    expect(io.stderr.text).toBe(
      '[INFO] Session property has been set.\n[INFO] Session property has been reset.\n[INFO] Execute statement succeeded.\n',
    );
  });

  test('the first failure ends the script', async () => {
    answers.drop = (statement) => {
      throw new ValidationError("Table 't' does not exist.", {
        span: statement.span,
        hint: 'Did you mean u?',
      });
    };
    expect(await run('USE a;\nDROP TABLE t;\nUSE b')).toBe(1);
    expect(executed).toEqual(['useDatabase', 'drop']);
    expect(io.stderr.text).toBe(
      `[ERROR] Could not execute SQL statement. Reason:
Table 't' does not exist.
 --> job.sql:2:1
  2 | DROP TABLE t;
    | ^^^^^^^^^^^^
Hint: Did you mean u?
`,
    );
  });

  test('an error without a place points at its statement', async () => {
    answers.createView = () => {
      throw new ValidationError('No.');
    };
    expect(await run('USE a;\nCREATE VIEW v AS\nSELECT 1')).toBe(1);
    expect(io.stderr.text).toContain(' --> job.sql:2:1\n  2 | CREATE VIEW v AS\n    | ^^^^^^^^^^^^^^^^\n');
  });

  test('what stands before a syntax error is run, the rest is not', async () => {
    expect(await run('USE a; SELEC 1; USE b')).toBe(1);
    expect(executed).toEqual(['useDatabase']);
    expect(io.stderr.text).toContain('Hint: Did you mean SELECT?');
  });

  test('a statement set with a syntax error is not run in part', async () => {
    expect(
      await run('USE a; BEGIN STATEMENT SET; INSERT INTO a SELECT 1; INSERT INTO b SELECT; END; USE b'),
    ).toBe(1);
    expect(executed).toEqual(['useDatabase']);
  });

  test('QUIT ends the script', async () => {
    expect(await run('USE a; QUIT; USE b')).toBe(0);
    expect(executed).toEqual(['useDatabase']);
  });

  test.each([true, false])('stack traces only with --verbose: %s', async (verbose) => {
    answers.drop = () => {
      throw new ValidationError('No.');
    };
    await run('DROP TABLE t', { verbose });
    expect(io.stderr.text.includes('    at ')).toBe(verbose);
  });
});

describe('results', () => {
  const columns = [{ name: 'table name', type: STRING }];

  test('tables, and texts as they are', async () => {
    answers.show = () => ({ kind: 'table', columns, rows: [['t']], text: false });
    answers.showCreate = () => ({
      kind: 'table',
      columns,
      rows: [['CREATE TABLE t (\n  a INT\n)\n']],
      text: true,
    });
    expect(await run('SHOW TABLES; SHOW CREATE TABLE t')).toBe(0);
    expect(io.stdout.text).toBe(
      '+------------+\n| table name |\n+------------+\n|          t |\n+------------+\n1 row in set\nCREATE TABLE t (\n  a INT\n)\n',
    );
  });

  test('the rows of a query as they come', async () => {
    const job = new FakeJob('collect');
    answers.queryStatement = () => ({
      kind: 'query',
      columns: [{ name: 'a', type: INT }],
      job,
      batches: (async function* () {
        yield { rows: [[1], [2]], kinds: null };
        yield { rows: [[2]], kinds: new Uint8Array([3]) };
        job.finish();
      })(),
    });
    expect(await run('SELECT 1')).toBe(0);
    expect(io.stdout.text).toMatch(
      /\| \+I \| +1 \|\n\| \+I \| +2 \|\n\| -D \| +2 \|\n[+-]+\nReceived a total of 3 rows\n$/,
    );
  });

  test('--explain shows plans and starts nothing', async () => {
    expect(await run('USE a; INSERT INTO t SELECT 1', { explain: true })).toBe(0);
    expect(executed).toEqual(['useDatabase']);
    expect(io.stdout.text).toBe('== Optimized Execution Plan ==\nSink(...)\n');
  });
});

describe('jobs', () => {
  test('run beside each other; the command waits for all', async () => {
    const done = run('INSERT INTO t SELECT 1; INSERT INTO t SELECT 2');
    await settle();
    expect(started).toHaveLength(2);
    started[0]?.finish();
    let ended = false;
    void done.then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    started[1]?.finish();
    expect(await done).toBe(0);
    expect(io.stderr.text).toContain(
      `[INFO] Submitting SQL update statement to the cluster...\n[INFO] SQL update statement has been successfully submitted to the cluster:\nJob ID: ${'c'.repeat(32)}\n`,
    );
  });

  test('table.dml-sync waits for each', async () => {
    config['table.dml-sync'] = 'true';
    const done = run('INSERT INTO t SELECT 1; INSERT INTO t SELECT 2');
    await settle();
    expect(started).toHaveLength(1);
    started[0]?.finish();
    await settle();
    started[1]?.finish();
    expect(await done).toBe(0);
    expect(io.stderr.text).toContain('[INFO] Complete execution of the SQL update statement.\n');
  });

  test('a job that fails ends the others and the command', async () => {
    const done = run('INSERT INTO t SELECT 1; INSERT INTO t SELECT 2');
    await settle();
    started[0]?.fail(new ConnectorError('Redis went away.'));
    expect(await done).toBe(1);
    expect(started[1]?.stops).toBe(1);
    expect(io.stderr.text).toContain(
      "[ERROR] Job 'insert-into_default_catalog.default_database.t' failed. Reason:\nRedis went away.\n --> job.sql:1:1\n  1 | INSERT INTO t SELECT 1; INSERT INTO t SELECT 2\n    | ^^^^^^^^^^^^^^^^^^^^^^\n",
    );
  });

  test('stopping stops all and is no failure', async () => {
    const done = run('INSERT INTO t SELECT 1; INSERT INTO t SELECT 2');
    await settle();
    await jobs.stop();
    expect(await done).toBe(0);
    expect(started.map((j) => j.stops)).toEqual([1, 1]);
  });
});

describe('the status line', () => {
  test('on a terminal, taken away before other output', async () => {
    io.stderr.isTTY = true;
    const done = run('INSERT INTO t SELECT 1');
    await settle();
    await clock.advance(300);
    expect(io.stderr.text).toContain('RUNNING 0:00  in 5 (20/s)  out 4 (16/s)');
    await terminal.out('+I[1]\n');
    expect(io.stderr.text.endsWith('\r\x1b[2K')).toBe(true);
    started[0]?.finish();
    expect(await done).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('never when it is no terminal', async () => {
    const done = run('INSERT INTO t SELECT 1');
    await settle();
    await clock.advance(10_000);
    started[0]?.finish();
    await done;
    expect(io.stderr.text).not.toContain('\r');
  });
});
