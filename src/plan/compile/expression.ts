// Rex to closures over an array row.
import type { Row } from '../../types/row.ts';
import type { Compiled, EvalContext, Rex } from '../rex.ts';

/** The closure that computes `rex` for a row; NULL is `null`. */
export function compileExpression(rex: Rex, context: EvalContext): Compiled {
  switch (rex.kind) {
    case 'input': {
      const { index } = rex;
      return (row) => row[index];
    }
    case 'literal': {
      const { value } = rex;
      return () => value;
    }
    case 'field': {
      const operand = compileExpression(rex.operand, context);
      const { index } = rex;
      return (row) => {
        const value = operand(row) as Row | null;
        return value === null ? null : value[index];
      };
    }
    case 'call': {
      const args = rex.operands.map((operand) => compileExpression(operand, context));
      return rex.fn.compile(args, rex, context);
    }
  }
}

/** A condition: UNKNOWN (null) is false. */
export function compilePredicate(rex: Rex, context: EvalContext): (row: Row) => boolean {
  const condition = compileExpression(rex, context);
  return (row) => condition(row) === true;
}
