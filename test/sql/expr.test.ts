// Expressions over literals, and the same over the columns of a row, against Flink's own results.
import { describe, expect, test } from 'vitest';
import { jsonFormat } from '../../src/formats/json/format.ts';
import { parseStatement } from '../../src/sql/parser.ts';
import { errorChain } from '../../src/types/errors.ts';
import type { Row } from '../../src/types/row.ts';
import type { Field } from '../../src/types/schema.ts';
import { contextOf, type Evaluated, evaluateAst, selectItems } from '../support/expressions.ts';
import { decodeAll, decoderOf } from '../support/formats.ts';
import { type OracleCase, oracleCases, sentence } from '../support/oracle.ts';

/** Where Drey answers otherwise, and why; columns decide where Flink's folding of literals differs from its run time. */
const WAIVED: Readonly<Record<string, string>> = {
  'expr-202': 'Flink drops the cast of the literal; over columns a FLOAT 0.1 is not the DOUBLE 0.1',
  'expr-261': 'Flink drops the cast of the literal; over columns it is 0.10000000149011612',
  'expr-382': 'Flink reads past the literal array; over columns an index behind the end gives NULL',
};

function timeZoneOf(c: OracleCase): string {
  return c.config?.['table.local-time-zone'] ?? 'UTC';
}

function evaluateCase(c: OracleCase, fields: readonly Field[], row: Row): (Evaluated & { name: string })[] {
  const context = contextOf(timeZoneOf(c));
  return selectItems(c.sql).map((item) => ({
    name: item.name,
    ...evaluateAst(item.expression, fields, row, context),
  }));
}

function check(c: OracleCase, fields: readonly Field[], row: Row): void {
  const { result } = c;
  if (result.error !== undefined || result.rows!.length === 0) {
    // A case without rows is one whose job failed.
    let messages: string[] = [];
    try {
      evaluateCase(c, fields, row);
    } catch (error) {
      messages = errorChain(error);
    }
    expect(messages).not.toEqual([]);
    if (result.error !== undefined) expect(messages[0]).toBe(sentence(result.error.at(-1)!));
    return;
  }
  const items = evaluateCase(c, fields, row);
  expect(items.map((i) => `${i.name} ${i.type}`)).toEqual(result.columns);
  if (c.id in WAIVED) {
    expect(items.map((i) => i.shown)).not.toEqual(result.rows![0]!.slice(1));
    return;
  }
  expect(items.map((i) => i.shown)).toEqual(result.rows![0]!.slice(1));
}

const named = (group: string) => oracleCases(group).map((c) => [`${c.id} ${c.sql}`, c] as const);

describe('over literals', () => {
  test.each(named('expr'))('%s', (_, c) => check(c, [], []));
});

describe('over columns', () => {
  const [first] = oracleCases('exprcol') as [OracleCase & { messages: [null, string][] }];
  const table = parseStatement(first.setup![0]!);
  if (table.kind !== 'createTable') throw new Error('The setup creates no table.');
  const fields = table.columns.flatMap((c) =>
    c.kind === 'physicalColumn' ? [{ name: c.name.value, type: c.type.type }] : [],
  );
  const [decoded] = decodeAll(decoderOf(jsonFormat, fields), [first.messages[0]![1]]) as [unknown[]];
  test.each(named('exprcol'))('%s', (_, c) => check(c, fields, decoded.slice(1)));
});
