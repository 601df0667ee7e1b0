// Operators of the syntax tree.
import type {
  BetweenExpression,
  BinaryExpression,
  Expression,
  InExpression,
  IsExpression,
  LikeExpression,
  QuantifiedExpression,
  UnaryExpression,
} from '../../sql/ast.ts';
import { type SourceSpan, ValidationError } from '../../types/errors.ts';
import { isCharacter, type LogicalType, withNullable } from '../../types/logical-type.ts';
import { castTo } from '../cast.ts';
import { converterOf } from '../functions/cast/converter.ts';
import { isPlainlyOrdered } from '../functions/compare.ts';
import { UTC } from '../functions/datetime/zone.ts';
import { cannotApply } from '../functions/define.ts';
import { IS_JSON_TESTS } from '../functions/json/query.ts';
import {
  DIVIDE,
  MINUS,
  PLUS,
  REMAINDER,
  TIMES,
  UNARY_MINUS,
  UNARY_PLUS,
} from '../functions/operators/arithmetic.ts';
import {
  COMPARISONS,
  type ComparisonName,
  GREATER_THAN,
  GREATER_THAN_OR_EQUAL,
  IN_CONSTANTS,
  LESS_THAN,
  LESS_THAN_OR_EQUAL,
} from '../functions/operators/comparison.ts';
import { AND, IS_TESTS, NOT, OR } from '../functions/operators/logical.ts';
import { LIKE, SIMILAR_TO } from '../functions/string/regex.ts';
import { CONCAT_OPERATOR } from '../functions/string/text.ts';
import { numberLiteral } from '../literals.ts';
import type { Literal, Rex, ScalarFunction } from '../rex.ts';
import { areComparable, leastRestrictive } from '../types/common-type.ts';
import { belongsTo, isInterval } from '../types/families.ts';
import { callOf } from './located.ts';

type Bind = (expression: Expression) => Rex;

export function bindUnary(ast: UnaryExpression, bind: Bind): Rex {
  if (ast.op === '-' && ast.operand.kind === 'number') return numberLiteral(ast.operand, true);
  const operand = bind(ast.operand);
  const fn = ast.op === 'NOT' ? NOT : ast.op === '-' ? UNARY_MINUS : UNARY_PLUS;
  return callOf(fn, [operand], ast.span, [ast.operand.span]);
}

const BINARY: Readonly<Record<string, ScalarFunction>> = {
  '+': PLUS,
  '-': MINUS,
  '*': TIMES,
  '/': DIVIDE,
  '%': REMAINDER,
  '||': CONCAT_OPERATOR,
  ...COMPARISONS,
};

export function bindBinary(ast: BinaryExpression, bind: Bind): Rex {
  if (ast.op === 'AND' || ast.op === 'OR') return bindConnective(ast, ast.op, bind);
  if (ast.op === 'OVERLAPS') return bindOverlaps(ast, bind);
  const operands = [bind(ast.left), bind(ast.right)] as const;
  if (ast.op === '||') checkConcat(operands, ast.span);
  return callOf(BINARY[ast.op]!, operands, ast.span, [ast.left.span, ast.right.span]);
}

/** A chain of one connective is one call, however long it is: no deep recursion for a thousand ORs. */
function bindConnective(ast: BinaryExpression, op: 'AND' | 'OR', bind: Bind): Rex {
  const parts: Expression[] = [ast.right];
  let left = ast.left;
  while (left.kind === 'binary' && left.op === op) {
    parts.push(left.right);
    left = left.left;
  }
  parts.push(left);
  parts.reverse();
  const operands = parts.map(bind);
  return callOf(
    op === 'AND' ? AND : OR,
    operands,
    ast.span,
    parts.map((p) => p.span),
  );
}

/** `||` takes texts or bytes on both sides; numbers need a CAST. */
function checkConcat([a, b]: readonly [Rex, Rex], span: SourceSpan): void {
  const alike = (family: 'CHARACTER' | 'BINARY') => belongsTo(a.type, family) && belongsTo(b.type, family);
  if (alike('CHARACTER') || alike('BINARY')) return;
  const error = cannotApply({ name: '||', syntax: 'infix', forms: [['STRING', 'STRING']] }, [a, b]);
  const wrong = isCharacter(a.type) ? 'right' : 'left';
  throw new ValidationError(`${error.message}\n'<EQUIVALENT_TYPE> || <EQUIVALENT_TYPE>'`, {
    span,
    hint: `CAST the ${wrong} side to STRING`,
  });
}

export function bindIs(ast: IsExpression, bind: Bind): Rex {
  const name = `IS ${ast.negated ? 'NOT ' : ''}${ast.test}`;
  const fn = IS_TESTS[name] ?? IS_JSON_TESTS[name];
  if (fn === undefined) throw new ValidationError(`Unknown test ${name}`, { span: ast.span });
  return callOf(fn, [bind(ast.operand)], ast.span, [ast.operand.span]);
}

function negatedIf(negated: boolean, rex: Rex, span: SourceSpan): Rex {
  return negated ? callOf(NOT, [rex], span) : rex;
}

export function bindLike(ast: LikeExpression, bind: Bind): Rex {
  const parts = [ast.operand, ast.pattern, ...(ast.escape === undefined ? [] : [ast.escape])];
  const fn = ast.op === 'LIKE' ? LIKE : SIMILAR_TO;
  const spans = parts.map((p) => p.span);
  return negatedIf(ast.negated, callOf(fn, parts.map(bind), ast.span, spans), ast.span);
}

/** `x >= low AND x <= high`; NOT BETWEEN: `x < low OR x > high`. */
export function bindBetween(ast: BetweenExpression, bind: Bind): Rex {
  const [x, low, high] = [bind(ast.operand), bind(ast.low), bind(ast.high)];
  for (const bound of [low, high]) {
    if (!areComparable(x.type, bound.type) && !(isCharacter(bound.type) || isCharacter(x.type))) {
      const error = cannotApply({ name: 'BETWEEN', forms: [] }, [x, low, high]);
      throw new ValidationError(
        `${error.message}'<COMPARABLE_TYPE> BETWEEN <COMPARABLE_TYPE> AND <COMPARABLE_TYPE>'`,
        { span: ast.span },
      );
    }
  }
  const call = (fn: ScalarFunction, a: Rex, b: Rex) => callOf(fn, [a, b], ast.span);
  const within = (from: Rex, to: Rex) =>
    ast.negated
      ? call(OR, call(LESS_THAN, x, from), call(GREATER_THAN, x, to))
      : call(AND, call(GREATER_THAN_OR_EQUAL, x, from), call(LESS_THAN_OR_EQUAL, x, to));
  if (!ast.symmetric) return within(low, high);
  return call(ast.negated ? AND : OR, within(low, high), within(high, low));
}

// ------------------------------------------------------------------------------------------------------------ IN lists

/**
 * Constants of a simple type are looked up in a set; else it is a chain of comparisons.
 * @throws ValidationError when a value cannot be compared with the operand
 */
export function bindIn(ast: InExpression, bind: Bind): Rex {
  const operand = bind(ast.operand);
  const list = ast.list!.map(bind);
  const type = leastRestrictive([operand.type, ...list.map((v) => v.type)]);
  if (type === undefined && !list.every((v) => isCharacter(v.type) || isCharacter(operand.type))) {
    throw new ValidationError('Values passed to IN operator must have compatible types', { span: ast.span });
  }
  if (type !== undefined && isPlainlyOrdered(type) && type.root !== 'FLOAT' && list.every(isConstant)) {
    // Every comparison of the same two types is exact, so one set does for all.
    const values = list.filter(isConstant).map((v) => constantAs(v, type));
    const call = callOf(IN_CONSTANTS, [castTo(operand, type, { implicit: true }), ...values], ast.span);
    return negatedIf(ast.negated, call, ast.span);
  }
  const any = anyOf('=', operand, list, ast.span);
  return negatedIf(ast.negated, any, ast.span);
}

function isConstant(rex: Rex): rex is Literal {
  return rex.kind === 'literal';
}

/** A constant of one of the plainly ordered types, none of which depends on a time zone. */
function constantAs({ value, type: from }: Literal, type: LogicalType): Literal {
  return {
    kind: 'literal',
    value: value === null ? null : converterOf(from, type, UTC)(value),
    type: withNullable(type, value === null),
  };
}

function anyOf(op: ComparisonName, operand: Rex, list: readonly Rex[], span: SourceSpan): Rex {
  const tests = list.map((v) => callOf(COMPARISONS[op], [operand, v], span));
  return tests.length === 1 ? tests[0]! : callOf(OR, tests, span);
}

export function bindQuantified(ast: QuantifiedExpression, bind: Bind): Rex {
  const operand = bind(ast.operand);
  const list = ast.list!.map(bind);
  if (ast.quantifier === 'ANY') return anyOf(ast.op, operand, list, ast.span);
  const tests = list.map((v) => callOf(COMPARISONS[ast.op], [operand, v], ast.span));
  return tests.length === 1 ? tests[0]! : callOf(AND, tests, ast.span);
}

// ------------------------------------------------------------------------------------------------------------ OVERLAPS

/** `(start, end) OVERLAPS (start, end)`, where an end may be an interval. */
function bindOverlaps(ast: BinaryExpression, bind: Bind): Rex {
  const [a, b] = [period(ast.left, bind), period(ast.right, bind)];
  const call = (fn: ScalarFunction, x: Rex, y: Rex) => callOf(fn, [x, y], ast.span);
  // Periods given backwards are turned round: each end is at or after the other's start, whichever way it stands.
  const reaches = (x: readonly [Rex, Rex], y: readonly [Rex, Rex]) =>
    callOf(
      OR,
      x.flatMap((end) => y.map((start) => call(GREATER_THAN_OR_EQUAL, end, start))),
      ast.span,
    );
  return call(AND, reaches(a, b), reaches(b, a));
}

function period(ast: Expression, bind: Bind): [Rex, Rex] {
  if (ast.kind !== 'row' || ast.items.length !== 2) {
    throw new ValidationError('OVERLAPS takes a pair (start, end) on each side', { span: ast.span });
  }
  const [start, end] = ast.items.map(bind) as [Rex, Rex];
  return [start, isInterval(end.type) ? callOf(PLUS, [start, end], ast.span) : end];
}
