// Queries beyond the recorded ones: sub-queries, CTEs, set operations, aggregates, limits, inserts.
import { beforeEach, expect, test } from 'vitest';
import { labsourceAsked } from '../../support/labsource.ts';
import { type TestSession, testSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(async () => {
  session = testSession();
  await session.run(
    `CREATE TABLE s (k STRING, v STRING, o STRING METADATA FROM 'origin' VIRTUAL, kk AS CONCAT(k, k))
       WITH ('connector'='labsource','data'='+I,a,1;+I,b,2;+I,a,3')`,
    "CREATE TABLE cdc (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all','data'='+I,a,1;+I,b,5;-U,a,1;+U,a,7;-D,b,5')",
    "CREATE TABLE t (a STRING, b INT, c STRING) WITH ('connector'='labsink')",
  );
});

test.each([
  ['SELECT * FROM s', ['+I[a, 1, lab, aa]', '+I[b, 2, lab, bb]', '+I[a, 3, lab, aa]']],
  ["SELECT x.kk, o FROM s AS x WHERE x.v > '1'", ['+I[bb, lab]', '+I[aa, lab]']],
  ["SELECT p, q FROM (SELECT k, v FROM s) AS y(p, q) WHERE q = '2'", ['+I[b, 2]']],
  [
    "WITH c AS (SELECT k FROM s WHERE v <> '2'), d (z) AS (SELECT k FROM c) SELECT z FROM d",
    ['+I[a]', '+I[a]'],
  ],
  ["SELECT k FROM s WHERE v = '1' UNION ALL SELECT 'z'", ['+I[a]', '+I[z]']],
  ['SELECT DISTINCT k FROM s', ['+I[a]', '+I[b]']],
  ['SELECT k FROM s UNION SELECT k FROM s', ['+I[a]', '+I[b]']],
  ["SELECT k FROM s EXCEPT SELECT 'a'", ['+I[a]', '+I[b]', '-D[a]']],
  ['SELECT k FROM s LIMIT 1', ['+I[a]']],
  ['SELECT v FROM s LIMIT 1 OFFSET 1', ['+I[2]']],
  ['SELECT COUNT(*) FROM s WHERE FALSE', []],
  [
    'SELECT SUM(CAST(v AS INT)) FROM cdc',
    ['+I[1]', '-U[1]', '+U[6]', '-U[6]', '+U[5]', '-U[5]', '+U[12]', '-U[12]', '+U[7]'],
  ],
  ['SELECT MAX(v) FROM cdc', ['+I[1]', '-U[1]', '+U[5]', '-U[5]', '+U[7]']],
  [
    "SELECT CONCAT(k, '!') AS x, COUNT(*) FROM s GROUP BY CONCAT(k, '!')",
    ['+I[a!, 1]', '+I[b!, 1]', '-U[a!, 1]', '+U[a!, 2]'],
  ],
  [
    "SELECT COUNT(DISTINCT k), COUNT(v) FILTER (WHERE k = 'a') FROM s",
    ['+I[1, 1]', '-U[1, 1]', '+U[2, 1]', '-U[2, 1]', '+U[2, 2]'],
  ],
  ['TABLE s', ['+I[a, 1, lab, aa]', '+I[b, 2, lab, bb]', '+I[a, 3, lab, aa]']],
  ["VALUES (1, 'a'), (2, NULL)", ['+I[1, a]', '+I[2, ]']],
])('%s', async (sql, rows) => {
  const actual = await session.query(sql);
  // Two inputs of a union come in any order.
  if (sql.includes('UNION') || sql.includes('EXCEPT')) {
    if (sql.includes('EXCEPT')) expect(actual.at(-1) === '-D[a]' || !actual.includes('+I[a]')).toBe(true);
    else expect(actual.toSorted()).toEqual([...rows].sort());
  } else expect(actual).toEqual(rows);
});

test('columns that nobody reads are not asked for', async () => {
  await session.query('SELECT kk FROM s');
  expect(labsourceAsked.columns).toEqual(['k']);
  await session.query("SELECT o FROM s WHERE v = '1'");
  expect(labsourceAsked.columns).toEqual(['v', 'origin']);
  await session.query('SELECT COUNT(*) FROM s');
  expect(labsourceAsked.columns).toEqual([]);
});

test.each([
  ["INSERT INTO t SELECT k, CAST(v AS INT), 'x' FROM s WHERE v = '1'", ['SINK +I +I[a, 1, x]']],
  ["INSERT INTO t (c, a) SELECT k, v FROM s WHERE v = '1'", ['SINK +I +I[1, , a]']],
  ["INSERT INTO t SELECT k, 1, 'x' FROM s WHERE v = '1' ON CONFLICT DO DEDUPLICATE", ['SINK +I +I[a, 1, x]']],
  ["INSERT INTO t PARTITION (c = 'p') SELECT 'a', 2", ['SINK +I +I[a, 2, p]']],
  [
    "INSERT INTO t VALUES ('a', 1, CAST(NULL AS STRING)), ('b', 2, 'y')",
    ['SINK +I +I[a, 1, ]', 'SINK +I +I[b, 2, y]'],
  ],
  ["INSERT INTO t SELECT 'a', CAST(1 AS SMALLINT), NULL", ['SINK +I +I[a, 1, ]']],
])('%s', async (sql, lines) => {
  await session.run(sql);
  expect(session.printed()).toEqual(lines);
});

test.each([
  ['INSERT INTO t (a, a) SELECT k, v FROM s', /Target column 'a' is assigned more than once$/],
  ['INSERT INTO t (nope) SELECT k FROM s', /Unknown target column 'nope'$/],
  [
    'INSERT INTO t SELECT k FROM s',
    /^Column types of query result and sink for .* do not match\.\nCause: Different number of columns\.\n\nQuery schema: \[k: STRING\]\nSink schema: {2}\[a: STRING, b: INT, c: STRING\]$/,
  ],
  ['INSERT OVERWRITE t SELECT k, 1, v FROM s', /^INSERT OVERWRITE requires/],
  ['INSERT INTO t SELECT k, 1, v FROM s ON CONFLICT DO NOTHING', /^ON CONFLICT DO NOTHING is not supported/],
  ['INSERT INTO t SELECT k, 1, v FROM s ON CONFLICT DO ERROR', /^ON CONFLICT DO ERROR is not supported/],
  ['INSERT INTO cdc SELECT k, v FROM s', /^Unable to create a sink for writing table/],
  ['SELECT k FROM s UNION ALL SELECT k, v FROM s', /Column count mismatch in UNION ALL$/],
  ['SELECT k FROM s GROUP BY v', /Expression 'k' is not being grouped$/],
  ['SELECT k FROM s WHERE COUNT(*) > 1', /Aggregate expression is illegal in WHERE clause$/],
  ['SELECT SUM(k) FROM s', /Cannot apply 'SUM'/],
  ['SELECT k FROM s WHERE k IN (SELECT k FROM cdc)', /^IN with a sub-query is not supported\.$/],
  ['SELECT a.k FROM s AS b', /Table 'a' not found$/],
  ['SELECT z.* FROM s', /Unknown identifier 'z'$/],
  ['SELECT * FROM (VALUES (1, 2)) AS t(a)', /List of column aliases must have same degree as table/],
  ['SELECT k FROM s GROUP BY GROUPING SETS ((k), ())', /^GROUPING SETS is not supported\.$/],
  ['EXPLAIN SELECT nope FROM s', /Column 'nope' not found in any table$/],
])('%s', async (sql, message) => {
  expect((await session.failure(sql))[0]).toMatch(message);
});

test('metadata that the source does not have', async () => {
  await session.run(
    "CREATE TABLE m (k STRING, x STRING METADATA FROM 'orign') WITH ('connector'='labsource')",
  );
  expect((await session.failure('SELECT * FROM m'))[0]).toMatch(
    /^Invalid metadata key 'orign' in column 'x' of table 'default_catalog\.default_database\.m'\./,
  );
});
