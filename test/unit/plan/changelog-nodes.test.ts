// Where the planner puts ChangelogNormalize, DropUpdateBefore and SinkUpsertMaterializer, and what reaches the sink then.
import { beforeEach, describe, expect, test } from 'vitest';
import { type TestSession, testSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = testSession();
});

const CDC = "'+I,a,1;-U,a,1;+U,a,2;-D,a,2'";

async function tables(source: string, sink: string): Promise<void> {
  await session.run(`CREATE TABLE src ${source}`, `CREATE TABLE snk ${sink}`);
}

describe('a changelog into a sink of the same key', () => {
  const columns = '(k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED)';

  test('an upsert sink gets no -U', async () => {
    await tables(
      `${columns} WITH ('connector'='labsource','changelog'='all','data'=${CDC})`,
      `${columns} WITH ('connector'='labsink','changelog'='upsert')`,
    );
    expect(await session.plan('INSERT INTO snk SELECT * FROM src')).toEqual([
      'Sink(table=[default_catalog.default_database.snk], fields=[k, v])',
      '+- DropUpdateBefore',
      '   +- TableSourceScan(table=[[default_catalog, default_database, src]], fields=[k, v])',
    ]);
    await session.run('INSERT INTO snk SELECT * FROM src');
    expect(session.printed()).toEqual(['SINK +I +I[a, 1]', 'SINK +U +U[a, 2]', 'SINK -D -D[a, 2]']);
  });

  test('a sink that takes everything gets everything', async () => {
    await tables(
      `${columns} WITH ('connector'='labsource','changelog'='all','data'=${CDC})`,
      `${columns} WITH ('connector'='labsink','changelog'='all')`,
    );
    await session.run('INSERT INTO snk SELECT * FROM src');
    expect(session.printed()).toEqual([
      'SINK +I +I[a, 1]',
      'SINK -U -U[a, 1]',
      'SINK +U +U[a, 2]',
      'SINK -D -D[a, 2]',
    ]);
  });

  test('an insert-only sink is refused', async () => {
    await tables(
      `${columns} WITH ('connector'='labsource','changelog'='all')`,
      `${columns} WITH ('connector'='labsink','changelog'='insert')`,
    );
    expect(await session.failure('INSERT INTO snk SELECT k, v FROM src WHERE v IS NOT NULL')).toEqual([
      "Table sink 'default_catalog.default_database.snk' doesn't support consuming update and delete changes which is produced by node TableSourceScan(table=[[default_catalog, default_database, src]], fields=[k, v])",
    ]);
  });

  test('a filter on another column keeps the -U', async () => {
    await tables(
      `${columns} WITH ('connector'='labsource','changelog'='all','data'=${CDC})`,
      `${columns} WITH ('connector'='labsink','changelog'='upsert')`,
    );
    await session.run("INSERT INTO snk SELECT * FROM src WHERE v = '1'");
    expect(session.printed()).toEqual(['SINK +I +I[a, 1]', 'SINK -U -U[a, 1]']);
    await session.run("INSERT INTO snk SELECT * FROM src WHERE k = 'a'");
    expect(session.printed()).toEqual(['SINK +I +I[a, 1]', 'SINK +U +U[a, 2]', 'SINK -D -D[a, 2]']);
  });
});

describe('an upsert source', () => {
  const columns = '(k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED)';

  test('is normalized by its key, also where the key is not read', async () => {
    await tables(
      `${columns} WITH ('connector'='labsource','changelog'='upsert','data'='+U,a,1;+U,a,2;+U,b,2;-D,a,~')`,
      "(v STRING) WITH ('connector'='labsink')",
    );
    expect(await session.plan('INSERT INTO snk SELECT v FROM src')).toEqual([
      'Sink(table=[default_catalog.default_database.snk], fields=[v])',
      '+- Calc(select=[v])',
      '   +- ChangelogNormalize(key=[k])',
      '      +- TableSourceScan(table=[[default_catalog, default_database, src]], fields=[k, v])',
    ]);
    expect(await session.query('SELECT k, v FROM src')).toEqual([
      '+I[a, 1]',
      '-U[a, 1]',
      '+U[a, 2]',
      '+I[b, 2]',
      '-D[a, 2]',
    ]);
  });

  test('needs a primary key', async () => {
    await tables(
      "(k STRING) WITH ('connector'='labsource','changelog'='upsert')",
      "(k STRING) WITH ('connector'='labsink')",
    );
    expect(await session.failure('INSERT INTO snk SELECT * FROM src')).toEqual([
      "Table 'default_catalog.default_database.src' produces a changelog stream contains UPDATE_AFTER, no UPDATE_BEFORE. This requires to define primary key constraint on the table.",
    ]);
  });
});

test('events that may come twice are put in order by key', async () => {
  await session.run(
    "SET 'table.exec.source.cdc-events-duplicate' = 'true'",
    "CREATE TABLE src (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all','data'='+I,a,1;+I,a,1;-U,a,1;+U,a,2;-U,a,1;+U,a,2')",
    "CREATE TABLE nokey (k STRING) WITH ('connector'='labsource','changelog'='all')",
  );
  expect(await session.query('SELECT * FROM src')).toEqual(['+I[a, 1]', '-U[a, 1]', '+U[a, 2]']);
  expect((await session.failure('SELECT * FROM nokey'))[0]).toBe(
    "Configuration 'table.exec.source.cdc-events-duplicate' is enabled which requires the changelog sources to define a PRIMARY KEY. However, table 'default_catalog.default_database.nokey' doesn't have a primary key.",
  );
});

describe('an update that changes the key of the sink', () => {
  const source =
    "(id STRING, k STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all','data'='+I,1,a,x;-U,1,a,x;+U,1,b,x;-D,1,b,x')";
  const insert = 'INSERT INTO snk SELECT k, v FROM src';

  test.each(['upsert', 'all'])('AUTO materializes (%s)', async (mode) => {
    await tables(
      source,
      `(k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsink','changelog'='${mode}')`,
    );
    expect((await session.plan(insert))[0]).toBe(
      'Sink(table=[default_catalog.default_database.snk], fields=[k, v], upsertMaterialize=[true])',
    );
    await session.run(insert);
    expect(session.printed()).toEqual([
      'SINK +I +I[a, x]',
      'SINK -D -D[a, x]',
      'SINK +I +I[b, x]',
      'SINK -D -D[b, x]',
    ]);
  });

  test('NONE hands over what comes', async () => {
    await tables(
      source,
      "(k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
    );
    await session.run("SET 'table.exec.sink.upsert-materialize' = 'NONE'", insert);
    expect(session.printed()).toEqual([
      'SINK +I +I[a, x]',
      'SINK -U -U[a, x]',
      'SINK +U +U[b, x]',
      'SINK -D -D[b, x]',
    ]);
  });
});

describe('several rows for one key of the sink', () => {
  const source =
    "(o STRING, p STRING, v STRING, PRIMARY KEY (o, p) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all','data'='+I,o1,p1,1;+I,o1,p2,2;-U,o1,p1,1;+U,o1,p1,9;-D,o1,p2,2;-D,o1,p1,9')";

  test('PRIMARY KEY (k) is materialized', async () => {
    await tables(
      source,
      "(k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
    );
    await session.run('INSERT INTO snk SELECT * FROM src');
    expect(session.printed()).toEqual([
      'SINK +I +I[o1, p1, 1]',
      'SINK +U +U[o1, p2, 2]',
      'SINK +U +U[o1, p1, 9]',
      'SINK -D -D[o1, p1, 9]',
    ]);
  });

  test("PRIMARY KEY (k, f) is the changelog's own", async () => {
    await tables(
      source,
      "(k STRING, f STRING, v STRING, PRIMARY KEY (k, f) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
    );
    await session.run('INSERT INTO snk SELECT * FROM src');
    expect(session.printed()).toEqual([
      'SINK +I +I[o1, p1, 1]',
      'SINK +I +I[o1, p2, 2]',
      'SINK +U +U[o1, p1, 9]',
      'SINK -D -D[o1, p2, 2]',
      'SINK -D -D[o1, p1, 9]',
    ]);
  });
});

test('a lookup join keeps the key of the stream only when it asks by the key of the table', async () => {
  await session.run(
    "CREATE TABLE src (k STRING, v STRING, pt AS PROCTIME(), PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsource','changelog'='all')",
    "CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labdim','data'='a=1')",
    "CREATE TABLE snk (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='labsink','changelog'='upsert')",
  );
  const insert = (on: string) =>
    `INSERT INTO snk SELECT src.k, d.v FROM src JOIN d FOR SYSTEM_TIME AS OF src.pt ON ${on}`;
  expect((await session.plan(insert('src.v = d.k')))[0]).not.toContain('upsertMaterialize');
  expect((await session.plan(insert('src.v = d.v')))[0]).toContain('upsertMaterialize=[true]');
});
