// A catalog goes to another thread as data, and is the same there.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resolveView } from '../../../src/plan/bind/view.ts';
import { CatalogManager } from '../../../src/plan/catalog/catalog.ts';
import { resolveTable } from '../../../src/plan/catalog/create-table.ts';
import { packCatalog, unpackCatalog } from '../../../src/plan/catalog/transfer.ts';
import { builtInFunctions, FunctionCatalog } from '../../../src/plan/functions/catalog.ts';
import { parseStatement } from '../../../src/sql/parser.ts';
import { DreyError } from '../../../src/types/errors.ts';

const STATEMENTS = path.resolve(import.meta.dirname, '../../data/sql/flink-statements.jsonl');
const functions = new FunctionCatalog(builtInFunctions);

const OWN = [
  `CREATE TABLE t (id BIGINT NOT NULL, ts TIMESTAMP(3), topic STRING METADATA VIRTUAL, sent TIMESTAMP(3) METADATA FROM 'timestamp', pt AS PROCTIME(),
     born AS CAST(ts AS DATE), d AS id * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (id) NOT ENFORCED)
     WITH ('connector' = 'x', 'password' = 'p')`,
  `CREATE TABLE late (s STRING, ts AS TO_TIMESTAMP(s), WATERMARK FOR ts AS ts) WITH ('connector' = 'x')`,
  "CREATE TEMPORARY TABLE tmp (u AS UPPER(v), v STRING COMMENT 'c') COMMENT 'kept' WITH ('connector' = 'x')",
  'CREATE VIEW v AS SELECT id, d FROM t WHERE d > 3',
];

/** Everything that can be created of what Flink's own tests have, and of ours. */
function filled(): CatalogManager {
  const catalog = new CatalogManager();
  catalog.createCatalog('other', false);
  catalog.createDatabase(['other', 'db'], 'a comment', false);
  const lines = readFileSync(STATEMENTS, 'utf8').trim().split('\n');
  for (const sql of [...OWN, ...lines.map((line) => (JSON.parse(line) as { sql: string }).sql)]) {
    if (!/^\s*CREATE\s/i.test(sql)) continue;
    try {
      const statement = parseStatement(sql);
      if (statement.kind === 'createTable')
        catalog.create(resolveTable(statement, catalog, functions), true, true);
      else if (statement.kind === 'createView') {
        catalog.create(resolveView(statement, { catalog, functions }), true, true);
      }
    } catch (error) {
      // What is wrong on its own is not there.
      if (!(error instanceof DreyError) || OWN.includes(sql)) throw error;
    }
  }
  catalog.useDatabase(['other', 'db']);
  return catalog;
}

test('every table and view is there, its expressions bound as before', () => {
  const catalog = filled();
  expect(catalog.list('default_catalog', 'default_database').length).toBeGreaterThan(OWN.length);
  const arrived = unpackCatalog(structuredClone(packCatalog(catalog)), functions);
  expect(arrived.data()).toEqual(catalog.data());
  expect([arrived.currentCatalog, arrived.currentDatabase]).toEqual(['other', 'db']);
});
