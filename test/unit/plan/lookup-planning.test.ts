// Lookup joins in the plan: keys, what is left over, hints, and when a lookup is asynchronous.
import { beforeEach, expect, test } from 'vitest';
import type { DreyError } from '../../../src/types/errors.ts';
import { type TestSession, testSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(async () => {
  session = testSession();
  await session.run(
    "CREATE TABLE s (id INT, k STRING, v STRING, pt AS PROCTIME()) WITH ('connector'='labsource')",
    "CREATE TABLE cdc (k STRING, v STRING, pt AS PROCTIME(), PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all')",
    "CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labdim','data'='a=1')",
    "CREATE TABLE da (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labdim','data'='a=1','async'='true')",
    "CREATE TABLE dc (k STRING, v STRING, up AS UPPER(v), PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labdim','data'='a=x')",
  );
});

async function joinLine(from: string, hint = '', select = 'd.v'): Promise<string> {
  const plan = await session.plan(`SELECT ${hint} ${select} FROM ${from}`);
  return plan
    .find((line) => line.includes('LookupJoin('))!
    .trim()
    .replace(/^\+- /, '');
}

const ON = 'ON s.k = d.k';

test('expressions on the stream are computed below the join', async () => {
  expect(
    await session.plan('SELECT s.k, d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ON UPPER(s.k) = d.k'),
  ).toEqual([
    'Calc(select=[k, v])',
    '+- LookupJoin(table=[default_catalog.default_database.d], joinType=[InnerJoin], lookup=[k=$key0], select=[k, $key0, k0, v])',
    '   +- Calc(select=[k, UPPER(k) AS $key0])',
    '      +- TableSourceScan(table=[[default_catalog, default_database, s, project=[k], metadata=[]]], fields=[k])',
  ]);
});

test('WHERE on the stream goes below, WHERE on the table into an INNER join', async () => {
  const plan = await session.plan(
    "SELECT s.k FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k WHERE s.id > 1 AND d.v LIKE 'x%'",
  );
  expect(plan).toEqual([
    'Calc(select=[k])',
    "+- LookupJoin(table=[default_catalog.default_database.d], joinType=[InnerJoin], lookup=[k=k], joinCondition=[LIKE(v, 'x%')], select=[k, k0, v])",
    '   +- Calc(select=[k], where=[(id > 1)])',
    '      +- TableSourceScan(table=[[default_catalog, default_database, s, project=[id, k], metadata=[]]], fields=[id, k])',
  ]);
});

test('WHERE on the table stays above a LEFT join', async () => {
  const plan = await session.plan(
    'SELECT s.k FROM s LEFT JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k WHERE d.v IS NULL AND s.id = 1',
  );
  expect(plan[0]).toBe('Calc(select=[k], where=[v IS NULL])');
  expect(plan.at(-2)?.trim()).toBe('+- Calc(select=[k], where=[(id = 1)])');
});

test('a comma and WHERE are an INNER join', async () => {
  expect(await joinLine('s, d FOR SYSTEM_TIME AS OF s.pt WHERE s.k = d.k')).toContain(
    'joinType=[InnerJoin], lookup=[k=k]',
  );
});

test('a second equality of one key column is checked after the lookup', async () => {
  expect(await joinLine('s JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k AND s.v = d.k')).toContain(
    'lookup=[k=k], joinCondition=[(v = k0)]',
  );
});

test('computed columns of the table', async () => {
  expect(
    await session.plan(
      "SELECT dc.up FROM s JOIN dc FOR SYSTEM_TIME AS OF s.pt ON s.k = dc.k AND dc.up <> 'Y'",
    ),
  ).toEqual([
    'Calc(select=[UPPER(v) AS up])',
    "+- LookupJoin(table=[default_catalog.default_database.dc], joinType=[InnerJoin], lookup=[k=k], joinCondition=[(UPPER(v) <> 'Y')], select=[k, k0, v])",
    '   +- TableSourceScan(table=[[default_catalog, default_database, s, project=[k], metadata=[]]], fields=[k])',
  ]);
  expect(
    (await session.failure('SELECT dc.up FROM s LEFT JOIN dc FOR SYSTEM_TIME AS OF s.pt ON s.k = dc.k'))[0],
  ).toMatch(/^Column 'up' of 'default_catalog\.default_database\.dc' is a computed column/);
});

test.each([
  [
    'the table decides',
    's JOIN da FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k',
    '',
    {},
    'async=[UNORDERED, 180000ms, 100]',
  ],
  [
    'a changelog keeps its order',
    'cdc AS s JOIN da FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k',
    '',
    {},
    'async=[ORDERED, 180000ms, 100]',
  ],
  [
    'job options',
    's JOIN da FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k',
    '',
    {
      'table.exec.async-lookup.output-mode': 'ORDERED',
      'table.exec.async-lookup.buffer-capacity': '7',
      'table.exec.async-lookup.timeout': '5 s',
    },
    'async=[ORDERED, 5000ms, 7]',
  ],
  [
    'the hint comes first',
    `s JOIN d FOR SYSTEM_TIME AS OF s.pt ${ON}`,
    "/*+ LOOKUP('table'='d','async'='true','output-mode'='ordered','capacity'='5','timeout'='2s') */",
    { 'table.exec.async-lookup.buffer-capacity': '7' },
    'async=[ORDERED, 2000ms, 5]',
  ],
  [
    'a hint for retries',
    `s JOIN d FOR SYSTEM_TIME AS OF s.pt ${ON}`,
    "/*+ LOOKUP('table'='d','retry-predicate'='lookup_miss','retry-strategy'='fixed_delay','fixed-delay'='10s','max-attempts'='3') */",
    {},
    'retry=[lookup_miss, FIXED_DELAY, 10000ms, 3]',
  ],
])('%s', async (_, from, hint, config, expected) => {
  for (const [key, value] of Object.entries(config)) await session.run(`SET '${key}' = '${value}'`);
  expect(await joinLine(from, hint)).toContain(expected);
});

test.each(['d', 'da'])("a hint names a table by its alias or by its own name: '%s'", async (name) => {
  const from = 's JOIN da FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k';
  expect(await joinLine(from, `/*+ LOOKUP('table'='${name}','capacity'='7') */`)).toContain('180000ms, 7]');
});

test('a hint that turns asynchronous lookups off', async () => {
  const from = 's JOIN da FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k';
  expect(await joinLine(from, "/*+ LOOKUP('table'='d','async'='false') */")).not.toContain('async=');
});

test.each([
  ["LOOKUP('table'='x')", /cannot match the name of input tables or views: \n`x` in `LOOKUP`$/],
  ["LOOKUP('async'='true')", /the option 'table' is missing\.$/],
  ["LOOKUP('table'='d','asinc'='true')", /Unknown option 'asinc' in a LOOKUP hint/],
  ["LOOKUP('table'='d','retry-predicate'='lookup_miss')", /must be set for retries/],
])('%s', async (hint, message) => {
  const sql = `SELECT /*+ ${hint} */ d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ${ON}`;
  expect((await session.failure(sql))[0]).toMatch(message);
});

test('a value of a hint that cannot be read is pointed at', async () => {
  const sql = `SELECT /*+ LOOKUP('table'='d','capacity'='0') */ d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ${ON}`;
  const error = await session.env.executeSql(sql).then(
    () => null,
    (e: unknown) => e as DreyError,
  );
  expect(error?.message).toContain("Invalid value for option 'capacity'");
  expect(sql.slice(error!.span!.start, error!.span!.end)).toBe("'0'");
});

test.each([
  [
    's JOIN d ON s.k = d.k',
    /^A regular join of two streams is not supported\.$|^Cannot generate a valid execution plan/,
  ],
  ['s FULL JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k', /^Unknown join type FULL$/],
  [
    'd FOR SYSTEM_TIME AS OF PROCTIME()',
    /FOR SYSTEM_TIME AS OF is only supported on the right side of a join/,
  ],
  [
    's JOIN cdc FOR SYSTEM_TIME AS OF s.pt AS c ON s.k = c.k',
    /cannot be looked up: connector 'labsource' can only be read from front to back\.$/,
  ],
])('%s', async (from, message) => {
  expect((await session.failure(`SELECT * FROM ${from}`))[0]).toMatch(message);
});
