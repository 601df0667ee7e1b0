// Where a job of several threads gets exchanges, and how many subtasks its nodes have.
import { describe, expect, test } from 'vitest';
import { TableEnvironment } from '../../../src/table-environment/table-environment.ts';

const KAFKA =
  "'connector'='kafka','topic'='t','properties.bootstrap.servers'='b:1','scan.startup.mode'='earliest-offset'";
const REDIS = "'connector'='redis','host'='h','mode'='STRING'";
const TABLES = [
  `CREATE TABLE s (id STRING, k STRING, v INT, pt AS PROCTIME()) WITH (${KAFKA},'format'='json')`,
  `CREATE TABLE single_read (id STRING, k STRING, v INT) WITH (${KAFKA},'format'='json','scan.parallelism'='1')`,
  `CREATE TABLE c (id STRING, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH (${KAFKA},'format'='debezium-json')`,
  `CREATE TABLE u (id STRING, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH
    ('connector'='upsert-kafka','topic'='t','properties.bootstrap.servers'='b:1','key.format'='raw','value.format'='json')`,
  `CREATE TABLE d (k STRING, n STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${REDIS})`,
  `CREATE TABLE ids (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${REDIS})`,
  "CREATE TABLE p (k STRING, c BIGINT) WITH ('connector'='print')",
  "CREATE TABLE p1 (id STRING, k STRING) WITH ('connector'='print','sink.parallelism'='1')",
  "CREATE TABLE p3 (id STRING, k STRING) WITH ('connector'='print','sink.parallelism'='3')",
];

async function session(config: Readonly<Record<string, string>> = {}): Promise<TableEnvironment> {
  const env = TableEnvironment.create({
    config: { 'parallelism.default': '4', 'table.local-time-zone': 'UTC', ...config },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  for (const table of TABLES) await env.executeSql(table);
  return env;
}

/** Kinds of the nodes, each below what reads it, and how many subtasks each has. */
async function shape(sql: string, config?: Readonly<Record<string, string>>): Promise<string[]> {
  const text = await (await session(config)).explainSql(sql);
  return text
    .split('== Optimized Execution Plan ==\n')[1]!
    .trimEnd()
    .split('\n')
    .map((line) => /(\w+(?:\(distribution=\[.*\]\))?)/.exec(line)![1]!);
}

interface JsonPlan {
  readonly nodes: readonly {
    readonly id: number;
    readonly type: string;
    readonly parallelism: number;
    readonly predecessors?: readonly { readonly ship_strategy: string }[];
  }[];
}

/** `Rank 4 HASH`: how many subtasks a node has, and how rows come there. */
async function parallelisms(sql: string, config?: Readonly<Record<string, string>>): Promise<string[]> {
  const text = await (await session(config)).explainSql(sql, 'JSON_EXECUTION_PLAN');
  const { nodes } = JSON.parse(text.split('== Physical Execution Plan ==\n')[1]!) as JsonPlan;
  return nodes.map(({ type, parallelism, predecessors = [] }) =>
    [type.replace(/\[.*/, ''), parallelism, ...predecessors.map((p) => p.ship_strategy)].join(' '),
  );
}

const top = (partition: string, from: string, select = '*') =>
  `SELECT ${select} FROM (SELECT *, ROW_NUMBER() OVER (${partition} ORDER BY v DESC) AS rn FROM ${from}) WHERE rn <= 2`;

describe('exchanges', () => {
  test('none for what needs no other rows', async () => {
    expect(
      await shape(
        'INSERT INTO ids SELECT s.id, d.n FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k WHERE s.v > 1',
      ),
    ).toEqual(['Sink', 'Calc', 'LookupJoin', 'Calc', 'TableSourceScan']);
    expect(await shape('INSERT INTO ids SELECT id, k FROM c')).not.toContainEqual(
      expect.stringContaining('Exchange'),
    );
  });
  test('one in front of each operator with state', async () => {
    expect(await shape('INSERT INTO p SELECT k, COUNT(*) FROM s GROUP BY k')).toEqual([
      'Sink',
      'GroupAggregate',
      'Exchange(distribution=[hash[k]])',
      'TableSourceScan',
    ]);
    expect(await shape('SELECT * FROM u')).toEqual([
      'ChangelogNormalize',
      'Exchange(distribution=[hash[id]])',
      'TableSourceScan',
    ]);
    expect(await shape(top('PARTITION BY k, id', 's', 'v'))).toContain(
      'Exchange(distribution=[hash[k, id]])',
    );
    expect(await shape('SELECT COUNT(*) FROM s')).toContain('Exchange(distribution=[single])');
    expect(await shape('SELECT * FROM s LIMIT 3')).toContain('Exchange(distribution=[single])');
  });
  test('none where the rows of a key are together already', async () => {
    const once = await shape(
      'SELECT k, MAX(c) FROM (SELECT c, k FROM (SELECT k, v, COUNT(*) AS c FROM s GROUP BY k, v)) GROUP BY k',
    );
    expect(once.filter((node) => node.startsWith('Exchange'))).toEqual([
      'Exchange(distribution=[hash[k]])',
      'Exchange(distribution=[hash[k, v]])',
    ]);
    const again = await shape(
      'SELECT k, v, MAX(c) FROM (SELECT v, c, k FROM (SELECT k, v, COUNT(*) AS c FROM s GROUP BY k, v)) GROUP BY k, v',
    );
    expect(again.filter((node) => node.startsWith('Exchange'))).toEqual([
      'Exchange(distribution=[hash[k, v]])',
    ]);
  });
  test("a sink whose key is not the changelog's own gets the rows of a key in one place", async () => {
    const plan = await shape(`INSERT INTO ids ${top('PARTITION BY k', 'c', 'id, k')}`);
    expect(plan.slice(0, 2)).toEqual(['Sink', 'Exchange(distribution=[hash[id]])']);
  });
  test('keyed shuffle', async () => {
    const insert = 'INSERT INTO ids SELECT id, k FROM s';
    expect(await shape(insert)).not.toContain('Exchange(distribution=[hash[id]])');
    expect(await shape(insert, { 'table.exec.sink.keyed-shuffle': 'FORCE' })).toContain(
      'Exchange(distribution=[hash[id]])',
    );
  });
  test('one thread has none', async () => {
    const plan = await shape('INSERT INTO p SELECT k, COUNT(*) FROM s GROUP BY k', {
      'parallelism.default': '1',
    });
    expect(plan).toEqual(['Sink', 'GroupAggregate', 'TableSourceScan']);
  });
});

describe('parallelism', () => {
  test('of a job, of what one subtask has to do, and of sinks', async () => {
    expect(await parallelisms('INSERT INTO p SELECT k, COUNT(*) FROM s GROUP BY k')).toEqual([
      'Source: s 4',
      'GroupAggregate 4 HASH',
      'Sink: p 4 FORWARD',
    ]);
    expect(await parallelisms("INSERT INTO p SELECT 'all', COUNT(*) FROM s")).toEqual([
      'Source: s 4',
      'GroupAggregate 1 GLOBAL',
      'Calc 1 FORWARD',
      'Sink: p 1 FORWARD',
    ]);
    expect(await parallelisms('INSERT INTO p1 SELECT id, k FROM s')).toEqual([
      'Source: s 4',
      'Sink: p1 1 GLOBAL',
    ]);
    expect(await parallelisms('INSERT INTO p3 SELECT id, k FROM s')).toEqual([
      'Source: s 4',
      'Sink: p3 3 REBALANCE',
    ]);
  });
  test('a table that is read by fewer deals its rows out', async () => {
    expect(await parallelisms('INSERT INTO ids SELECT id, k FROM single_read')).toEqual([
      'Source: single_read 1',
      'ConstraintEnforcer 4 REBALANCE',
      'Sink: ids 4 FORWARD',
    ]);
  });
  test('VALUES need one thread', async () => {
    expect(
      await parallelisms("INSERT INTO p SELECT k, COUNT(*) FROM (VALUES ('a')) AS t(k) GROUP BY k"),
    ).toEqual(['Source: Values 1', 'GroupAggregate 1 FORWARD', 'Sink: p 1 FORWARD']);
    expect(await parallelisms("INSERT INTO p1 SELECT id, k FROM s UNION ALL SELECT 'x', 'y'")).toContain(
      'Source: Values 1',
    );
  });
  test('a changelog without a key cannot be dealt out', async () => {
    const env = await session();
    await env.executeSql(
      `CREATE TABLE nokey (id STRING, k STRING) WITH (${KAFKA},'format'='debezium-json','scan.parallelism'='2')`,
    );
    await expect(env.explainSql('INSERT INTO p3 SELECT id, k FROM nokey')).rejects.toThrow(
      "Table 'default_catalog.default_database.nokey' has 'scan.parallelism' = 2",
    );
    await expect(env.explainSql('INSERT INTO p3 SELECT id, k FROM c')).rejects.toThrow(
      'a primary key is required but could not be found',
    );
  });
});
