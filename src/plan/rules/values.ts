// Constants that are spread over several nodes become one VALUES: its rows then come in the order they are written.
import type { Rel, UnionRel, ValuesRel } from '../logical.ts';
import { bottomUp } from './rewrite.ts';

export function mergeValues(rel: Rel): Rel {
  return bottomUp(rel, (node) => (node.kind === 'union' ? constantUnion(node) : node));
}

function constantUnion(node: UnionRel): Rel {
  const rows = node.inputs.map(constantRows);
  if (rows.includes(null)) return node;
  return { kind: 'values', tuples: rows.flatMap((r) => r!), schema: node.schema };
}

/** The rows of VALUES, and of a SELECT of constants. */
function constantRows(rel: Rel): ValuesRel['tuples'] | null {
  if (rel.kind === 'values') return rel.tuples;
  if (rel.kind !== 'calc' || rel.input.kind !== 'values' || rel.condition !== null) return null;
  if (!rel.projections.every((p) => p.kind === 'literal')) return null;
  const row = rel.projections;
  return rel.input.tuples.map(() => row);
}
