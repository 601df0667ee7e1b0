// AST of an expression to Rex: operators and functions resolved, types inferred, implicit casts added. Names and
// sub-queries are the query's: it hands in a Scope.
import type {
  CallExpression,
  ExistsExpression,
  Expression,
  InExpression,
  JsonConstructorExpression,
  Name,
  QuantifiedExpression,
  SubqueryExpression,
} from '../sql/ast.ts';
import { type SourceSpan, TableError } from '../types/errors.ts';
import type { FunctionCatalog } from './functions/catalog.ts';
import type { Rex } from './rex.ts';

export interface ColumnMatch {
  readonly rex: Rex;
  /** How many of the parts named it: 1 for `a`, 2 for `t.a`. The rest are fields of the ROW column. */
  readonly parts: number;
}

/** What the query around an expression knows. */
export interface Scope {
  readonly functions: FunctionCatalog;
  /** @throws ValidationError `Column 'x' not found in any table`, `Column 'x' is ambiguous`, with the span */
  resolveColumn(parts: readonly Name[], span: SourceSpan): ColumnMatch;
  /** Asked before each node is bound: an expression that the input already computes (a GROUP BY key, an aggregate). */
  replace?(expression: Expression): Rex | undefined;
  /** Upper-case name of an aggregate or window function? Such a call, and any call with OVER, goes to `bindAggregate`. */
  isAggregate?(name: string): boolean;
  bindAggregate?(call: CallExpression | JsonConstructorExpression): Rex;
  bindSubquery?(
    expression: SubqueryExpression | ExistsExpression | InExpression | QuantifiedExpression,
  ): Rex;
}

/**
 * @throws ValidationError in Flink's words, with the span of what is wrong
 */
export function bindExpression(ast: Expression, scope: Scope): Rex {
  throw new TableError(`Cannot bind ${ast.kind} with ${scope.functions.names().length} functions`);
}
