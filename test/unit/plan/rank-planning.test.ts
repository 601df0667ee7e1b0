// ROW_NUMBER and a filter on it become Deduplicate or Rank.
import { beforeEach, describe, expect, test } from 'vitest';
import { type TestSession, testSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(async () => {
  session = testSession();
  const changes = "'+I,1,a,5;+I,2,a,7;+I,3,b,1;+I,4,a,6'";
  await session.run(
    `CREATE TABLE s (id STRING, k STRING, v STRING, pt AS PROCTIME()) WITH ('connector'='labsource','data'=${changes})`,
    `CREATE TABLE c (id STRING, k STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED)
       WITH ('connector'='labsource','changelog'='all','data'='+I,1,a,5;+I,2,a,7;-U,2,a,7;+U,2,a,4;-D,1,a,5')`,
    `CREATE TABLE snk (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')`,
  );
});

const top = (over: string, where: string, select = 'k, v', from = 's') =>
  `SELECT ${select} FROM (SELECT *, ROW_NUMBER() OVER (${over}) AS rn FROM ${from}) WHERE ${where}`;
const nodes = async (sql: string) =>
  (await session.plan(sql))
    .map((line) => line.replace(/^[ +:-]*/, ''))
    .filter((line) => !line.startsWith('TableSourceScan'));

describe('deduplication', () => {
  test('by processing time', async () => {
    expect(await nodes(top('PARTITION BY k ORDER BY pt', 'rn = 1'))).toEqual([
      'Deduplicate(keep=[FirstRow], key=[k], order=[PROCTIME])',
    ]);
    expect(await nodes(top('PARTITION BY k ORDER BY pt DESC', 'rn <= 1'))).toEqual([
      'Deduplicate(keep=[LastRow], key=[k], order=[PROCTIME])',
    ]);
    expect(await session.query(top('PARTITION BY k ORDER BY pt', 'rn = 1'))).toEqual([
      '+I[a, 5]',
      '+I[b, 1]',
    ]);
    expect(await session.query(top('PARTITION BY k ORDER BY pt DESC', '1 = rn', 'k, v, rn'))).toEqual([
      '+I[a, 5, 1]',
      '-U[a, 5, 1]',
      '+U[a, 7, 1]',
      '+I[b, 1, 1]',
      '-U[a, 7, 1]',
      '+U[a, 6, 1]',
    ]);
  });
  test('the first row goes into an insert-only sink; the last needs no -U for its key', async () => {
    await session.run(
      "CREATE TABLE ins (k STRING, v STRING) WITH ('connector'='labsink','changelog'='insert')",
      `INSERT INTO ins ${top('PARTITION BY k ORDER BY pt', 'rn = 1')}`,
    );
    expect(session.printed()).toEqual(['SINK +I +I[a, 5]', 'SINK +I +I[b, 1]']);
    await session.run(`INSERT INTO snk ${top('PARTITION BY k ORDER BY pt DESC', 'rn = 1')}`);
    expect(session.printed()).toEqual([
      'SINK +I +I[a, 5]',
      'SINK +U +U[a, 7]',
      'SINK +I +I[b, 1]',
      'SINK +U +U[a, 6]',
    ]);
  });
  test('a changelog is ranked', async () => {
    await session.run('CREATE VIEW timed AS SELECT *, PROCTIME() AS pt FROM c');
    const sql = top('PARTITION BY k ORDER BY pt DESC', 'rn = 1', 'k, v', 'timed');
    expect((await nodes(sql)).some((line) => line.startsWith('Rank(strategy=[RetractStrategy]'))).toBe(true);
    expect(await session.query(sql)).toEqual(['+I[a, 5]', '-U[a, 5]', '+U[a, 7]', '-U[a, 7]', '+U[a, 4]']);
  });
});

test("a key that does not hold the partition is no key of the sink's any more: its changes come out of several partitions", async () => {
  await session.run(
    "CREATE TABLE ids (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
    "CREATE TABLE pairs (k STRING, id STRING, PRIMARY KEY (k, id) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
  );
  const sink = async (sql: string) => (await session.plan(sql))[0];
  const byK = 'PARTITION BY k ORDER BY v';
  expect(await sink(`INSERT INTO ids ${top(byK, 'rn <= 2', 'id, v', 'c')}`)).toContain('upsertMaterialize');
  expect(await sink(`INSERT INTO pairs ${top(byK, 'rn <= 2', 'k, id', 'c')}`)).toContain('upsertMaterialize');
  expect(await sink(`INSERT INTO ids ${top('ORDER BY v', 'rn <= 2', 'id, v', 'c')}`)).not.toContain(
    'upsertMaterialize',
  );
  expect(
    await sink(`INSERT INTO ids ${top('PARTITION BY id ORDER BY v', 'rn <= 2', 'id, v', 'c')}`),
  ).not.toContain('upsertMaterialize');
});

describe('top-N', () => {
  test('by a column', async () => {
    expect(await nodes(top('PARTITION BY k ORDER BY v DESC', 'rn <= 2'))).toEqual([
      'Rank(strategy=[AppendFastStrategy], rankType=[ROW_NUMBER], rankRange=[rankStart=1, rankEnd=2], partitionBy=[k], orderBy=[v DESC], select=[k, v])',
    ]);
    expect(await nodes(top('ORDER BY v NULLS LAST, id DESC', 'rn < 3', 'v, rn', 'c'))).toEqual([
      'Calc(select=[v, rn])',
      'Rank(strategy=[RetractStrategy], rankType=[ROW_NUMBER], rankRange=[rankStart=1, rankEnd=2], orderBy=[v ASC NULLS LAST, id DESC], select=[id, v, rn])',
    ]);
    expect(await session.query(top('PARTITION BY k ORDER BY v DESC', 'rn <= 2'))).toEqual([
      '+I[a, 5]',
      '+I[a, 7]',
      '+I[b, 1]',
      '-D[a, 5]',
      '+I[a, 6]',
    ]);
  });
  test('over a changelog', async () => {
    expect(await session.query(top('PARTITION BY k ORDER BY v DESC', 'rn = 1', 'k, v', 'c'))).toEqual([
      '+I[a, 5]',
      '-U[a, 5]',
      '+U[a, 7]',
      '-U[a, 7]',
      '+U[a, 5]',
      '-U[a, 5]',
      '+U[a, 4]',
    ]);
  });
  test('over groups, by an expression, with a further condition', async () => {
    const sql = `SELECT k, total FROM (
      SELECT k, total, ROW_NUMBER() OVER (PARTITION BY CHAR_LENGTH(k) ORDER BY total * -1) AS rn
      FROM (SELECT k, SUM(CAST(v AS INT)) AS total FROM s GROUP BY k)) WHERE rn <= 1 AND total > 6`;
    expect(await session.query(sql)).toEqual(['+U[a, 12]', '-U[a, 12]', '+U[a, 18]']);
  });
  test.each([
    ['rn = 2', 'rankStart=2, rankEnd=2'],
    ['rn BETWEEN 2 AND 3', 'rankStart=2, rankEnd=3'],
    ['rn > 1 AND rn <= 4', 'rankStart=2, rankEnd=4'],
    ['3 >= rn', 'rankStart=1, rankEnd=3'],
    ['rn < 2.5', 'rankStart=1, rankEnd=2'],
    ['CAST(rn AS INT) <= 2', 'rankStart=1, rankEnd=2'],
  ])('%s', async (where, range) => {
    expect((await nodes(top('PARTITION BY k ORDER BY v', where))).join('\n')).toContain(
      `rankRange=[${range}]`,
    );
  });
  test('a range without rows', async () => {
    expect(await session.query(top('ORDER BY v', 'rn < 1'))).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each([
    [
      'SELECT ROW_NUMBER() OVER (ORDER BY v) FROM s',
      'ROW_NUMBER with an OVER window is supported in a top-N query only.',
    ],
    [top('ORDER BY v', 'rn >= 2'), 'Rank end is not specified.'],
    [
      top('ORDER BY v', 'rn <= CHAR_LENGTH(k)'),
      'ROW_NUMBER with an OVER window is supported in a top-N query only.',
    ],
    [
      top('PARTITION BY k', 'rn = 1'),
      'Over Agg: The window rank function without order by. please re-check the over window statement.',
    ],
    ['SELECT RANK() OVER (ORDER BY v) FROM s', 'RANK with an OVER window is not supported.'],
    [
      'SELECT k FROM s WHERE ROW_NUMBER() OVER (ORDER BY v) = 1',
      'ROW_NUMBER with an OVER window is not supported.',
    ],
  ])('%s', async (sql, message) => {
    expect((await session.failure(sql))[0]).toContain(message);
  });
});

test('EXPLAIN shows the window where it is read', async () => {
  const text = await session.env.explainSql(top('PARTITION BY k ORDER BY v DESC', 'rn = 1'));
  expect(text).toContain('rn=[ROW_NUMBER() OVER (PARTITION BY $1 ORDER BY $2 DESC NULLS LAST)]');
});
