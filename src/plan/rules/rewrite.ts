// Rules go through a plan from the leaves up; what a rule does not change stays the same object.
import { type Rel, relInputs, withInputs } from '../logical.ts';

/** Applies `rule` to every node, inputs first. A node that two others read is rewritten once. */
export function bottomUp(rel: Rel, rule: (rel: Rel) => Rel): Rel {
  const done = new Map<Rel, Rel>();
  const visit = (node: Rel): Rel => {
    let result = done.get(node);
    if (result === undefined) {
      result = rule(withInputs(node, relInputs(node).map(visit)));
      done.set(node, result);
    }
    return result;
  };
  return visit(rel);
}
