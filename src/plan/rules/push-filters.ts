// WHERE goes as far towards the sources as it may: below projections and unions, and for lookup joins to the side it
// reads. What the dimension side of an INNER join must fulfil becomes part of the join, where it may give a key.
import { type CalcRel, calc, type JoinRel, namesOf, type Rel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { conjunction, conjuncts, identityOf, inputsOfRex, isDeterministic, substitute } from '../rex-util.ts';
import { bottomUp } from './rewrite.ts';

export function pushFilters(rel: Rel): Rel {
  return bottomUp(rel, (node) => {
    if (node.kind === 'calc' && node.condition !== null) return pushCalc(node);
    return node.kind === 'join' ? pushJoinCondition(node) : node;
  });
}

function pushCalc(node: CalcRel): Rel {
  const { moved, kept, input } = pushInto(node.input, conjuncts(node.condition));
  if (moved === 0) return node;
  return { ...node, input, condition: conjunction(kept) };
}

interface Pushed {
  readonly input: Rel;
  readonly kept: readonly Rex[];
  readonly moved: number;
}

/** Puts as many of the conditions as possible into `rel`. */
function pushInto(rel: Rel, conditions: readonly Rex[]): Pushed {
  const none = { input: rel, kept: conditions, moved: 0 };
  if (conditions.length === 0) return none;
  switch (rel.kind) {
    case 'calc':
      return pushBelowCalc(rel, conditions);
    case 'join':
      return pushIntoJoin(rel, conditions);
    case 'union': {
      if (!conditions.every(isDeterministic)) return none;
      const inputs = rel.inputs.map((r) => filtered(r, conditions));
      return { input: { ...rel, inputs }, kept: [], moved: conditions.length };
    }
    default:
      return none;
  }
}

function pushBelowCalc(rel: CalcRel, conditions: readonly Rex[]): Pushed {
  const may = (c: Rex) => [...inputsOfRex(c)].every((i) => isDeterministic(rel.projections[i]!));
  const below = conditions.filter(may);
  if (below.length === 0) return { input: rel, kept: conditions, moved: 0 };
  const all = [...conjuncts(rel.condition), ...below.map((c) => substitute(c, rel.projections))];
  const pushed = pushInto(rel.input, all);
  return {
    input: { ...rel, input: pushed.input, condition: conjunction(pushed.kept) },
    kept: conditions.filter((c) => !may(c)),
    moved: below.length,
  };
}

function pushIntoJoin(rel: JoinRel, conditions: readonly Rex[]): Pushed {
  if (rel.period === null) return { input: rel, kept: conditions, moved: 0 };
  const width = rel.left.schema.fields.length;
  const readsLeft = (c: Rex) => isDeterministic(c) && [...inputsOfRex(c)].every((i) => i < width);
  const left = conditions.filter(readsLeft);
  const rest = conditions.filter((c) => !readsLeft(c));
  const joins = rel.joinType === 'INNER' ? rest.filter(isDeterministic) : [];
  const kept = rest.filter((c) => !joins.includes(c));
  if (left.length + joins.length === 0) return { input: rel, kept, moved: 0 };
  const input: JoinRel = {
    ...rel,
    left: filtered(rel.left, left),
    condition: conjunction([...conjuncts(rel.condition), ...joins]),
  };
  return { input, kept, moved: left.length + joins.length };
}

/** ON of an INNER join: what reads the stream only is checked before the lookup. */
function pushJoinCondition(rel: JoinRel): Rel {
  if (rel.joinType !== 'INNER' || rel.period === null) return rel;
  const width = rel.left.schema.fields.length;
  const parts = conjuncts(rel.condition);
  const left = parts.filter(
    (c) =>
      isDeterministic(c) &&
      c.kind !== 'literal' &&
      [...inputsOfRex(c)].every((i) => i < width) &&
      inputsOfRex(c).size > 0,
  );
  if (left.length === 0) return rel;
  return {
    ...rel,
    left: filtered(rel.left, left),
    condition: conjunction(parts.filter((c) => !left.includes(c))),
  };
}

/** `rel` with the conditions over its columns, pushed on. */
function filtered(rel: Rel, conditions: readonly Rex[]): Rel {
  if (conditions.length === 0) return rel;
  const pushed = pushInto(rel, conditions);
  if (pushed.kept.length === 0) return pushed.input;
  return calc(pushed.input, identityOf(rel.schema.fields), conjunction(pushed.kept), namesOf(rel));
}
