// The reference page of functions (docs/functions.md), from the entries of the catalogs.
import { AGGREGATES } from '../aggregates/built-in.ts';
import { builtInFunctions } from './catalog.ts';

/** Markdown. */
export function documentFunctions(): string {
  const scalar = builtInFunctions.names().map((name) => row(name, builtInFunctions.lookup(name)!));
  const aggregates = [...AGGREGATES.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `<!-- Made from the entries in src/plan/functions and src/plan/aggregates by \`npx vitest run test/unit/plan/functions/document.test.ts -u\`: edit them there. -->
# Functions

Names are matched without regard to case. NULL in gives NULL out, unless a function is made for NULLs.
Operators (\`+ - * / % || = <> < <= > >=\`, AND, OR, NOT, IS …, LIKE, SIMILAR TO, BETWEEN, IN, CASE) stand in [sql.md](sql.md).

## Scalar functions

| Function | What it gives |
|---|---|
${scalar.join('\n')}

## Aggregate functions

All take \`DISTINCT\` and \`FILTER (WHERE …)\`, and take rows back when their input changes.

| Function | What it gives |
|---|---|
${aggregates.map((fn) => row(fn.name, fn)).join('\n')}
`;
}

function row(name: string, fn: { readonly name: string; readonly doc: string }): string {
  const doc = fn.name === name ? fn.doc : `As ${fn.name}.`;
  return `| \`${name}\` | ${doc.replaceAll('|', '\\|')} |`;
}
