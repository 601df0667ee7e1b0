// EXPLAIN, line by line as Flink prints it.
import { expect, test } from 'vitest';
import { oracleCases, runCase } from '../support/oracle.ts';

/** The recording used another Redis connector: always asynchronous, and silent about what a delete removes. */
function withoutConnector(plan: string): string {
  return plan.replaceAll(/, async=\[[^\]]*\]/g, '').replaceAll(/, (?:delete|cache|mode)=\[[^\]]*\]/g, '');
}

/** Numbers of operators go on counting over a Flink session. */
function renumbered(plan: string): string {
  const seen = new Map<string, number>();
  const number = (id: string) => {
    if (!seen.has(id)) seen.set(id, seen.size + 1);
    return seen.get(id)!;
  };
  return plan
    .replaceAll(/"id" : (\d+)/g, (_, id: string) => `"id" : ${number(id)}`)
    .replaceAll(/\[\d+\]/g, '[n]');
}

test.each(oracleCases('explain').map((c) => [`${c.id} ${c.name}`, c] as const))('%s', async (_, c) => {
  const actual = await runCase(c);
  expect(actual.error).toBeNull();
  const text = (plan: string | null | undefined) => renumbered(withoutConnector(plan ?? '')).trim();
  expect(text(actual.rows[0]?.[1])).toBe(text(c.result.rows![0]![1]));
});
