// Lookup joins: what comes out, and which keys the dimension table is asked for.
import { expect, test } from 'vitest';
import { oracleCases, runCase, sentence } from '../support/oracle.ts';

/** Where Drey says it otherwise, and why. */
const WAIVED: Readonly<Record<string, RegExp>> = {
  // Drey has no regular joins; Flink fails to plan the scan below its join.
  'lookup-023': /^A regular join of two streams is not supported\.$/,
  // The rest of Flink's message is a dump of its planner.
  'lookup-024':
    /^Cannot generate a valid execution plan for the given query: [\s\S]*This exception indicates that the query uses an unsupported SQL feature\.\nPlease check the documentation for the set of currently supported SQL features\.$/,
};

/** The clock's time in a row. */
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

test.each(oracleCases('lookup').map((c) => [`${c.id} ${c.name}`, c] as const))('%s', async (_, c) => {
  const actual = await runCase(c);
  const waived = WAIVED[c.id];
  if (waived !== undefined) {
    expect(actual.error?.[0]).toMatch(waived);
    return;
  }
  if (c.result.error !== undefined) {
    expect(actual.error?.[0]).toBe(sentence(c.result.error[0]!));
    return;
  }
  expect(actual.error).toBeNull();
  expect(actual.columns).toEqual(c.result.columns);
  const withoutTimes = (rows: readonly (readonly (string | null)[])[]) =>
    rows.map((row) => row.map((v) => (v !== null && TIME.test(v) ? '<time>' : v)));
  expect(withoutTimes(actual.rows)).toEqual(withoutTimes(c.result.rows!));
  // A batch of keys is asked for at once, so the order of chained lookups is another; the keys are the same.
  const asked = (lines: readonly string[]) => lines.filter((l) => l.startsWith('LOOKUP ')).toSorted();
  expect(asked(actual.stdout)).toEqual(asked(c.result.stdout!));
  expect(actual.stdout).toEqual(
    expect.arrayContaining(c.result.stdout!.filter((l) => l.startsWith('LOOKUP-KEYS'))),
  );
});
