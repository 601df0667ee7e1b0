// Row kinds that come out of queries.
import { expect, test } from 'vitest';
import { type OracleCase, oracleCases, runCase, sentence } from '../support/oracle.ts';

test.each(oracleCases('changelog').map((c) => [`${c.id} ${c.sql.slice(0, 50)}`, c] as const))(
  '%s',
  async (_, c) => {
    const actual = await runCase(c);
    if (c.result.error !== undefined) {
      expect(actual.error?.at(-1)).toBe(sentence(c.result.error.at(-1)!));
      return;
    }
    expect(actual.error).toBeNull();
    expect(actual.columns).toEqual(c.result.columns);
    expect(resultsOf(c).map((r) => r.rows)).toContainEqual(actual.rows);
  },
);

/** Where Flink gave several results (by order of arrival), any of them. */
function resultsOf(c: OracleCase) {
  return [c.result, ...(c.other_results ?? [])];
}
