// Expressions in EXPLAIN.
import { expect, test } from 'vitest';
import { bindExpression } from '../../../../src/plan/expression-binder.ts';
import { foldConstants } from '../../../../src/plan/fold.ts';
import { printRex } from '../../../../src/plan/print-rex.ts';
import { parseExpression } from '../../../../src/sql/parser.ts';
import { BIGINT, INT, STRING } from '../../../../src/types/logical-type.ts';
import { contextOf, scopeOf } from '../../../support/expressions.ts';

const fields = [
  { name: 'a', type: INT },
  { name: 'b', type: BIGINT },
  { name: 's', type: STRING },
  { name: 'r', type: { root: 'ROW', fields: [{ name: 'x', type: INT }], nullable: true } as const },
];

test.each<[string, string, string]>([
  ['a + 1', '(a + 1)', '+($0, 1)'],
  ["s = 'x'", "(s = 'x')", "=($2, _UTF-16LE'x')"],
  ["UPPER(s) = 'x' AND a > 1", "((UPPER(s) = 'x') AND (a > 1))", "AND(=(UPPER($2), _UTF-16LE'x'), >($0, 1))"],
  ['CAST(a AS BIGINT)', 'CAST(a AS BIGINT)', 'CAST($0):BIGINT'],
  [
    'CAST(a AS STRING)',
    'CAST(a AS VARCHAR(2147483647))',
    'CAST($0):VARCHAR(2147483647) CHARACTER SET "UTF-16LE"',
  ],
  ["CAST('x' AS STRING)", "'x'", `_UTF-16LE'x':VARCHAR(2147483647) CHARACTER SET "UTF-16LE"`],
  ['CAST(NULL AS STRING)', 'null:VARCHAR(2147483647)', 'null:VARCHAR(2147483647) CHARACTER SET "UTF-16LE"'],
  ['s IS NOT NULL', 's IS NOT NULL', 'IS NOT NULL($2)'],
  ["s || 'x'", "||(s, 'x')", "||($2, _UTF-16LE'x')"],
  ["s LIKE 'x%'", "LIKE(s, 'x%')", "LIKE($2, _UTF-16LE'x%')"],
  ['b > CAST(5 AS BIGINT)', '(b > 5L)', '>($1, 5L)'],
  ['r.x', 'r.x', '$3.x'],
  ['PROCTIME()', 'PROCTIME()', 'PROCTIME()'],
  ['CASE WHEN a = 1 THEN 2 ELSE 3 END', 'CASE((a = 1), 2, 3)', 'CASE(=($0, 1), 2, 3)'],
  ["DATE '2024-01-02'", '2024-01-02', '2024-01-02'],
])('%s', (text, explain, digest) => {
  const rex = foldConstants(bindExpression(parseExpression(text), scopeOf(fields)), contextOf());
  const names = fields.map((f) => f.name);
  expect(printRex(rex, names)).toBe(explain);
  expect(printRex(rex, names, 'digest')).toBe(digest);
});
