// How errors about a place in a query are worded (org.apache.calcite.runtime.CalciteContextException).

import { nearest } from '../../options/nearest.ts';
import { DreyError, type SourceSpan, TableError, ValidationError } from '../../types/errors.ts';

const PREFIX = 'SQL validation failed. ';

/** `At line 1, column 8` or `From line 1, column 15 to line 1, column 18`. */
export function spanText(span: SourceSpan): string {
  const from = `line ${span.line}, column ${span.column}`;
  if (span.line === span.endLine && span.column === span.endColumn) return `At ${from}`;
  return `From ${from} to line ${span.endLine}, column ${span.endColumn}`;
}

/** Runs a part of validation; errors with a place get Flink's words around them. */
export function validating<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ValidationError ? located(error) : error;
  }
}

/** Runs `work`; errors without a place of their own are about `span`. */
export function placed<T>(span: SourceSpan, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DreyError) || error.span !== undefined) throw error;
    const details = { span, cause: error.cause, ...(error.hint === undefined ? {} : { hint: error.hint }) };
    throw new (error.constructor as typeof ValidationError)(error.message, details);
  }
}

function located(error: ValidationError): DreyError {
  if (error.span === undefined || error.message.startsWith(PREFIX)) return error;
  const details = {
    span: error.span,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
  return new ValidationError(`${PREFIX}${spanText(error.span)}: ${error.message}`, details);
}

/** A rule that is broken at `span`, without a line and column in its text. */
export function failedValidation(message: string, span: SourceSpan, hint?: string): ValidationError {
  return new ValidationError(`${PREFIX}${message}`, hint === undefined ? { span } : { span, hint });
}

/** SQL that Flink has and Drey does not run. */
export function unsupported(what: string, span: SourceSpan, hint?: string): TableError {
  return new TableError(`${what} not supported.`, hint === undefined ? { span } : { span, hint });
}

/** `{ hint: "Did you mean 'x'?" }`, or nothing when no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>): { hint?: string } {
  const guess = nearest(name, candidates);
  return guess === undefined ? {} : { hint: `Did you mean '${guess}'?` };
}
