// May a query column be written into a sink column (Flink's implicit casts of INSERT)?
import type { LogicalType } from '../../types/logical-type.ts';

/** Without regard to nullability: INT into BIGINT yes, INT into STRING no. */
export function isAssignable(from: LogicalType, to: LogicalType): boolean {
  return from.root === to.root;
}
