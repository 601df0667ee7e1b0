// Changes of a database table, as Debezium and Canal write them, straight into every mode of Redis sinks, with both forms of
// primary key: Redis ends as the table stands.
import { afterEach, expect, test } from 'vitest';
import { closeClients, collect, type Database, database, session, topicOf, WHOLE } from './jobs.ts';
import {
  canalMessages,
  debeziumMessages,
  SourceTable,
  type TableChange,
  type TableRow,
  withoutKeyChanges,
  withStreams,
} from './source-table.ts';

afterEach(closeClients);

const FORMATS = { 'debezium-json': debeziumMessages, 'canal-json': canalMessages } as const;
type Format = keyof typeof FORMATS;

interface Sink {
  readonly name: string;
  readonly columns: string;
  readonly key: string;
  readonly options: Record<string, string>;
  readonly select: string;
  /** What Redis is to hold, by the rows of the table and the changes that led there. */
  check(found: Record<string, unknown>, rows: readonly TableRow[], changes: readonly TableChange[]): void;
}

const equals =
  (model: (rows: readonly TableRow[], changes: readonly TableChange[]) => Record<string, unknown>) =>
  (found: Record<string, unknown>, rows: readonly TableRow[], changes: readonly TableChange[]) =>
    expect(found).toEqual(model(rows, changes));

const HASH = { mode: 'HASHMAP' };
const byK = (row: TableRow) => row.k;

/** What identifies a row is (k, f); deletes name the element. */
const COMPOSITE: Sink[] = [
  {
    name: 'HASHMAP, PRIMARY KEY (k, f)',
    columns: 'k STRING, f STRING, v STRING',
    key: 'k, f',
    options: HASH,
    select: 'k, f, v',
    check: equals((rows) =>
      collect(rows, byK, (found: object | undefined, { f, v }) => ({ ...found, [f]: v })),
    ),
  },
  {
    name: 'SET, PRIMARY KEY (k, f)',
    columns: 'k STRING, f STRING',
    key: 'k, f',
    options: { mode: 'SET' },
    select: 'k, f',
    check: equals((rows) => collect(rows, byK, (found: string[] = [], { f }) => [...found, f].sort())),
  },
  {
    name: 'SORTEDSET, PRIMARY KEY (k, f)',
    columns: 'k STRING, s DOUBLE, f STRING',
    key: 'k, f',
    options: { mode: 'SORTEDSET' },
    select: 'k, s, f',
    check: equals((rows) =>
      collect(rows, byK, (found: object | undefined, { f, s }) => ({ ...found, [f]: s })),
    ),
  },
  {
    name: 'LIST, PRIMARY KEY (k, f)',
    columns: 'k STRING, f STRING',
    key: 'k, f',
    options: { mode: 'LIST' },
    select: 'k, f',
    check: (found, rows) =>
      expect(
        Object.fromEntries(Object.entries(found).map(([k, l]) => [k, [...(l as string[])].sort()])),
      ).toEqual(collect(rows, byK, (elements: string[] = [], { f }) => [...elements, f].sort())),
  },
];

/** One row a key. */
const BY_ID: Sink[] = [
  {
    name: 'STRING',
    columns: 'id STRING, v STRING',
    key: 'id',
    options: { mode: 'STRING' },
    select: 'id, v',
    check: equals((rows) => Object.fromEntries(rows.map(({ id, v }) => [id, v]))),
  },
  {
    name: 'STRING, ignoreDelete',
    columns: 'id STRING, v STRING',
    key: 'id',
    options: { mode: 'STRING', ignoreDelete: 'true' },
    select: 'id, v',
    check: equals((_, changes) =>
      Object.fromEntries(changes.flatMap((c) => (c.kind === 'delete' ? [] : [[c.after.id, c.after.v]]))),
    ),
  },
  {
    name: 'HASHMAP, flattenHash',
    columns: 'id STRING, k STRING, f STRING, v STRING, n STRING',
    key: 'id',
    options: { ...HASH, flattenHash: 'true' },
    select: 'id, k, f, v, CAST(n AS STRING)',
    check: equals((rows) =>
      Object.fromEntries(
        rows.map(({ id, k, f, v, n }) => [id, { k, f, v, ...(n === null ? {} : { n: String(n) }) }]),
      ),
    ),
  },
];

/** Many rows a key, told apart by more than the primary key: what is there is in Redis, and no key that is not. */
const COLLAPSED: Sink[] = [
  {
    name: 'HASHMAP, PRIMARY KEY (k)',
    columns: 'k STRING, f STRING, v STRING',
    key: 'k',
    options: HASH,
    select: 'k, f, v',
    check(found, rows) {
      const live = collect(rows, byK, (fields: object | undefined, { f, v }) => ({ ...fields, [f]: v }));
      expect(Object.keys(found).sort()).toEqual(Object.keys(live).sort());
      expect(found).toMatchObject(live);
    },
  },
  ...['SET', 'LIST'].map(
    (mode): Sink => ({
      name: `${mode}, PRIMARY KEY (k)`,
      columns: 'k STRING, f STRING',
      key: 'k',
      options: { mode },
      select: 'k, f',
      check(found, rows) {
        const live = collect(rows, byK, (elements: string[] = [], { f }) => [...elements, f]);
        expect(Object.keys(found).sort()).toEqual(Object.keys(live).sort());
        for (const [k, elements] of Object.entries(live))
          expect(found[k]).toEqual(expect.arrayContaining(elements));
      },
    }),
  ),
];

/** The source's primary key is the sink's: no -U comes, and what it would have taken away stays until the key goes. */
function accumulated<V>(start: () => V, add: (value: V, row: TableRow) => V) {
  return equals((_, changes) => {
    const model: Record<string, V> = {};
    for (const change of changes) {
      if (change.kind === 'delete') delete model[change.before.k];
      else model[change.after.k] = add(model[change.after.k] ?? start(), change.after);
    }
    return model;
  });
}
const BY_KEY: Sink[] = [
  {
    ...BY_ID[0]!,
    columns: 'k STRING, v STRING',
    key: 'k',
    select: 'k, v',
    check: equals((rows) => Object.fromEntries(rows.map(({ k, v }) => [k, v]))),
  },
  {
    ...COLLAPSED[0]!,
    check: accumulated(
      () => ({}),
      (fields, { f, v }) => ({ ...fields, [f]: v }),
    ),
  },
  {
    ...COLLAPSED[1]!,
    check: accumulated(
      () => [] as string[],
      (members, { f }) => [...new Set([...members, f])].sort(),
    ),
  },
  {
    ...COLLAPSED[2]!,
    check: accumulated(
      () => [] as string[],
      (elements, { f }) => [f, ...elements],
    ),
  },
  {
    ...COMPOSITE[2]!,
    name: 'SORTEDSET, PRIMARY KEY (k)',
    key: 'k',
    check: accumulated(
      () => ({}),
      (scores, { f, s }) => ({ ...scores, [f]: s }),
    ),
  },
];

interface Setting {
  readonly format: Format;
  /** Of the source table; null: none. */
  readonly sourceKey: 'id' | 'k' | null;
  readonly materialize: 'AUTO' | 'NONE';
  readonly sinks: readonly Sink[];
}

/** One statement set writes all sinks from one reading of the topic. */
async function run({ format, sourceKey, materialize, sinks }: Setting, changes: readonly TableChange[]) {
  const topic = await topicOf('cdc');
  await topic.produce(FORMATS[format](changes));
  const env = session({ 'table.exec.sink.upsert-materialize': materialize });
  const key = sourceKey === null ? '' : `, PRIMARY KEY (${sourceKey}) NOT ENFORCED`;
  await env.executeSql(
    `CREATE TABLE src (id STRING, k STRING, f STRING, v STRING, s DOUBLE, n INT${key}) ${topic.options({ ...WHOLE, format })}`,
  );
  const databases: Database[] = [];
  for (const [i, sink] of sinks.entries()) {
    const db = await database();
    databases.push(db);
    await env.executeSql(
      `CREATE TABLE snk${i} (${sink.columns}, PRIMARY KEY (${sink.key}) NOT ENFORCED) ${db.options(sink.options)}`,
    );
  }
  const inserts = sinks.map(({ select }, i) => `INSERT INTO snk${i} SELECT ${select} FROM src;`);
  await env.executeSql(`EXECUTE STATEMENT SET BEGIN ${inserts.join(' ')} END`);
  return Promise.all(databases.map((db) => db.content()));
}

async function check(setting: Setting, table: SourceTable) {
  // With a primary key declared, a key does not change under a row: readers of Canal's messages must be told so.
  const changes = setting.sourceKey === null ? table.changes : withoutKeyChanges(table.changes);
  const found = await run(setting, changes);
  setting.sinks.forEach((sink, i) => {
    try {
      sink.check(found[i]!, [...table.rows.values()], changes);
    } catch (cause) {
      throw new Error(`${sink.name}: ${(cause as Error).message}`, { cause });
    }
  });
}

const settings: Setting[] = (['debezium-json', 'canal-json'] as const).flatMap((format): Setting[] => [
  { format, sourceKey: null, materialize: 'AUTO', sinks: [...COMPOSITE, ...BY_ID, ...COLLAPSED] },
  { format, sourceKey: 'id', materialize: 'AUTO', sinks: [...COMPOSITE, ...BY_ID, ...COLLAPSED] },
  { format, sourceKey: null, materialize: 'NONE', sinks: [...COMPOSITE, ...BY_ID] },
]);

test.each(settings)(
  '$format, PRIMARY KEY ($sourceKey) in the source, upsert-materialize $materialize',
  (setting) =>
    withStreams(2, (tried) => check(setting, new SourceTable((row) => `${row.k} ${row.f}`).tryAll(tried))),
  60_000,
);

test.each(['debezium-json', 'canal-json'] as const)(
  '%s, the same key in source and sink',
  (format) =>
    withStreams(2, (tried) => {
      const table = new SourceTable((row) => row.k);
      for (const attempt of tried) if (attempt.action !== 'rename') table.try({ ...attempt, id: attempt.k });
      return check({ format, sourceKey: 'k', materialize: 'AUTO', sinks: BY_KEY }, table);
    }),
  60_000,
);
