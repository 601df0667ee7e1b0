// Projections and filters become Calcs; Calcs that follow each other become one. Watermarks go: nothing in a
// processing-time plan reads them.
import { type CalcRel, calc, namesOf, type Rel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import {
  collectInputs,
  conjunction,
  conjuncts,
  countInputs,
  identityOf,
  isDeterministic,
  isIdentity,
  substitute,
} from '../rex-util.ts';
import { bottomUp } from './rewrite.ts';

export function toCalcs(rel: Rel): Rel {
  return bottomUp(rel, (node) => {
    switch (node.kind) {
      case 'project':
        return calc(node.input, node.projections, null, namesOf(node));
      case 'filter':
        return calc(node.input, identityOf(node.schema.fields), node.condition, namesOf(node));
      case 'watermark':
        return { ...node.input, schema: node.schema };
      default:
        return node;
    }
  });
}

export function mergeCalcs(rel: Rel): Rel {
  return bottomUp(rel, (node) => (node.kind === 'calc' ? mergeCalc(node) : node));
}

function mergeCalc(outer: CalcRel): Rel {
  const inner = outer.input;
  if (inner.kind !== 'calc' || !mayMerge(outer, inner)) return dropIdentity(outer);
  const condition = conjunction([
    ...conjuncts(inner.condition),
    ...(outer.condition === null ? [] : conjuncts(substitute(outer.condition, inner.projections))),
  ]);
  const projections = outer.projections.map((p) => substitute(p, inner.projections));
  return mergeCalc({ ...outer, input: inner.input, projections, condition });
}

/** What gives another result each time is computed once. */
function mayMerge(outer: CalcRel, inner: CalcRel): boolean {
  if (inner.projections.every(isDeterministic)) return true;
  const counts = new Map<number, number>();
  for (const p of outer.projections) countInputs(p, counts);
  if (outer.condition !== null) countInputs(outer.condition, counts);
  const inCondition = collectInputs(outer.condition, new Set());
  return inner.projections.every(
    (p, i) => isDeterministic(p) || ((counts.get(i) ?? 0) <= 1 && !inCondition.has(i)),
  );
}

/** A Calc that only renames is the input; a table's columns keep their own names. */
function dropIdentity(node: CalcRel): Rel {
  const { input, projections, condition, schema } = node;
  if (condition !== null || !isIdentity(projections, input.schema.fields.length)) return node;
  return input.kind === 'scan' ? input : { ...input, schema };
}

/** Replaces every expression of the plan. */
export function mapExpressions(rel: Rel, change: (rex: Rex) => Rex): Rel {
  return bottomUp(rel, (node) => {
    switch (node.kind) {
      case 'calc':
        return {
          ...node,
          projections: node.projections.map(change),
          condition: conjunction(conjuncts(node.condition === null ? null : change(node.condition))),
        };
      case 'join':
      case 'lookupJoin':
        return {
          ...node,
          condition: conjunction(conjuncts(node.condition === null ? null : change(node.condition))),
        };
      default:
        return node;
    }
  });
}
