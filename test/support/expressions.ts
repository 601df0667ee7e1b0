// SELECT lists evaluated without a plan: parse, bind, fold, compile, over one row.
import { compileExpression } from '../../src/plan/compile/expression.ts';
import { bindExpression, type Scope } from '../../src/plan/expression-binder.ts';
import { foldConstants } from '../../src/plan/fold.ts';
import { builtInFunctions } from '../../src/plan/functions/catalog.ts';
import type { EvalContext, Rex } from '../../src/plan/rex.ts';
import { displayOf } from '../../src/plan/types/display.ts';
import type { Expression } from '../../src/sql/ast.ts';
import { parseExpression, parseStatement } from '../../src/sql/parser.ts';
import { ValidationError } from '../../src/types/errors.ts';
import { typeToString } from '../../src/types/logical-type.ts';
import type { Row } from '../../src/types/row.ts';
import type { Field } from '../../src/types/schema.ts';

export function contextOf(timeZone = 'UTC', nowMs = Date.UTC(2024, 1, 29, 12, 30, 15, 250)): EvalContext {
  return { timeZone, now: () => nowMs, queryStart: nowMs };
}

export function scopeOf(fields: readonly Field[]): Scope {
  return {
    functions: builtInFunctions,
    resolveColumn(parts, span) {
      const index = fields.findIndex((f) => f.name === parts[0]!.value);
      if (index < 0) {
        throw new ValidationError(`Column '${parts[0]!.value}' not found in any table`, { span });
      }
      return { rex: { kind: 'input', index, type: fields[index]!.type }, parts: 1 };
    },
  };
}

export interface Evaluated {
  readonly rex: Rex;
  /** `INT NOT NULL` */
  readonly type: string;
  readonly value: unknown;
  /** As the SQL client shows it. */
  readonly shown: string | null;
}

export function evaluateAst(
  ast: Expression,
  fields: readonly Field[],
  row: Row,
  context: EvalContext,
): Evaluated {
  const rex = foldConstants(bindExpression(ast, scopeOf(fields)), context);
  const value = compileExpression(rex, context)(row);
  return { rex, type: typeToString(rex.type), value, shown: displayOf(rex.type, context.timeZone)(value) };
}

/** One expression, over columns when there are some. */
export function evaluate(
  text: string,
  fields: readonly Field[] = [],
  row: Row = [],
  context: EvalContext = contextOf(),
): Evaluated {
  return evaluateAst(parseExpression(text), fields, row, context);
}

/** The items of `SELECT a AS x, b AS y [FROM t]`, by name. */
export function selectItems(sql: string): { readonly name: string; readonly expression: Expression }[] {
  const statement = parseStatement(sql);
  if (statement.kind !== 'queryStatement' || statement.query.body.kind !== 'select') {
    throw new Error(`No SELECT: ${sql}`);
  }
  return statement.query.body.items.map((item, i) => ({
    name: item.alias?.value ?? `EXPR$${i}`,
    expression: item.expression,
  }));
}
