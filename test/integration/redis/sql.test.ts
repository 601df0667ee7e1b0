// The connector's caches and extensions from SQL to Redis and back.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { inDatabase } from '../../support/in-database.ts';
import { type SharedRedis, sharedRedis } from '../../support/services.ts';
import { testSession } from '../../support/session.ts';

let redis: SharedRedis;
let at: string;

beforeAll(async () => {
  redis = await sharedRedis();
  at = `'connector' = 'redis', 'host' = '${redis.host}', 'port' = '${redis.port}', 'dbNum' = '${redis.database}'`;
});
beforeEach(() => command('FLUSHDB'));

const redisCommands = (commands: (string | number)[][]) => inDatabase(redis, commands);
const command = async (...words: (string | number)[]) => (await redisCommands([words]))[0]!;

test('documents under keys of several columns, each row with a time to live, written and joined', async () => {
  const { run, query } = testSession();
  await run(
    `CREATE TABLE users (id BIGINT, region STRING, name STRING, score DOUBLE, tags ARRAY<STRING>, life BIGINT METADATA FROM 'ttl',
       PRIMARY KEY (id, region) NOT ENFORCED)
     WITH (${at}, 'mode' = 'STRING', 'key-template' = 'user:{{{id}}}:{region}', 'value.format' = 'json')`,
    `INSERT INTO users VALUES (1, 'eu', 'Anna', 1.5, ARRAY['a', 'b'], 60000), (2, 'us', 'Böb', CAST(NULL AS DOUBLE), ARRAY['c'], CAST(NULL AS BIGINT))`,
  );
  expect(
    await redisCommands([
      ['GET', 'user:{1}:eu'],
      ['GET', 'user:{2}:us'],
      ['TTL', 'user:{2}:us'],
    ]),
  ).toEqual(['{"name":"Anna","score":1.5,"tags":["a","b"]}', '{"name":"Böb","score":null,"tags":["c"]}', -1]);
  expect(await command('PTTL', 'user:{1}:eu')).toBeGreaterThan(50_000);

  for (const cache of ['None', 'LRU', 'ALL']) {
    await run(
      `CREATE TEMPORARY TABLE d${cache} (name STRING, id BIGINT, score DOUBLE, region STRING, tags ARRAY<STRING>, PRIMARY KEY (id, region) NOT ENFORCED)
       WITH (${at}, 'key-template' = 'user:{{{id}}}:{region}', 'value.format' = 'json', 'cache' = '${cache}')`,
    );
    const rows = await query(
      `SELECT s.id, d.name, d.tags[1], d.score FROM (SELECT *, PROCTIME() AS p FROM (VALUES (CAST(1 AS BIGINT), 'eu'), (CAST(2 AS BIGINT), 'eu'), (CAST(2 AS BIGINT), 'us')) AS t(id, region)) AS s
       LEFT JOIN d${cache} FOR SYSTEM_TIME AS OF s.p AS d ON s.id = d.id AND s.region = d.region`,
    );
    expect(rows.sort()).toEqual(['+I[1, Anna, a, 1.5]', '+I[2, , , ]', '+I[2, Böb, c, ]']);
  }
});

test('one load for two joins of a table in one job', async () => {
  const { run, query } = testSession();
  await redisCommands([
    ['HSET', 'h:1', 'a', 'x', 'b', 'y'],
    ['CONFIG', 'RESETSTAT'],
  ]);
  await run(
    `CREATE TABLE dim (k STRING, a STRING, b STRING, PRIMARY KEY (k) NOT ENFORCED)
     WITH (${at}, 'mode' = 'HASHMAP', 'key-prefix' = 'h:', 'cache' = 'ALL')`,
  );
  const rows = await query(
    `SELECT s.k, d.a, e.b FROM (SELECT *, PROCTIME() AS p FROM (VALUES ('1'), ('2')) AS t(k)) AS s
     LEFT JOIN dim FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k
     LEFT JOIN dim FOR SYSTEM_TIME AS OF s.p AS e ON s.k = e.k`,
  );
  expect(rows.sort()).toEqual(['+I[1, x, y]', '+I[2, , ]']);
  expect(String(await command('INFO', 'commandstats'))).toMatch(/cmdstat_hmget:calls=1,/);
});

test('EXPLAIN says how a dimension table is kept', async () => {
  const { run, plan } = testSession();
  await run(
    `CREATE TABLE dim (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED)
     WITH (${at}, 'cache' = 'ALL', 'cacheTTLMs' = '60000', 'cache.invalidation' = 'tracking', 'async' = 'true')`,
  );
  const lines = await plan(
    `SELECT s.k, d.v FROM (SELECT *, PROCTIME() AS p FROM (VALUES ('1')) AS t(k)) AS s JOIN dim FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k`,
  );
  expect(lines.join('\n')).toContain('ALL, reload 60000 ms, invalidated by Redis');
  expect(lines.join('\n')).not.toContain('async');
});

test.each(['None', 'LRU'])(
  'a LOOKUP hint asks again for a key that comes later (cache %s)',
  async (cache) => {
    const { run, query } = testSession();
    await run(
      `CREATE TABLE dim (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${at}, 'cache' = '${cache}', 'client-name' = 'asker')`,
    );
    await command('CONFIG', 'RESETSTAT');
    const rows = query(
      `SELECT /*+ LOOKUP('table' = 'd', 'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '20ms', 'max-attempts' = '500') */ s.k, d.v
       FROM (SELECT *, PROCTIME() AS p FROM (VALUES ('late')) AS t(k)) AS s LEFT JOIN dim FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k`,
    );
    await expect
      .poll(async () =>
        Number(/cmdstat_mget:calls=(\d+)/.exec(String(await command('INFO', 'commandstats')))?.[1]),
      )
      .toBeGreaterThan(2);
    await command('SET', 'late', 'here');
    expect(await rows).toEqual(['+I[late, here]']);
  },
);

test('async: every row is joined once, in the order of the input where that is asked for', async () => {
  const { run, query } = testSession();
  const N = 3000;
  const pairs = Array.from({ length: N }, (_, i) => [`k${i}`, `v${i}`]).filter((_, i) => i % 3 !== 0);
  await command('MSET', ...pairs.flat());
  await run(
    `CREATE TABLE s (i INT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '${N - 1}')`,
    `CREATE TABLE dim (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${at}, 'async' = 'true')`,
  );
  const expected = Array.from({ length: N }, (_, i) => `+I[${i}, ${i % 3 === 0 ? '' : `v${i}`}]`);
  const join = (hint: string) =>
    query(
      `SELECT ${hint} s.i, d.v FROM s LEFT JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON CONCAT('k', CAST(s.i AS STRING)) = d.k`,
    );
  expect((await join('')).sort()).toEqual(expected.toSorted());
  const ordered = "/*+ LOOKUP('table'='d', 'output-mode'='ordered', 'capacity'='7', 'timeout'='10s') */";
  expect(await join(ordered)).toEqual(expected);
  expect(await join("/*+ LOOKUP('table'='dim', 'async'='false') */")).toEqual(expected);
  await run("SET 'table.exec.async-lookup.output-mode' = 'ORDERED'");
  expect(await join('')).toEqual(expected);
});
