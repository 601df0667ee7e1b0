// Tables and views in the catalog: columns, keys, LIKE, names, and what SHOW and DESCRIBE say of them.
import { beforeEach, describe, expect, test } from 'vitest';
import { type TestSession, testSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = testSession();
});

async function shown(sql: string): Promise<string> {
  const rows: unknown[] = [];
  for await (const { row } of (await session.env.executeSql(sql)).rows) rows.push(...row);
  return String(rows[0]);
}

async function names(sql: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { row } of (await session.env.executeSql(sql)).rows) rows.push(row[0]);
  return rows;
}

describe('LIKE', () => {
  const base = `CREATE TABLE base (id STRING, twice AS CONCAT(id, id), m STRING METADATA, ts TIMESTAMP(3),
      WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) COMMENT 'b' WITH ('connector'='x','k'='1')`;

  test('takes everything over, and lets options be replaced', async () => {
    await session.run(base, "CREATE TABLE t (v INT) WITH ('k'='2','l'='3') LIKE base");
    expect(await shown('SHOW CREATE TABLE t')).toBe(
      [
        'CREATE TABLE `default_catalog`.`default_database`.`t` (',
        '  `id` VARCHAR(2147483647) NOT NULL,',
        '  `twice` AS CONCAT(`id`, `id`),',
        '  `m` VARCHAR(2147483647) METADATA,',
        '  `ts` TIMESTAMP(3),',
        '  `v` INT,',
        '  WATERMARK FOR `ts` AS `ts`,',
        '  CONSTRAINT `PK_id` PRIMARY KEY (`id`) NOT ENFORCED',
        ") COMMENT 'b'",
        'WITH (',
        "  'connector' = 'x',",
        "  'k' = '2',",
        "  'l' = '3'",
        ')',
        '',
      ].join('\n'),
    );
  });

  test('EXCLUDING ALL leaves the physical columns', async () => {
    await session.run(base, "CREATE TABLE t WITH ('connector'='y') LIKE base (EXCLUDING ALL)");
    expect(await shown('SHOW CREATE TABLE t')).toBe(
      "CREATE TABLE `default_catalog`.`default_database`.`t` (\n  `id` VARCHAR(2147483647) NOT NULL,\n  `ts` TIMESTAMP(3)\n) COMMENT 'b'\nWITH (\n  'connector' = 'y'\n)\n",
    );
  });

  test.each([
    ['CREATE TABLE t (id INT) LIKE base', "A column named 'id' already exists in the base table."],
    ['CREATE TABLE t (twice AS 1) LIKE base', "A column named 'twice' already exists in the base table."],
    [
      "CREATE TABLE t WITH ('k'='2') LIKE base (INCLUDING OPTIONS)",
      "There already exists an option ['k' -> '1']  in the base table. You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.",
    ],
    [
      'CREATE TABLE t (v INT, PRIMARY KEY (v) NOT ENFORCED) LIKE base',
      'The base table already has a primary key. You might want to specify EXCLUDING CONSTRAINTS.',
    ],
    [
      'CREATE TABLE t (w TIMESTAMP(3), WATERMARK FOR w AS w) LIKE base',
      "There already exists a watermark spec for column 'ts' in the base table. You might want to specify EXCLUDING WATERMARKS or OVERWRITING WATERMARKS.",
    ],
    [
      'CREATE TABLE t LIKE nope',
      "Source table 'default_catalog.default_database.nope' of the LIKE clause not found in the catalog, at line 1, column 21",
    ],
  ])('%s', async (sql, message) => {
    await session.run(base);
    expect((await session.failure(sql))[0]).toBe(message);
  });

  test('OVERWRITING replaces generated columns', async () => {
    await session.run(base, 'CREATE TABLE t (twice AS UPPER(id)) LIKE base (OVERWRITING GENERATED)');
    expect(await shown('SHOW CREATE TABLE t')).toContain('`twice` AS UPPER(`id`)');
  });
});

describe('primary keys', () => {
  test.each([
    ['(a STRING PRIMARY KEY)', /^Flink doesn't support ENFORCED mode for PRIMARY KEY constraint\./],
    [
      '(a STRING, b AS a, PRIMARY KEY (b) NOT ENFORCED)',
      /A PRIMARY KEY constraint must be declared on physical columns\./,
    ],
    ['(a STRING, UNIQUE (a) NOT ENFORCED)', /^UNIQUE constraint is not supported yet$/],
  ])('%s', async (columns, message) => {
    expect((await session.failure(`CREATE TABLE t ${columns} WITH ('connector'='x')`))[0]).toMatch(message);
  });

  test('make their columns NOT NULL, and keep a given name', async () => {
    await session.run(
      "CREATE TABLE t (a STRING, b INT, CONSTRAINT ab PRIMARY KEY (a, b) NOT ENFORCED) WITH ('connector'='x')",
    );
    expect(await shown('SHOW CREATE TABLE t')).toContain(
      'CONSTRAINT `ab` PRIMARY KEY (`a`, `b`) NOT ENFORCED',
    );
    const rows: unknown[][] = [];
    for await (const { row } of (await session.env.executeSql('DESCRIBE t')).rows) rows.push([...row]);
    expect(rows.map((r) => r.slice(0, 4))).toEqual([
      ['a', 'STRING', false, 'PRI(a, b)'],
      ['b', 'INT', false, 'PRI(a, b)'],
    ]);
  });
});

test('secrets are not shown', async () => {
  await session.run("CREATE TABLE t (a STRING) WITH ('connector'='nope','password'='hush')");
  expect(await shown('SHOW CREATE TABLE t')).toContain("'password' = '******'");
  expect((await session.failure('SELECT * FROM t')).join('\n')).not.toContain('hush');
});

test('options are read only when a query uses the table', async () => {
  await session.run("CREATE TABLE t (a STRING) WITH ('connector'='nope')", 'DROP TABLE t');
});

describe('views', () => {
  test('mean the same after USE', async () => {
    await session.run(
      'CREATE DATABASE other',
      "CREATE TABLE t (a STRING) WITH ('connector'='labsource','data'='+I,x')",
      'CREATE VIEW v (b) AS WITH c AS (SELECT a FROM t) SELECT a FROM c',
      'USE other',
    );
    expect(await session.query('SELECT b FROM default_database.v')).toEqual(['+I[x]']);
  });

  test('are checked when they are made', async () => {
    expect(await session.failure('CREATE VIEW v AS SELECT a FROM nope')).toEqual([
      "SQL validation failed. From line 1, column 32 to line 1, column 35: Object 'nope' not found",
    ]);
    expect((await session.failure('CREATE VIEW v (a, b) AS SELECT 1'))[0]).toMatch(
      /^VIEW definition and input fields not match:/,
    );
  });

  test('cannot be defined by themselves', async () => {
    await session.run(
      'CREATE VIEW v AS SELECT 1 AS a',
      'CREATE VIEW w AS SELECT a FROM v',
      'CREATE OR REPLACE VIEW v AS SELECT a FROM w',
    );
    expect((await session.failure('SELECT * FROM v'))[0]).toMatch(/is defined by itself/);
  });
});

describe('names', () => {
  test('temporary objects come before permanent ones, and are dropped first', async () => {
    await session.run(
      "CREATE TABLE t (a STRING) WITH ('connector'='labsource','data'='+I,permanent')",
      "CREATE TEMPORARY TABLE t (a STRING) WITH ('connector'='labsource','data'='+I,temporary')",
    );
    expect(await session.query('SELECT * FROM t')).toEqual(['+I[temporary]']);
    expect((await session.failure('DROP TABLE t'))[0]).toMatch(
      /Drop it first before removing the permanent table\.$/,
    );
    await session.run('DROP TEMPORARY TABLE t');
    expect(await session.query('SELECT * FROM t')).toEqual(['+I[permanent]']);
  });

  test('catalogs and databases', async () => {
    await session.run(
      'CREATE CATALOG c',
      'USE CATALOG c',
      'CREATE DATABASE d',
      'USE d',
      "CREATE TABLE t (a INT) WITH ('connector'='x')",
    );
    expect(await names('SHOW CATALOGS')).toEqual(['c', 'default_catalog']);
    expect(await names('SHOW DATABASES')).toEqual(['d', 'default_database']);
    expect(await names('SHOW CURRENT DATABASE')).toEqual(['d']);
    expect(await names('SHOW TABLES FROM c.d')).toEqual(['t']);
    expect((await session.failure('USE nope'))[0]).toBe(
      'A database with name [nope] does not exist in the catalog: [c].',
    );
    expect((await session.failure('DROP DATABASE d'))[0]).toBe(
      'Cannot drop a database which is currently in use.',
    );
    await session.run('USE default_database');
    expect((await session.failure('DROP DATABASE d'))[0]).toBe('Database d in Catalog c is not empty.');
    await session.run('DROP DATABASE d CASCADE');
  });

  test('SHOW … LIKE', async () => {
    await session.run(
      "CREATE TABLE ab (a INT) WITH ('connector'='x')",
      "CREATE TABLE cd (a INT) WITH ('connector'='x')",
      'CREATE VIEW av AS SELECT 1 AS x',
    );
    expect(await names("SHOW TABLES LIKE 'a%'")).toEqual(['ab', 'av']);
    expect(await names("SHOW TABLES NOT LIKE 'a_'")).toEqual(['cd']);
    expect(await names('SHOW VIEWS')).toEqual(['av']);
  });
});

test('the copy that `check` works on leaves the session alone', async () => {
  await session.run("CREATE TABLE t (a STRING) WITH ('connector'='labsource')");
  expect(
    await session.env.check(
      "CREATE TABLE u (a INT) WITH ('connector'='labsink'); SET 'x' = '1'; DROP TABLE t",
    ),
  ).toEqual([]);
  expect(await names('SHOW TABLES')).toEqual(['t']);
  expect(session.env.config('x')).toBeUndefined();
});
