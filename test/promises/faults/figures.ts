// The figures of a run, for whoever asks for them: one line of JSON for each load, in the file that DREY_TEST_FAULT_FIGURES names.
import { appendFileSync } from 'node:fs';
import type { LookupOutcome } from './lookup-load.ts';
import type { SinkOutcome } from './sink-load.ts';

const FILE = process.env['DREY_TEST_FAULT_FIGURES'];

export function note(fault: string, outcome: SinkOutcome | readonly LookupOutcome[] | object): void {
  if (FILE !== undefined) appendFileSync(FILE, `${JSON.stringify({ fault, ...label(outcome) })}\n`);
}

function label(outcome: object): object {
  return Array.isArray(outcome) ? { lookups: outcome } : outcome;
}
