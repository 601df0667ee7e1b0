// Wrong statements: Flink's sentences, without its class names.
import { expect, test } from 'vitest';
import { oracleCases, runCase, sentence } from '../support/oracle.ts';

/** Where Drey says it otherwise, and why; the text is what it says. */
const WAIVED: Readonly<Record<string, string | RegExp>> = {
  // Flink has other factories; and redis there is another connector.
  'error-001': /Could not find any factory for identifier 'nope' that implements/,
  'error-003': /One or more required options are missing\.\n\nMissing required options are:\n\nmode/,
  'error-007': /Could not find any factory for identifier 'jsn' that implements/,
  // Drey has no managed tables to explain.
  'error-002': /^Table options do not contain an option key 'connector' for discovering a connector\.$/,
  // Every bad value is reported in the same words.
  'error-012': /Invalid value for option 'number-of-rows'\./,
  'error-015': /text does not start with a number/,
  // The page's option keys are matched without regard to case, so all are.
  'error-016': /^$/,
  // The place is underlined below the message.
  'error-047': /^Unknown identifier 'STRNG'$/,
  // The parser's own list of what it expects.
  'error-029': /^SQL parse failed\. /,
  'error-030': /^SQL parse failed\. Encountered "x" at line 1, column 15\./,
};

test.each(oracleCases('error').map((c) => [`${c.id} ${c.name}`, c] as const))('%s', async (_, c) => {
  const actual = await runCase(c);
  const chain = (actual.error ?? []).map((m) => m.trim());
  const waived = WAIVED[c.id];
  if (waived !== undefined) {
    expect(chain.join('\n')).toMatch(waived);
    return;
  }
  if (c.result.error === undefined) {
    expect(actual.error).toBeNull();
    return;
  }
  const expected = c.result.error.map((m) => sentence(m).replaceAll('{{KAFKA}}', 'localhost:9092'));
  // The outermost sentence, then the innermost: what is between differs in how often it is wrapped.
  const isRuntime = expected.some((m) => m.includes('Job execution failed'));
  if (!isRuntime) expect(chain[0]).toBe(expected[0]);
  const last = expected.at(-1)!;
  expect(chain.some((m) => m.endsWith(last))).toBe(true);
});
