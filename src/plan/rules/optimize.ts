// The rules in their order. None of them changes the schema of the plan.
import type { LookupTableSource } from '../../connector/lookup.ts';
import { foldConstants } from '../fold.ts';
import type { Rel, TableUse } from '../logical.ts';
import type { EvalContext } from '../rex.ts';
import { mapExpressions, mergeCalcs, toCalcs } from './calc.ts';
import { toLookupJoins } from './lookup-join.ts';
import { pruneColumns } from './prune.ts';
import { pushFilters } from './push-filters.ts';
import { toRanks } from './rank.ts';
import { mergeValues } from './values.ts';

export interface OptimizeContext {
  readonly evalContext: EvalContext;
  /** The table's source for lookups. */
  readonly lookupSource: (use: TableUse) => LookupTableSource;
}

/** @throws ValidationError, TableError for what cannot be run */
export function optimize(rel: Rel, { evalContext, lookupSource }: OptimizeContext): Rel {
  let plan = mergeCalcs(toCalcs(rel));
  plan = mapExpressions(plan, (rex) => foldConstants(rex, evalContext));
  plan = mergeCalcs(pushFilters(mergeValues(plan)));
  plan = mergeCalcs(toRanks(plan));
  plan = mergeCalcs(toLookupJoins(plan, lookupSource));
  return mergeCalcs(pruneColumns(plan));
}
