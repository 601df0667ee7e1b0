// Errors get the place of what they are about.
import { DreyError, type SourceSpan, TableError, ValidationError } from '../../types/errors.ts';
import { ArgumentError } from '../functions/define.ts';
import type { Rex, ScalarFunction } from '../rex.ts';

/** Runs a rule; its errors without a place get `span`, or that of the argument which they name. */
export function located<T>(span: SourceSpan, rule: () => T, argumentSpans: readonly SourceSpan[] = []): T {
  try {
    return rule();
  } catch (error) {
    if (!(error instanceof DreyError) || error.span !== undefined) throw error;
    const at = error instanceof ArgumentError ? (argumentSpans[error.argument] ?? span) : span;
    const details = {
      span: at,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.cause === undefined ? {} : { cause: error.cause }),
    };
    throw error.code === 'TABLE'
      ? new TableError(error.message, details)
      : new ValidationError(error.message, details);
  }
}

/** A call, checked by the function. */
export function callOf(
  fn: ScalarFunction,
  operands: readonly Rex[],
  span: SourceSpan,
  argumentSpans: readonly SourceSpan[] = [],
): Rex {
  return located(span, () => ({ kind: 'call', fn, ...fn.bind(operands) }), argumentSpans);
}
