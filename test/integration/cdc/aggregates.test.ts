// Groups over a changelog: what an update or a delete takes back is taken back, down to the key in Redis.
import { afterEach, expect, test } from 'vitest';
import { closeClients, collect, database, session, topicOf, WHOLE } from './jobs.ts';
import {
  type Attempt,
  canalMessages,
  debeziumMessages,
  SourceTable,
  type TableRow,
  withStreams,
} from './source-table.ts';

afterEach(closeClients);

const COLUMNS = 'id STRING, k STRING, f STRING, v STRING, s DOUBLE, n INT';

function groups(rows: Iterable<TableRow>): Map<string, TableRow[]> {
  return new Map(
    Object.entries(
      collect(
        rows,
        (r) => r.k,
        (found: TableRow[] | undefined, r) => [...(found ?? []), r],
      ),
    ),
  );
}

const text = (value: number | null) => (value === null ? '-' : String(value));

/** As SQL has them: NULLs do not count, no number at all gives NULL, INT averages are cut. */
function aggregatesOf(rows: readonly TableRow[]): Record<string, string> {
  const numbers = rows.flatMap((r) => (r.n === null ? [] : [r.n]));
  const sum = numbers.reduce((a, b) => a + b, 0);
  const none = numbers.length === 0;
  return {
    rows: String(rows.length),
    numbers: String(numbers.length),
    total: text(none ? null : sum),
    low: text(none ? null : Math.min(...numbers)),
    high: text(none ? null : Math.max(...numbers)),
    mean: text(none ? null : Math.trunc(sum / numbers.length) || 0),
    different: String(new Set(rows.map((r) => r.f)).size),
  };
}

const QUERY = `SELECT k, CAST(COUNT(*) AS STRING) AS \`rows\`, CAST(COUNT(n) AS STRING) AS numbers,
  COALESCE(CAST(SUM(n) AS STRING), '-') AS total, COALESCE(CAST(MIN(n) AS STRING), '-') AS low,
  COALESCE(CAST(MAX(n) AS STRING), '-') AS high, COALESCE(CAST(AVG(n) AS STRING), '-') AS mean,
  CAST(COUNT(DISTINCT f) AS STRING) AS different FROM src GROUP BY k`;
const RESULT =
  'k STRING, `rows` STRING, numbers STRING, total STRING, low STRING, high STRING, mean STRING, different STRING';

/** More rows than the table's own key allows: groups of several. */
const tableOf = (tried: readonly Attempt[]) => new SourceTable((row) => row.id).tryAll(tried);

test.each([
  ['debezium-json', debeziumMessages, ''],
  ['debezium-json', debeziumMessages, ', PRIMARY KEY (id) NOT ENFORCED'],
  ['canal-json', canalMessages, ''],
] as const)(
  '%s: COUNT, SUM, MIN, MAX, AVG, HAVING and DISTINCT',
  (format, messages, key) =>
    withStreams(2, async (tried) => {
      const table = tableOf(tried);
      const topic = await topicOf('cdc-groups');
      await topic.produce(messages(table.changes));
      const [all, having, distinct, global] = await Promise.all([
        database(),
        database(),
        database(),
        database(),
      ]);
      const env = session();
      await env.executeSql(`CREATE TABLE src (${COLUMNS}${key}) ${topic.options({ ...WHOLE, format })}`);
      await env.executeSql(
        `CREATE TABLE everything (${RESULT}, PRIMARY KEY (k) NOT ENFORCED) ${all.options({ mode: 'HASHMAP', flattenHash: 'true' })}`,
      );
      await env.executeSql(
        `CREATE TABLE few (k STRING, c STRING, PRIMARY KEY (k) NOT ENFORCED) ${having.options({ mode: 'STRING' })}`,
      );
      await env.executeSql(
        `CREATE TABLE pairs (k STRING, f STRING, PRIMARY KEY (k, f) NOT ENFORCED) ${distinct.options({ mode: 'SET' })}`,
      );
      await env.executeSql(
        `CREATE TABLE counts (k STRING, c STRING, PRIMARY KEY (k) NOT ENFORCED) ${global.options({ mode: 'STRING' })}`,
      );
      await env.executeSql(`EXECUTE STATEMENT SET BEGIN
        INSERT INTO everything ${QUERY};
        INSERT INTO few SELECT k, CAST(COUNT(*) AS STRING) FROM src GROUP BY k HAVING COUNT(*) < 3;
        INSERT INTO pairs SELECT DISTINCT k, f FROM src;
        INSERT INTO counts SELECT 'all', CAST(COUNT(*) AS STRING) FROM (SELECT k, COUNT(*) AS c FROM src GROUP BY k HAVING COUNT(*) > 1);
      END`);
      const found = groups(table.rows.values());
      const wanted = <V>(value: (rows: TableRow[]) => V | null) =>
        Object.fromEntries(
          [...found].flatMap(([k, rows]) => {
            const v = value(rows);
            return v === null ? [] : [[k, v]];
          }),
        );
      expect(await all.content()).toEqual(wanted(aggregatesOf));
      expect(await having.content()).toEqual(
        wanted((rows) => (rows.length < 3 ? String(rows.length) : null)),
      );
      expect(await distinct.content()).toEqual(wanted((rows) => [...new Set(rows.map((r) => r.f))].sort()));
      const large = [...found.values()].filter((rows) => rows.length > 1).length;
      // A count of all that has never had a row gives none; one that had some counts down to 0.
      const { all: counted = '0' } = (await global.content()) as Record<string, string>;
      expect(counted).toBe(String(large));
    }),
  60_000,
);

test('a lone -U behind HAVING takes the key away', async () => {
  const topic = await topicOf('cdc-having');
  const row = (id: string, k: string): TableRow => ({ id, k, f: '', v: '', s: 0, n: 1 });
  await topic.produce(
    debeziumMessages([
      { kind: 'insert', after: row('1', 'leaves') },
      { kind: 'insert', after: row('2', 'stays') },
      { kind: 'insert', after: row('3', 'leaves') },
      { kind: 'insert', after: row('4', 'comes back') },
      { kind: 'insert', after: row('5', 'comes back') },
      { kind: 'delete', before: row('4', 'comes back') },
    ]),
  );
  const db = await database();
  const env = session();
  await env.executeSql(
    `CREATE TABLE src (${COLUMNS}) ${topic.options({ ...WHOLE, format: 'debezium-json' })}`,
  );
  await env.executeSql(
    `CREATE TABLE snk (k STRING, c STRING, PRIMARY KEY (k) NOT ENFORCED) ${db.options({ mode: 'STRING' })}`,
  );
  await env.executeSql(
    'INSERT INTO snk SELECT k, CAST(COUNT(*) AS STRING) FROM src GROUP BY k HAVING COUNT(*) < 2',
  );
  expect(await db.content()).toEqual({ stays: '1', 'comes back': '1' });
});
