// What a job writes does not depend on how many threads it has: one statement set with everything that puts rows in another
// place, against a model.
import { afterEach, expect, test } from 'vitest';
import { closeClients, collect, database, session, type Topic, topicOf, WHOLE } from '../cdc/jobs.ts';
import {
  debeziumMessages,
  SourceTable,
  type TableChange,
  type TableRow,
  withStreams,
} from '../cdc/source-table.ts';

afterEach(closeClients);

const PARTITIONS = 3;
/** All changes of a row in one partition, as a producer with the primary key as message key does it. */
const partitionOf = (id: string) => Number(id) % PARTITIONS;

const rowOf = (change: TableChange) => (change.kind === 'delete' ? change.before : change.after);

/** Debezium's messages, those of a row in one partition: a changed key is two messages. */
function changeMessages(changes: readonly TableChange[]) {
  return debeziumMessages(changes).map((value) => {
    const { before, after } = JSON.parse(value) as { before: TableRow | null; after: TableRow | null };
    return { value, partition: partitionOf((after ?? before)!.id) };
  });
}

function upsertMessages(changes: readonly TableChange[]) {
  const put = (row: TableRow) => ({ key: row.id, value: JSON.stringify({ k: row.k, n: row.n }) });
  const messages = changes.flatMap((c) => {
    if (c.kind === 'insert') return [put(c.after)];
    if (c.kind === 'delete') return [{ key: c.before.id, value: null }];
    return c.before.id === c.after.id ? [put(c.after)] : [{ key: c.before.id, value: null }, put(c.after)];
  });
  return messages.map((message) => ({ ...message, partition: partitionOf(message.key) }));
}

/** Each row that was put, as an event of its own; those of a `k` in one partition, in order. */
function eventMessages(changes: readonly TableChange[]) {
  return changes.map((change, i) => {
    const row = rowOf(change);
    return { value: JSON.stringify({ ...row, i }), partition: row.k.length % PARTITIONS };
  });
}

interface Topics {
  readonly changes: Topic;
  readonly upserts: Topic;
  readonly events: Topic;
}

const SINKS = {
  row: { columns: 'id STRING, v STRING', key: 'id', mode: 'STRING' },
  joined: { columns: 'id STRING, v STRING', key: 'id', mode: 'STRING' },
  sums: { columns: 'k STRING, v STRING', key: 'k', mode: 'STRING' },
  normal: { columns: 'k STRING, v STRING', key: 'k', mode: 'STRING' },
  best: { columns: 'id STRING, v STRING', key: 'id', mode: 'STRING' },
  first: { columns: 'k STRING, v STRING', key: 'k', mode: 'STRING' },
  last: { columns: 'k STRING, v STRING', key: 'k', mode: 'STRING' },
  all: { columns: 'k STRING, v STRING', key: 'k', mode: 'STRING' },
  members: { columns: 'k STRING, v STRING', key: 'k', mode: 'SET' },
  order: { columns: 'k STRING, v STRING', key: 'k', mode: 'LIST' },
} as const;

const TOP = 'ROW_NUMBER() OVER (PARTITION BY k ORDER BY';
const INSERTS: Readonly<Record<keyof typeof SINKS, string>> = {
  row: "SELECT id, CONCAT(k, '/', v, '/', f) FROM changes WHERE f <> 'y'",
  joined:
    "SELECT c.id, COALESCE(d.name, '?') FROM changes_pt AS c LEFT JOIN dim FOR SYSTEM_TIME AS OF c.pt AS d ON c.f = d.f",
  sums: "SELECT k, CONCAT_WS(',', CAST(COUNT(*) AS STRING), COALESCE(CAST(SUM(n) AS STRING), '-')) FROM changes GROUP BY k",
  normal:
    "SELECT k, CONCAT_WS(',', CAST(COUNT(*) AS STRING), COALESCE(CAST(MAX(n) AS STRING), '-')) FROM upserts GROUP BY k",
  best: `SELECT id, v FROM (SELECT id, k AS v, ${TOP} n DESC NULLS LAST, id) AS rn FROM changes) WHERE rn <= 2`,
  first: `SELECT k, CAST(i AS STRING) FROM (SELECT k, i, ${TOP} pt) AS rn FROM events) WHERE rn = 1`,
  last: `SELECT k, CAST(i AS STRING) FROM (SELECT k, i, ${TOP} pt DESC) AS rn FROM events) WHERE rn = 1`,
  all: "SELECT 'all', CAST(COUNT(*) AS STRING) FROM (SELECT k FROM changes UNION ALL SELECT k FROM events)",
  members: 'SELECT k, f FROM events',
  order: 'SELECT k, CAST(i AS STRING) FROM events',
};

async function runAll(parallelism: number, { changes, upserts, events }: Topics) {
  const target = await database();
  await target.client.mset('dim:x', 'X', 'dim:y', 'Y');
  const env = session({ 'parallelism.default': String(parallelism) });
  const run = async (sql: string) => void (await env.executeSql(sql));
  await run(
    `CREATE TABLE changes (id STRING, k STRING, f STRING, v STRING, n INT, PRIMARY KEY (id) NOT ENFORCED)
     ${changes.options({ ...WHOLE, format: 'debezium-json' })}`,
  );
  await run('CREATE VIEW changes_pt AS SELECT *, PROCTIME() AS pt FROM changes');
  await run(
    `CREATE TABLE upserts (id STRING, k STRING, n INT, PRIMARY KEY (id) NOT ENFORCED) ${upserts.options({
      connector: 'upsert-kafka',
      'key.format': 'raw',
      'value.format': 'json',
      'value.fields-include': 'EXCEPT_KEY',
      'scan.bounded.mode': 'latest-offset',
    })}`,
  );
  await run(
    `CREATE TABLE events (id STRING, k STRING, f STRING, i INT, pt AS PROCTIME())
     ${events.options({ ...WHOLE, format: 'json' })}`,
  );
  await run(
    `CREATE TABLE dim (f STRING, name STRING, PRIMARY KEY (f) NOT ENFORCED)
     ${target.options({ mode: 'STRING', 'key-prefix': 'dim', 'key-prefix-delimiter': ':' })}`,
  );
  for (const [name, { columns, key, mode }] of Object.entries(SINKS)) {
    const options = {
      mode,
      'key-prefix': name,
      'key-prefix-delimiter': ':',
      'sink.buffer-flush.max-rows': '7',
    };
    await run(
      `CREATE TABLE snk_${name} (${columns}, PRIMARY KEY (${key}) NOT ENFORCED) ${target.options(options)}`,
    );
  }
  const inserts = Object.entries(INSERTS).map(([name, query]) => `INSERT INTO snk_${name} ${query};`);
  await run(`EXECUTE STATEMENT SET BEGIN ${inserts.join('\n')} END`);
  await target.client.del('dim:x', 'dim:y');
  return target.content();
}

function model(table: SourceTable): Record<string, unknown> {
  const rows = [...table.rows.values()];
  const { changes } = table;
  const events = changes.map((change, i) => ({ ...rowOf(change), i: String(i) }));
  const byK = (prefix: string, list: readonly TableRow[], value: (group: readonly TableRow[]) => string) =>
    Object.fromEntries(
      [...Map.groupBy(list, (r) => r.k)].map(([k, group]) => [`${prefix}:${k}`, value(group)]),
    );
  const numbers = (group: readonly TableRow[]) => group.flatMap((r) => r.n ?? []);
  const sum = (group: readonly TableRow[]) => numbers(group).reduce((a, b) => a + b, 0);
  const optional = (group: readonly TableRow[], value: number) => (numbers(group).length === 0 ? '-' : value);
  const ranked = [...Map.groupBy(rows, (r) => r.k).values()].flatMap((group) =>
    group.sort((a, b) => (b.n ?? -100) - (a.n ?? -100) || (a.id < b.id ? -1 : 1)).slice(0, 2),
  );
  const eventsOf = <V>(prefix: string, add: (found: V | undefined, e: (typeof events)[number]) => V) =>
    collect(events, (e) => `${prefix}:${e.k}`, add);
  return {
    ...collect(
      rows.filter((r) => r.f !== 'y'),
      (r) => `row:${r.id}`,
      (_, r) => `${r.k}/${r.v}/${r.f}`,
    ),
    ...collect(
      rows,
      (r) => `joined:${r.id}`,
      (_, r) => (r.f.length === 1 ? r.f.toUpperCase() : '?'),
    ),
    ...byK('sums', rows, (group) => `${group.length},${optional(group, sum(group))}`),
    ...byK('normal', rows, (group) => `${group.length},${optional(group, Math.max(...numbers(group)))}`),
    ...collect(
      ranked,
      (r) => `best:${r.id}`,
      (_, r) => r.k,
    ),
    ...eventsOf<string>('first', (found, e) => found ?? e.i),
    ...eventsOf<string>('last', (_, e) => e.i),
    ...(events.length === 0 ? {} : { 'all:all': String(rows.length + events.length) }),
    ...eventsOf<string[]>('members', (found = [], e) => [...new Set([...found, e.f])].sort()),
    // LPUSH: the newest is the first.
    ...eventsOf<string[]>('order', (found = [], e) => [e.i, ...found]),
  };
}

test(
  'results are those of the model with one, two and four threads',
  () =>
    withStreams(1, async (tried) => {
      const table = new SourceTable((row) => row.id).tryAll(tried);
      const topics = {
        changes: await topicOf('parallel-changes', PARTITIONS),
        upserts: await topicOf('parallel-upserts', PARTITIONS),
        events: await topicOf('parallel-events', PARTITIONS),
      };
      await topics.changes.produce(changeMessages(table.changes));
      await topics.upserts.produce(upsertMessages(table.changes));
      await topics.events.produce(eventMessages(table.changes));
      const expected = model(table);
      for (const parallelism of [1, 2, 4]) {
        expect(await runAll(parallelism, topics), `parallelism ${parallelism}`).toEqual(expected);
      }
    }),
  120_000,
);
