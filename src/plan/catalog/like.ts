// CREATE TABLE … LIKE: what is taken over from the base table (org.apache.flink.table.planner.operations.MergeTableLikeUtil).
import type { LikeClause, LikeOption } from '../../sql/ast.ts';
import { ValidationError } from '../../types/errors.ts';

type Strategy = LikeOption['strategy'];
export type Feature = Exclude<LikeOption['feature'], 'ALL'>;

const DEFAULTS: Readonly<Record<Feature, Strategy>> = {
  OPTIONS: 'OVERWRITING',
  WATERMARKS: 'INCLUDING',
  GENERATED: 'INCLUDING',
  METADATA: 'INCLUDING',
  CONSTRAINTS: 'INCLUDING',
  DISTRIBUTION: 'INCLUDING',
  PARTITIONS: 'INCLUDING',
};
const OVERWRITABLE: readonly Feature[] = ['OPTIONS', 'WATERMARKS', 'GENERATED', 'METADATA'];

/** What happens with each feature of the base table. */
export function mergingStrategies(like: LikeClause): Readonly<Record<Feature, Strategy>> {
  const all = like.options.find((o) => o.feature === 'ALL');
  const strategies = { ...DEFAULTS };
  if (all?.strategy === 'EXCLUDING') {
    for (const feature of Object.keys(strategies) as Feature[]) strategies[feature] = 'EXCLUDING';
  }
  for (const { feature, strategy, span } of like.options) {
    if (feature === 'ALL') continue;
    if (strategy === 'OVERWRITING' && !OVERWRITABLE.includes(feature)) {
      throw new ValidationError(`Illegal merging strategy 'OVERWRITING' for '${feature}' feature.`, { span });
    }
    strategies[feature] = strategy;
  }
  return strategies;
}

/** Options of the base, then the new ones. */
export function mergeOptions(
  base: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string>,
  strategy: Strategy,
): Map<string, string> {
  const merged = strategy === 'EXCLUDING' ? new Map<string, string>() : new Map(base);
  for (const [key, value] of own) {
    if (merged.has(key) && strategy !== 'OVERWRITING') {
      throw new ValidationError(
        `There already exists an option ['${key}' -> '${merged.get(key)}']  in the base table. You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.`,
      );
    }
    merged.set(key, value);
  }
  return merged;
}
