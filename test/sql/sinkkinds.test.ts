// Row kinds as they reach sinks with different changelog modes.
import { expect, test } from 'vitest';
import { oracleCases, runCase, sentence } from '../support/oracle.ts';

test.each(oracleCases('sinkkinds').map((c) => [`${c.id} ${c.name}`, c] as const))('%s', async (_, c) => {
  const actual = await runCase(c);
  if (c.result.error === undefined) {
    expect(actual.error).toBeNull();
    // How often the planner asks a sink for its mode is Flink's own affair.
    expect(actual.stdout).toEqual(c.result.stdout!.filter((line) => line.startsWith('SINK')));
  } else {
    // How far the job got before the row that breaks it differs from run to run.
    expect(actual.error?.at(-1)).toBe(sentence(c.result.error.at(-1)!));
  }
});
