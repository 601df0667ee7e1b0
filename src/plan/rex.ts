// Bound expressions (org.apache.calcite.rex): names resolved to column indexes, functions to definitions, types inferred.
import type { LogicalType } from '../types/logical-type.ts';
import type { Row } from '../types/row.ts';

/** Column `index` of the input row. */
export interface InputRef {
  readonly kind: 'input';
  readonly index: number;
  readonly type: LogicalType;
}

/** A constant, in the internal representation of `types/values.ts`. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: unknown;
  readonly type: LogicalType;
}

/** A function, an operator, a cast, CASE: everything with a definition. Operands already have the types it wants. */
export interface Call {
  readonly kind: 'call';
  readonly fn: ScalarFunction;
  readonly operands: readonly Rex[];
  readonly type: LogicalType;
}

/** A field of a ROW value. */
export interface FieldAccess {
  readonly kind: 'field';
  readonly operand: Rex;
  readonly index: number;
  readonly type: LogicalType;
}

export type Rex = InputRef | Literal | Call | FieldAccess;

/** An expression made ready to run. NULL is `null`. */
export type Compiled = (row: Row) => unknown;

/** What a running expression may ask of its job. */
export interface EvalContext {
  /** IANA name of `table.local-time-zone`. */
  readonly timeZone: string;
  /** Milliseconds since the epoch: PROCTIME(), CURRENT_TIMESTAMP, NOW(). */
  now(): number;
  /** When the query started: CURRENT_* in batch-like folding. */
  readonly queryStart: number;
}

export interface FunctionCall {
  readonly operands: readonly Rex[];
  readonly type: LogicalType;
}

/** One entry of the function catalog: signature, closure, doc. */
export interface ScalarFunction {
  /** Upper case: `CONCAT_WS`, `+`, `CAST`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: string;
  /** False for UUID(), RAND(), PROCTIME() …: never folded. Default true. */
  readonly deterministic?: boolean;
  /**
   * Checks the arguments and infers the result.
   * @returns the operands (casts added where the function wants other types) and the result's type
   * @throws ValidationError in Flink's words, with the signatures that exist
   */
  bind(operands: readonly Rex[]): FunctionCall;
  /** Makes the closure; `args` are the compiled operands. */
  compile(args: readonly Compiled[], call: FunctionCall, context: EvalContext): Compiled;
  /** How EXPLAIN prints a call; default `NAME(a, b)`. */
  print?(args: readonly string[], call: FunctionCall): string;
}
