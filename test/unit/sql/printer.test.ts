import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression, Query, Statement } from '../../../src/sql/ast.ts';
import { parseExpression, parseStatement, parseStatements, parseType } from '../../../src/sql/parser.ts';
import { printExpression, printQuery, printStatement, printType } from '../../../src/sql/printer.ts';
import * as arbitrary from './arbitraries.ts';
import { withoutSpans } from './support.ts';

const RUNS = { numRuns: Number(process.env.DREY_FC_RUNS ?? 300) };

describe('printing and parsing give the same tree', () => {
  test('types', () => {
    fc.assert(
      fc.property(arbitrary.type, (type) => {
        expect(parseType(printType(type)).type).toEqual(type);
      }),
      RUNS,
    );
  });

  test('expressions', () => {
    fc.assert(
      fc.property(arbitrary.expression, (tree) => {
        const text = printExpression(tree as unknown as Expression);
        expect(withoutSpans(parseExpression(text)), text).toEqual(tree);
      }),
      RUNS,
    );
  });

  test('queries', () => {
    fc.assert(
      fc.property(arbitrary.query, (tree) => {
        const text = printQuery(tree as unknown as Query);
        const { statements, errors } = parseStatements(text);
        expect(errors, text).toEqual([]);
        expect(withoutSpans(statements), text).toEqual([{ kind: 'queryStatement', query: tree }]);
      }),
      RUNS,
    );
  });

  test('statements', () => {
    fc.assert(
      fc.property(arbitrary.statement, (tree) => {
        const text = printStatement(tree as unknown as Statement);
        expect(withoutSpans(parseStatement(text)), text).toEqual(tree);
      }),
      RUNS,
    );
  });
});

describe('text as Flink expands it', () => {
  test.each([
    ["ts - INTERVAL '5' SECOND", "`ts` - INTERVAL '5' SECOND"],
    ['UPPER(id)', 'UPPER(`id`)'],
    ['PROCTIME()', 'PROCTIME()'],
    ['a.b + 1 * (2 + c)', '`a`.`b` + 1 * (2 + `c`)'],
    ['(a = 1) AND (b IS NULL OR c)', '`a` = 1 AND (`b` IS NULL OR `c`)'],
    ["CASE WHEN a > 1 THEN 'x' ELSE 'y' END", "CASE WHEN `a` > 1 THEN 'x' ELSE 'y' END"],
    ['cast(a as varchar)', 'CAST(`a` AS STRING)'],
    ['- -1', '-(-1)'],
    ['extract(year from d)', 'extract(YEAR FROM `d`)'],
    ['trim(a)', "trim(BOTH ' ' FROM `a`)"],
    ['count(distinct *)', 'count(DISTINCT *)'],
  ])('%s', (sql, printed) => {
    expect(printExpression(parseExpression(sql))).toBe(printed);
  });

  test('a view definition has a clause a line', () => {
    const sql = `select t1.user_id, t2.* from s as t1 left join d for system_time as of t1.pt as t2
      on t1.k = t2.k where t1.x > 3 group by t1.user_id order by 1 desc limit 5`;
    const statement = parseStatement(sql);
    expect(printStatement(statement)).toBe(
      [
        'SELECT `t1`.`user_id`, `t2`.*',
        'FROM `s` AS `t1`',
        'LEFT JOIN `d` FOR SYSTEM_TIME AS OF `t1`.`pt` AS `t2` ON `t1`.`k` = `t2`.`k`',
        'WHERE `t1`.`x` > 3',
        'GROUP BY `t1`.`user_id`',
        'ORDER BY 1 DESC',
        'FETCH NEXT 5 ROWS ONLY',
      ].join('\n'),
    );
  });
});
