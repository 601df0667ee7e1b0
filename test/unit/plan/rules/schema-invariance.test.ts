// Law: no rule changes the schema of a plan: as many columns, of the same types, in the same order.
import { expect, test } from 'vitest';
import { bindRootQuery } from '../../../../src/plan/bind/query.ts';
import { CatalogManager } from '../../../../src/plan/catalog/catalog.ts';
import { resolveTable } from '../../../../src/plan/catalog/create-table.ts';
import { plainType } from '../../../../src/plan/catalog/table.ts';
import { foldConstants } from '../../../../src/plan/fold.ts';
import { builtInFunctions } from '../../../../src/plan/functions/catalog.ts';
import type { Rel } from '../../../../src/plan/logical.ts';
import { relInputs } from '../../../../src/plan/logical.ts';
import { mapExpressions, mergeCalcs, toCalcs } from '../../../../src/plan/rules/calc.ts';
import { toLookupJoins } from '../../../../src/plan/rules/lookup-join.ts';
import { pruneColumns } from '../../../../src/plan/rules/prune.ts';
import { pushFilters } from '../../../../src/plan/rules/push-filters.ts';
import { toRanks } from '../../../../src/plan/rules/rank.ts';
import { mergeValues } from '../../../../src/plan/rules/values.ts';
import type { CreateTable, QueryStatement } from '../../../../src/sql/ast.ts';
import { parseStatement } from '../../../../src/sql/parser.ts';
import { type LogicalType, typeToString, withNullable } from '../../../../src/types/logical-type.ts';

const TABLES = [
  `CREATE TABLE s (id INT, k STRING NOT NULL, r ROW<x INT, y STRING>, m STRING METADATA FROM 'origin', twice AS id * 2,
     pt AS PROCTIME(), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector'='x')`,
  `CREATE TABLE d (k STRING, v STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='x')`,
  `CREATE TABLE e (k STRING, v STRING, up AS UPPER(v), PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='x')`,
];

const QUERIES = [
  'SELECT * FROM s',
  'SELECT 1',
  'SELECT k FROM s WHERE id > 1 AND k LIKE m',
  'SELECT twice + 1 AS t, r.y FROM s WHERE twice = 4',
  "SELECT id FROM (SELECT id, UPPER(k) AS u FROM s) WHERE u = 'A'",
  'SELECT u, u FROM (SELECT UUID() AS u FROM s) WHERE u IS NOT NULL',
  'SELECT s.id, d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ON s.k = d.k',
  'SELECT s.*, d.* FROM s LEFT JOIN d FOR SYSTEM_TIME AS OF s.pt ON UPPER(s.k) = d.k AND d.n > s.id WHERE s.id < 3',
  "SELECT d.v, s.ts FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt ON d.k = 'a' AND s.id = d.n AND s.m = 'x' WHERE d.v = 'z'",
  'SELECT a.v, b.up FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt AS a ON s.k = a.k JOIN e FOR SYSTEM_TIME AS OF s.pt AS b ON CONCAT(a.v, s.m) = b.k AND b.up = s.k',
  'SELECT * FROM s JOIN d FOR SYSTEM_TIME AS OF s.pt USING (k) WHERE n = 1',
  'SELECT k, v FROM d UNION ALL SELECT k, m FROM s WHERE id = 1',
  "SELECT k FROM (SELECT k, v FROM d UNION ALL SELECT k, up FROM e) WHERE v = '1'",
  'SELECT DISTINCT k FROM s',
  'SELECT k, COUNT(*), SUM(id) AS total FROM s GROUP BY k HAVING MAX(id) > 3',
  'SELECT total FROM (SELECT k, COUNT(*) AS c, SUM(id) AS total FROM s GROUP BY k)',
  'SELECT COUNT(*) FROM s WHERE FALSE',
  'SELECT id FROM s LIMIT 3',
  "SELECT x FROM (VALUES (1, 'a'), (CAST(NULL AS INT), 'b')) AS t(x, y)",
  'SELECT rn, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY UPPER(k) ORDER BY id DESC) AS rn FROM s) WHERE rn <= 3 AND k = m',
  'SELECT k, rn FROM (SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt) AS rn FROM s) WHERE rn = 1',
  'SELECT k FROM s INTERSECT SELECT k FROM d',
  'SELECT id + 1 + 2 AS n, CASE WHEN TRUE THEN k END AS c FROM s',
];

const catalog = new CatalogManager();
for (const sql of TABLES) {
  catalog.create(resolveTable(parseStatement(sql) as CreateTable, catalog, builtInFunctions), false);
}

const RULES: readonly [name: string, rule: (rel: Rel) => Rel][] = [
  ['toCalcs', toCalcs],
  ['mergeCalcs', mergeCalcs],
  [
    'foldConstants',
    (rel) =>
      mapExpressions(rel, (rex) => foldConstants(rex, { timeZone: 'UTC', now: () => 0, queryStart: 0 })),
  ],
  ['mergeValues', mergeValues],
  ['pushFilters', pushFilters],
  ['mergeCalcs again', mergeCalcs],
  ['toRanks', toRanks],
  ['mergeCalcs over ranks', mergeCalcs],
  [
    'toLookupJoins',
    (rel) =>
      toLookupJoins(rel, () => ({
        kind: 'lookup',
        resolveKeys: (keys) => keys.slice(0, 1),
        async: false,
        explain: [],
        warnings: [],
        createLookup() {
          throw new Error('Nothing runs here.');
        },
      })),
  ],
  ['mergeCalcs once more', mergeCalcs],
  ['pruneColumns', pruneColumns],
  ['mergeCalcs at last', mergeCalcs],
];

/** Without time attributes: they are the binder's, nothing behind it reads them. */
const text = (type: LogicalType) => typeToString(plainType(type));
const typesOf = (rel: Rel) => rel.schema.fields.map((f) => text(f.type));

/** Projections have the types that their schema names, column references those of the column they read. */
function checkTypes(rel: Rel): void {
  for (const input of relInputs(rel)) checkTypes(input);
  if (rel.kind !== 'calc' && rel.kind !== 'project') return;
  expect(rel.projections.map((p) => text(p.type))).toEqual(typesOf(rel));
  // A folded CASE may be nullable where the column it comes down to is not.
  const base = (type: LogicalType) => text(withNullable(type, true));
  for (const p of rel.projections) {
    if (p.kind === 'input') expect(base(p.type)).toBe(base(rel.input.schema.fields[p.index]!.type));
  }
}

test.each(QUERIES)('%s', (sql) => {
  const { query } = parseStatement(sql) as QueryStatement;
  let rel = bindRootQuery(query, { catalog, functions: builtInFunctions });
  const types = typesOf(rel);
  for (const [name, rule] of RULES) {
    rel = rule(rel);
    expect(typesOf(rel), name).toEqual(types);
    checkTypes(rel);
  }
});
