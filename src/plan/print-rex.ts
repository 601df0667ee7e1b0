// Expressions as EXPLAIN prints them.
import type { Rex } from './rex.ts';

/** How names and literals look: `explain` as in execution plans (`'x'`), `digest` as in the syntax tree (`_UTF-16LE'x'`, `$0`). */
export type RexStyle = 'explain' | 'digest';

/** @param inputNames names of the input's columns */
export function printRex(rex: Rex, inputNames: readonly string[], style: RexStyle = 'explain'): string {
  if (rex.kind === 'input') return style === 'digest' ? `$${rex.index}` : (inputNames[rex.index] ?? `$${rex.index}`);
  return rex.kind;
}
