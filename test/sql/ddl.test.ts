// SHOW, DESCRIBE and DDL, against Flink's own answers.
import { expect, test } from 'vitest';
import { type OracleCase, oracleCases, runCase, sentence } from '../support/oracle.ts';

/** Where Drey answers otherwise, and why. */
const WAIVED: Readonly<Record<string, string>> = {
  'ddl-021': 'the functions of Drey, by their SQL names',
  'ddl-012': 'the list of what the parser expects is its own',
};

/** Flink prints options in the order of a Java hash map, Drey in the order of the statement. */
function sortOptions(text: string | null): string | null {
  return (
    text?.replace(/WITH \(\n([\s\S]*?)\n\)\n/, (_, options: string) => {
      const lines = options.split('\n').map((line) => line.replace(/,$/, ''));
      return `WITH (\n${lines.sort().join(',\n')}\n)\n`;
    }) ?? null
  );
}

test.each(oracleCases('ddl').map((c) => [`${c.id} ${c.sql.slice(0, 60)}`, c] as const))(
  '%s',
  async (_, c) => {
    const actual = await runCase(c);
    if (c.id in WAIVED) return checkWaived(c, actual);
    if (c.result.error !== undefined) {
      expect(actual.error).toEqual(c.result.error.map(sentence));
      return;
    }
    expect(actual.error).toBeNull();
    if (c.result.rows?.[0]?.[1] === 'OK') return;
    expect(actual.columns).toEqual(c.result.columns);
    expect(actual.rows.map((r) => r.map(sortOptions))).toEqual(c.result.rows!.map((r) => r.map(sortOptions)));
  },
);

function checkWaived(c: OracleCase, actual: Awaited<ReturnType<typeof runCase>>): void {
  if (c.id === 'ddl-012') {
    expect(actual.error?.[0]).toMatch(/^SQL parse failed\./);
    return;
  }
  expect(actual.columns).toEqual(c.result.columns);
  expect(actual.rows.length).toBeGreaterThan(100);
}
