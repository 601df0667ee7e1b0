// Events that come twice (a connector that started again), and the last or best rows of each key, into Redis.
import { afterEach, expect, test } from 'vitest';
import { closeClients, collect, database, session, topicOf, WHOLE } from './jobs.ts';
import {
  canalMessages,
  debeziumMessages,
  SourceTable,
  type TableRow,
  withoutKeyChanges,
  withStreams,
} from './source-table.ts';

afterEach(closeClients);

const COLUMNS = 'id STRING, k STRING, f STRING, v STRING, s DOUBLE, n INT';

test.each([
  ['debezium-json', debeziumMessages],
  ['canal-json', canalMessages],
] as const)('%s: cdc-events-duplicate counts repeated events once', (format, messages) =>
  withStreams(2, async (tried) => {
    const table = new SourceTable((row) => row.id).tryAll(tried);
    const all = withoutKeyChanges(table.changes);
    const topic = await topicOf('cdc-twice');
    // Up to two thirds, then again from a third on.
    const [third, two] = [Math.floor(all.length / 3), Math.floor((2 * all.length) / 3)];
    await topic.produce([...messages(all.slice(0, two)), ...messages(all.slice(third))]);
    const [counts, rows] = [await database(), await database()];
    const env = session({ 'table.exec.source.cdc-events-duplicate': 'true' });
    await env.executeSql(
      `CREATE TABLE src (${COLUMNS}, PRIMARY KEY (id) NOT ENFORCED) ${topic.options({ ...WHOLE, format })}`,
    );
    await env.executeSql(
      `CREATE TABLE counts (k STRING, c STRING, PRIMARY KEY (k) NOT ENFORCED) ${counts.options({ mode: 'STRING' })}`,
    );
    await env.executeSql(
      `CREATE TABLE elements (id STRING, v STRING, PRIMARY KEY (id, v) NOT ENFORCED) ${rows.options({ mode: 'LIST' })}`,
    );
    await env.executeSql(`EXECUTE STATEMENT SET BEGIN
      INSERT INTO counts SELECT k, CAST(COUNT(*) AS STRING) FROM src GROUP BY k;
      INSERT INTO elements SELECT id, v FROM src;
    END`);
    expect(await counts.content()).toEqual(
      collect(
        table.rows.values(),
        (r) => r.k,
        (c: string = '0') => String(Number(c) + 1),
      ),
    );
    expect(await rows.content()).toEqual(
      Object.fromEntries([...table.rows.values()].map(({ id, v }) => [id, [v]])),
    );
  }),
);

test('the best row of each key, and the two best, of a changelog', () =>
  withStreams(2, async (tried) => {
    const table = new SourceTable((row) => row.id).tryAll(tried);
    const topic = await topicOf('cdc-best');
    await topic.produce(canalMessages(table.changes));
    const [best, two] = [await database(), await database()];
    const env = session();
    await env.executeSql(
      `CREATE TABLE src (${COLUMNS}) ${topic.options({ ...WHOLE, format: 'canal-json' })}`,
    );
    await env.executeSql(
      `CREATE TABLE best (k STRING, id STRING, n STRING, PRIMARY KEY (k) NOT ENFORCED) ${best.options({ mode: 'HASHMAP', flattenHash: 'true' })}`,
    );
    await env.executeSql(
      `CREATE TABLE two (k STRING, id STRING, PRIMARY KEY (k, id) NOT ENFORCED) ${two.options({ mode: 'SET' })}`,
    );
    const ranked = (end: number) =>
      `(SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC NULLS LAST, id) AS rn FROM src) WHERE rn <= ${end}`;
    await env.executeSql(`EXECUTE STATEMENT SET BEGIN
      INSERT INTO best SELECT k, id, COALESCE(CAST(n AS STRING), '-') FROM ${ranked(1)};
      INSERT INTO two SELECT k, id FROM ${ranked(2)};
    END`);
    const ranks = collect(
      [...table.rows.values()].sort((a, b) => (b.n ?? -100) - (a.n ?? -100) || (a.id < b.id ? -1 : 1)),
      (r) => r.k,
      (rows: TableRow[] | undefined, r) => [...(rows ?? []), r],
    );
    expect(await best.content()).toEqual(
      Object.fromEntries(
        Object.entries(ranks).map(([k, [first]]) => [k, { id: first!.id, n: String(first!.n ?? '-') }]),
      ),
    );
    expect(await two.content()).toEqual(
      Object.fromEntries(
        Object.entries(ranks).map(([k, rows]) => [
          k,
          rows
            .slice(0, 2)
            .map((r) => r.id)
            .sort(),
        ]),
      ),
    );
  }));

test('the last message of each key', async () => {
  const topic = await topicOf('last');
  await topic.produce(
    ['a 1', 'b 1', 'a 2', 'b 1', 'a 3'].map((text) => {
      const [k, v] = text.split(' ');
      return JSON.stringify({ k, v });
    }),
  );
  const [first, last] = [await database(), await database()];
  const env = session();
  await env.executeSql(
    `CREATE TABLE src (k STRING, v STRING, pt AS PROCTIME()) ${topic.options({ ...WHOLE, format: 'json' })}`,
  );
  for (const [name, db, order] of [
    ['firsts', first, 'ASC'],
    ['lasts', last, 'DESC'],
  ] as const) {
    await env.executeSql(
      `CREATE TABLE ${name} (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) ${db.options({ mode: 'LIST' })}`,
    );
    await env.executeSql(
      `INSERT INTO ${name} SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt ${order}) AS rn FROM src) WHERE rn = 1`,
    );
  }
  expect(await first.content()).toEqual({ a: ['1'], b: ['1'] });
  // The same row again is no change.
  expect(await last.content()).toEqual({ a: ['3', '2', '1'], b: ['1'] });
});
