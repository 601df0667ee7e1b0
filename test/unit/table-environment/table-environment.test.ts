// The Node API: results, jobs, options, extensions.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  type DynamicTableFactory,
  option,
  readOptions,
  type ScalarFunction,
  STRING,
  TableEnvironment,
  ValidationError,
} from '../../../src/index.ts';
import { testSession } from '../../support/session.ts';

test('rows of a SELECT are changes with their kinds; columns have types', async () => {
  const { env } = testSession();
  const result = await env.executeSql(
    "SELECT k, COUNT(*) AS c FROM (VALUES ('a'), ('a')) AS t(k) GROUP BY k",
  );
  expect(result.kind).toBe('query');
  expect(result.columns.map((c) => [c.name, c.type.root])).toEqual([
    ['k', 'CHAR'],
    ['c', 'BIGINT'],
  ]);
  const rows = [];
  for await (const change of result.rows) rows.push(change);
  expect(rows).toEqual([
    { kind: '+I', row: ['a', 1n] },
    { kind: '-U', row: ['a', 1n] },
    { kind: '+U', row: ['a', 2n] },
  ]);
  expect(result.job?.status()).toBe('FINISHED');
});

test('a row that is read counts once, whatever it is read from', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drey-metrics-'));
  try {
    await writeFile(path.join(folder, 'a.json'), '{"id":1}\n{"id":2}\n');
    const { env } = testSession();
    await env.executeSql(
      `CREATE TABLE f (id INT) WITH ('connector'='filesystem','path'='${folder}','format'='json')`,
    );
    await env.executeSql("CREATE TABLE b (id INT) WITH ('connector'='blackhole')");
    const { job } = await env.executeSql('INSERT INTO b SELECT * FROM f');
    await job!.wait();
    expect(job!.metrics().get('source.f.numRecordsIn')).toBe(2);
    expect(job!.progress()).toEqual({ rowsIn: 2, rowsOut: 2, pending: null, fraction: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('leaving the rows early cancels the job', async () => {
  const { env } = testSession();
  await env.executeSql("CREATE TABLE g (id INT) WITH ('connector'='datagen')");
  const result = await env.executeSql('SELECT id FROM g');
  for await (const { kind } of result.rows) {
    expect(kind).toBe('+I');
    break;
  }
  await result.job!.wait();
  expect(result.job!.status()).toBe('CANCELED');
});

test('an error of the job comes out of its rows', async () => {
  const { env } = testSession();
  await env.executeSql("CREATE TABLE s (k STRING) WITH ('connector'='labsource','data'='+I,x')");
  const result = await env.executeSql('SELECT CAST(k AS INT) FROM s');
  await expect(async () => {
    for await (const _ of result.rows);
  }).rejects.toThrow();
  expect(result.job!.status()).toBe('FAILED');
});

test('INSERT hands out its job; table.dml-sync waits for it', async () => {
  const { env, printed } = testSession();
  await env.executeSql("CREATE TABLE t (a STRING) WITH ('connector'='labsink')");
  const { job, kind } = await env.executeSql("INSERT INTO t VALUES ('x')");
  expect(kind).toBe('job');
  expect(job!.id).toMatch(/^[0-9a-f]{32}$/);
  expect(job!.name).toBe('insert-into_default_catalog.default_database.t');
  await job!.wait();
  expect(printed()).toEqual(['SINK +I +I[x]']);
  await env.executeSql("SET 'table.dml-sync' = 'true'");
  await env.executeSql("SET 'pipeline.name' = 'mine'");
  const second = await env.executeSql("INSERT INTO t VALUES ('y')");
  expect(second.job!.status()).toBe('FINISHED');
  expect(second.job!.name).toBe('mine');
  expect(env.jobs().map((j) => j.id)).toEqual([job!.id, second.job!.id]);
});

test('STOP JOB, SHOW JOBS and DESCRIBE JOB', async () => {
  const { env } = testSession();
  await env.executeSql("CREATE TABLE g (id INT) WITH ('connector'='datagen','rows-per-second'='1')");
  await env.executeSql("CREATE TABLE b (id INT) WITH ('connector'='blackhole')");
  const { job } = await env.executeSql('INSERT INTO b SELECT id FROM g');
  await env.executeSql(`STOP JOB '${job!.id}'`);
  expect(job!.status()).toBe('FINISHED');
  for (const sql of ['SHOW JOBS', `DESCRIBE JOB '${job!.id}'`]) {
    for await (const { row } of (await env.executeSql(sql)).rows) {
      expect(row.slice(0, 3)).toEqual([job!.id, job!.name, 'FINISHED']);
    }
  }
  await expect(env.executeSql("STOP JOB 'nope'")).rejects.toThrow('Job nope does not exist in this session.');
});

test('a statement set is one job that reads a shared table once', async () => {
  const { env, printed, run } = testSession();
  await run(
    "CREATE TABLE s (k STRING, v STRING) WITH ('connector'='labsource','data'='+I,a,1;+I,b,2')",
    "CREATE TABLE t (a STRING) WITH ('connector'='labsink')",
  );
  const sql =
    "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT k FROM s; INSERT INTO t SELECT v FROM s WHERE v = '2'; END";
  expect(await env.explainSql(sql)).toContain('Reused(reference_id=[1])');
  await run(sql);
  expect(printed().toSorted()).toEqual(['SINK +I +I[2]', 'SINK +I +I[a]', 'SINK +I +I[b]']);
});

test('SET, RESET and the options a session begins with', async () => {
  const { env } = testSession({ config: { 'pipeline.name': 'first' } });
  await env.executeSql("SET 'pipeline.name' = 'second'");
  await env.executeSql("SET 'some.other' = 'x'");
  expect(env.config('pipeline.name')).toBe('second');
  await env.executeSql("RESET 'pipeline.name'");
  expect(env.config('pipeline.name')).toBe('first');
  await env.executeSql('RESET');
  expect(env.config('some.other')).toBeUndefined();
  await expect(env.executeSql("SET 'table.local-time-zone' = 'Mars/Base'")).rejects.toThrow(
    "Invalid value for option 'table.local-time-zone'.",
  );
  expect(() => TableEnvironment.create({ config: { 'parallelism.default': 'x' } })).toThrow(ValidationError);
});

test('a misspelt job option is pointed at', async () => {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (m: string) => warnings.push(m), error() {} };
  const { env } = testSession({ logger });
  await env.executeSql("SET 'execution.checkpointing.intervall' = '1 s'");
  expect(warnings).toEqual([
    "Option 'execution.checkpointing.intervall' is not read by Drey. Did you mean 'execution.checkpointing.interval'?",
  ]);
});

test('own functions and connectors', async () => {
  const shout: ScalarFunction = {
    name: 'SHOUT',
    doc: 'The text in upper case, and louder.',
    bind: (operands) => ({ operands, type: { ...STRING, nullable: operands[0]!.type.nullable } }),
    compile:
      ([text]) =>
      (row) => {
        const value = text!(row);
        return value === null ? null : `${String(value).toUpperCase()}!`;
      },
  };
  const NAME = option('name').string().default('world');
  const CONNECTOR = option('connector').string();
  const options = { required: [CONNECTOR], optional: [NAME] };
  const hello: DynamicTableFactory = {
    identifier: 'hello',
    options,
    createSource(context) {
      const name = readOptions('hello', context.options, options).get(NAME);
      return {
        kind: 'lookup',
        resolveKeys: (keys) => keys,
        async: false,
        explain: [],
        warnings: [],
        createLookup: () => ({
          async open() {},
          lookup: (keys) => keys.map(([key]) => [[key, `hello ${name}`]]),
          async close() {},
        }),
      };
    },
  };
  const { query, run } = testSession({ functions: [shout], connectors: [hello] });
  await run(
    "CREATE TABLE s (k STRING, pt AS PROCTIME()) WITH ('connector'='labsource','data'='+I,a')",
    "CREATE TABLE h (k STRING, v STRING) WITH ('connector'='hello','name'='you')",
  );
  expect(await query('SELECT SHOUT(h.v) FROM s JOIN h FOR SYSTEM_TIME AS OF s.pt ON s.k = h.k')).toEqual([
    '+I[HELLO YOU!]',
  ]);
  expect(await query('SHOW USER FUNCTIONS')).toEqual(['+I[SHOUT]']);
});

test('check finds every error of a script, each once', async () => {
  const { env } = testSession();
  const errors = await env.check(`
    CREATE TABLE a (x STRING, PRIMARY KEY (y) NOT ENFORCED) WITH ('connector'='print');
    CREATE TABLE b (x INT) WITH ('connector'='prnt');
    CREATE TABLE s (x STRING) WITH ('connector'='labsource', 'dada'='');
    INSERT INTO a SELECT x FROM s;
    INSERT INTO b SELECT CHAR_LENGTH(x) FROM s;
    INSERT INTO b SELECT 1;
    SELEC 1;
    SELECT y FROM s;
    EXECUTE STATEMENT SET BEGIN INSERT INTO b SELECT 'a'; INSERT INTO b SELECT z FROM s; END;
  `);
  expect(errors.map((e) => [e.span!.line, e.message.split('\n')[0]])).toEqual([
    [2, "Primary key column 'y' is not defined in the schema at line 2, column 44"],
    [6, "Unable to create a sink for writing table 'default_catalog.default_database.b'."],
    [6, "Unable to create a source for reading table 'default_catalog.default_database.s'."],
    [8, 'SQL parse failed. Non-query expression encountered in illegal context'],
    [9, "SQL validation failed. At line 9, column 12: Column 'y' not found in any table"],
    [10, "Column types of query result and sink for 'default_catalog.default_database.b' do not match."],
    [10, "SQL validation failed. At line 10, column 80: Column 'z' not found in any table"],
  ]);
});
