// `drey` as a process: results, exit status, signals, resuming.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DreyProcess, drey } from '../../support/drey.ts';

const LIMIT_MS = 30_000;
let cwd: string;
/** Ended when an assertion fails before the test ends them. */
const started: DreyProcess[] = [];

function start(args: readonly string[], options: { cwd: string; stdin?: string }): DreyProcess {
  const process = new DreyProcess(args, options);
  started.push(process);
  return process;
}

afterEach(async () => {
  for (const { child, finished } of started.splice(0)) {
    child.kill('SIGKILL');
    await finished;
  }
});

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drey-cli-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const run = (sql: string, ...args: string[]) => drey(['run', '-', ...args], { cwd, stdin: sql });

const NUMBERS = `CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence',
  'fields.id.start' = '1', 'fields.id.end' = '3');`;
const ENDLESS = `CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '200');`;

describe('results', () => {
  test('a table, on standard output alone', async () => {
    const { code, stdout, stderr } = await run(`${NUMBERS} SELECT id, CAST(NULL AS STRING) AS s FROM g;`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `+----+----------------------+--------------------------------+
| op |                   id |                              s |
+----+----------------------+--------------------------------+
| +I |                    1 |                         <NULL> |
| +I |                    2 |                         <NULL> |
| +I |                    3 |                         <NULL> |
+----+----------------------+--------------------------------+
Received a total of 3 rows
`,
    );
  });

  test('JSON and CSV', async () => {
    const sql = "SELECT 'a\"b' AS x, CAST(NULL AS INT) AS y, '' AS z";
    expect((await run(sql, '--output', 'json')).stdout).toBe(
      '{"op":"+I","row":{"x":"a\\"b","y":null,"z":""}}\n',
    );
    expect((await run(sql, '--output', 'csv')).stdout).toBe('op,x,y,z\n+I,"a""b",,""\n');
  });

  test('a changelog keeps its kinds', async () => {
    const sql = "SELECT k, COUNT(*) AS c FROM (VALUES ('a'), ('a')) AS t (k) GROUP BY k";
    expect((await run(sql, '--output', 'csv')).stdout).toBe('op,k,c\n+I,a,1\n-U,a,1\n+U,a,2\n');
  });

  test('print writes to standard output, messages go to standard error', async () => {
    const { code, stdout, stderr } = await run(
      `${NUMBERS} CREATE TABLE p (id BIGINT) WITH ('connector' = 'print'); INSERT INTO p SELECT id FROM g;`,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('+I[1]\n+I[2]\n+I[3]\n');
    expect(stderr).toMatch(
      /^\[INFO\] Submitting SQL update statement to the cluster\.\.\.\n\[INFO\] .* submitted to the cluster:\nJob ID: [0-9a-f]{32}\n$/,
    );
  });

  test('messages as JSON', async () => {
    const { stderr } = await run(
      `${NUMBERS} CREATE TABLE p (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO p SELECT id FROM g;`,
      '--log-format',
      'json',
      '--metrics',
    );
    const records = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    expect(records.map((r) => r.level)).toEqual(['info', 'info', 'info']);
    expect(records[2]?.message).toContain('"source.g.numRecordsIn":3');
  });

  test('-D sets options, --explain starts nothing', async () => {
    expect((await drey(['run', '-e', 'SET', '-D', 'a.b=c'], { cwd })).stdout).toContain('a.b');
    const { stdout, code } = await run(`${ENDLESS} SELECT id FROM g`, '--explain');
    expect(code).toBe(0);
    expect(stdout).toContain('== Optimized Execution Plan ==\nTableSourceScan(');
  });
});

describe('failures', () => {
  test('the first one ends the script with status 1, its place shown', async () => {
    const { code, stdout, stderr } = await run('SHOW VIEWS;\nSELECT nope;\nSHOW TABLES;');
    expect(code).toBe(1);
    expect(stdout).toBe('Empty set\n');
    expect(stderr).toContain('[ERROR] Could not execute SQL statement. Reason:\n');
    expect(stderr).toContain(' --> <stdin>:2:8\n  2 | SELECT nope;\n    |        ^^^^\n');
  });

  test('a job that fails while it runs: status 1 with the cause', async () => {
    const { code, stderr } = await run(
      `${NUMBERS} CREATE TABLE p (id INT) WITH ('connector' = 'blackhole');
       INSERT INTO p SELECT CAST(CONCAT('x', CAST(id AS STRING)) AS INT) FROM g;`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      "[ERROR] Job 'insert-into_default_catalog.default_database.p' failed. Reason:\n",
    );
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('check lists every error with its place', async () => {
    const file = path.join(cwd, 'bad.sql');
    await writeFile(file, 'SELEC 1;\nSELECT a FROM nope;\nSELECT 1;\nSELECT UPER(1);\n');
    const { code, stdout, stderr } = await drey(['check', file], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect([...stderr.matchAll(/bad\.sql:(\d+):/g)].map((m) => m[1])).toEqual(['1', '2', '4']);
    expect(stderr).toContain('bad.sql: 3 errors');
  });

  test.each<[string[], number]>([
    [['--version'], 0],
    [['options', 'redis'], 0],
    [['options', 'kafka', '--markdown'], 0],
    [['run'], 2],
    [['nonsense'], 2],
    [['run', 'no-such-file.sql'], 2],
    [['run', '-e', 'SELECT 1', '-D', 'parallelism.default=many'], 2],
    [['run', '-e', 'SELECT 1', '--parallelism', '0'], 2],
    [['run', '-e', 'SELECT 1', '-p', '2'], 0],
  ])('drey %j ends with %i', async (args, status) => {
    expect((await drey(args, { cwd })).code).toBe(status);
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops a job gracefully', async (signal) => {
    const job = start(['run', '-'], {
      cwd,
      stdin: `${ENDLESS} CREATE TABLE p (id BIGINT) WITH ('connector' = 'print'); INSERT INTO p SELECT id FROM g;`,
    });
    await job.until(() => job.stdout.includes('+I['), LIMIT_MS);
    expect(await job.end(signal)).toMatchObject({ code: 0, signal: null });
  });

  test('a query ends with what it received', async () => {
    const job = start(['run', '-'], { cwd, stdin: `${ENDLESS} SELECT id FROM g; SELECT 2;` });
    await job.until(() => job.stdout.includes('+I |'), LIMIT_MS);
    const { code, stdout } = await job.end('SIGINT');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\+\nQuery terminated, received a total of \d+ rows?\n$/);
  });

  test('the second one ends the process at once', async () => {
    const accepted = Promise.withResolvers<void>();
    const silent = createServer((socket) => {
      socket.on('error', () => undefined);
      accepted.resolve();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const job = start(['run', '-'], {
        cwd,
        stdin: `${ENDLESS} CREATE TABLE r (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis',
          'mode' = 'STRING', 'host' = '127.0.0.1', 'port' = '${(silent.address() as AddressInfo).port}',
          'connect.timeout' = '60s', 'socket.timeout' = '60s');
          INSERT INTO r SELECT CAST(id AS STRING), 'v' FROM g;`,
      });
      await Promise.race([accepted.promise, job.finished]);
      const ended = job.finished;
      const again = setInterval(() => job.child.kill('SIGINT'), 50);
      const { code } = await ended.finally(() => clearInterval(again));
      expect([0, 130]).toContain(code);
    } finally {
      silent.close();
    }
  });

  test('nobody reads the results any more: it ends quietly', async () => {
    const job = start(['run', '-'], { cwd, stdin: `${ENDLESS} SELECT id FROM g` });
    await job.until(() => job.stdout.includes('+I |'), LIMIT_MS);
    job.child.stdout?.destroy();
    expect(await job.finished).toMatchObject({ code: 0, stderr: '' });
  });
});

test('--resume goes on where the job was stopped', async () => {
  const out = path.join(cwd, 'resumed');
  const sql = `CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '500', 'fields.id.kind' = 'sequence',
      'fields.id.start' = '1', 'fields.id.end' = '400');
    CREATE TABLE f (id BIGINT) WITH ('connector' = 'filesystem', 'path' = '${out}', 'format' = 'csv');
    CREATE TABLE p (id BIGINT) WITH ('connector' = 'print');
    EXECUTE STATEMENT SET BEGIN INSERT INTO f SELECT id FROM g; INSERT INTO p SELECT id FROM g; END;`;
  const file = path.join(cwd, 'resume.sql');
  await writeFile(file, sql);
  const first = start(['run', '--resume', file], { cwd });
  await first.until(() => first.stdout.includes('+I['), LIMIT_MS);
  const stopped = await first.end('SIGTERM');
  expect(stopped.code, stopped.stderr).toBe(0);
  const rest = await drey(['run', '--resume', file], { cwd });
  expect(rest.code, rest.stderr).toBe(0);
  const ids = (stopped.stdout + rest.stdout).match(/\d+/g)?.map(Number);
  expect(ids).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
}, 60_000);

test('the embedded Redis serves jobs, and leaves at a signal', async () => {
  const server = start(['redis', '--port', '0'], { cwd });
  await server.until(() => /127\.0\.0\.1:\d+/.test(server.stdout), LIMIT_MS);
  const port = /127\.0\.0\.1:(\d+)/.exec(server.stdout)?.[1];
  const table = (name: string) => `CREATE TABLE ${name} (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED)
    WITH ('connector' = 'redis', 'mode' = 'STRING', 'host' = '127.0.0.1', 'port' = '${port}');`;
  const written = await run(`${table('r')} INSERT INTO r VALUES ('a', '1'), ('b', '2');`);
  expect(written.code, written.stderr).toBe(0);
  const joined = await run(
    `${table('r')} SELECT s.k, r.v FROM (SELECT k, PROCTIME() AS p FROM (VALUES ('b'), ('c')) AS t (k)) AS s
     LEFT JOIN r FOR SYSTEM_TIME AS OF s.p ON s.k = r.k;`,
    '--output',
    'csv',
  );
  expect(joined.stdout, joined.stderr).toBe('op,k,v\n+I,b,2\n+I,c,\n');
  expect(await server.end('SIGINT')).toMatchObject({ code: 0 });
}, 60_000);

test('a file that a job wrote can be read by the next one', async () => {
  const folder = path.join(cwd, 'out');
  const table = `CREATE TABLE f (id BIGINT, s STRING) WITH ('connector' = 'filesystem', 'path' = '${folder}', 'format' = 'json');`;
  const { code, stderr } = await run(`${table} SET 'table.dml-sync' = 'true';
    INSERT INTO f VALUES (1, 'ä'), (2, 'b'); INSERT INTO f VALUES (3, 'c');`);
  expect(code, stderr).toBe(0);
  expect(stderr.match(/Complete execution of the SQL update statement\./g)).toHaveLength(2);
  expect(existsSync(folder)).toBe(true);
  const { stdout } = await run(`${table} SELECT id, s FROM f`, '--output', 'csv');
  expect(stdout.trim().split('\n').slice(1).sort()).toEqual(['+I,1,ä', '+I,2,b', '+I,3,c']);
});
