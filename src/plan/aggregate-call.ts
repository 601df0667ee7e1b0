// Aggregate functions over a group that takes rows back (org.apache.flink.table.functions.AggregateFunction).
import type { LogicalType } from '../types/logical-type.ts';

/** Running state of one aggregate of one group. NULL is `null`. */
export interface Accumulator {
  /** `args` are the values of the call's arguments (none for COUNT(*)). */
  accumulate(args: readonly unknown[]): void;
  retract(args: readonly unknown[]): void;
  value(): unknown;
  /** JSON-able state and back (bigint, Big, TimestampData and the like go through the checkpoint's value codec). */
  snapshot(): unknown;
  restore(state: unknown): void;
}

export interface AggregateFunction {
  /** Upper case: `COUNT`, `SUM` */
  readonly name: string;
  readonly doc: string;
  /**
   * @param grouped false: over the whole table, where there may be no row
   * @throws ValidationError when the function does not take these types
   */
  resultType(args: readonly LogicalType[], grouped: boolean): LogicalType;
  /** @param retractable whether rows can be taken back; without it MIN and MAX keep one value only */
  createAccumulator(args: readonly LogicalType[], retractable: boolean): Accumulator;
}

export interface AggregateCall {
  readonly fn: AggregateFunction;
  /** Columns of the input. */
  readonly args: readonly number[];
  readonly argTypes: readonly LogicalType[];
  readonly distinct: boolean;
  /** Boolean column of the input (`FILTER (WHERE …)`), or null. */
  readonly filter: number | null;
  readonly type: LogicalType;
  /** Output name. */
  readonly name: string;
}
