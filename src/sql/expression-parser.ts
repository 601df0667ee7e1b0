// Expressions: operator precedence (Pratt) over the primaries of `primary-parser.ts`.
import type { BinaryOperator, ComparisonOperator, Expression, IsExpression } from './ast.ts';
import { BINDING } from './binding.ts';
import { cover } from './positions.ts';
import { PrimaryParser } from './primary-parser.ts';

interface Infix {
  readonly op: BinaryOperator;
  readonly power: number;
}

const INFIX: ReadonlyMap<string, Infix> = new Map<string, Infix>([
  ['OR', { op: 'OR', power: BINDING.OR }],
  ['AND', { op: 'AND', power: BINDING.AND }],
  ['=', { op: '=', power: BINDING.COMPARISON }],
  ['<>', { op: '<>', power: BINDING.COMPARISON }],
  ['!=', { op: '<>', power: BINDING.COMPARISON }],
  ['<', { op: '<', power: BINDING.COMPARISON }],
  ['<=', { op: '<=', power: BINDING.COMPARISON }],
  ['>', { op: '>', power: BINDING.COMPARISON }],
  ['>=', { op: '>=', power: BINDING.COMPARISON }],
  ['OVERLAPS', { op: 'OVERLAPS', power: BINDING.SPECIAL }],
  ['+', { op: '+', power: BINDING.ADDITIVE }],
  ['-', { op: '-', power: BINDING.ADDITIVE }],
  ['*', { op: '*', power: BINDING.MULTIPLICATIVE }],
  ['/', { op: '/', power: BINDING.MULTIPLICATIVE }],
  ['%', { op: '%', power: BINDING.MULTIPLICATIVE }],
  ['||', { op: '||', power: BINDING.MULTIPLICATIVE }],
]);

/** What may follow an expression, for messages that list what was expected. */
const FOLLOWERS = [
  'AND',
  'OR',
  'IS',
  'IN',
  'BETWEEN',
  'LIKE',
  'NOT',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
];

const MAX_DEPTH = 400;

export abstract class ExpressionParser extends PrimaryParser {
  #depth = 0;

  protected override expression(minimum: number = BINDING.OR): Expression {
    if (this.#depth >= MAX_DEPTH) {
      this.fail({ hint: `Expressions may be nested at most ${MAX_DEPTH} levels deep` });
    }
    this.#depth++;
    try {
      let left = this.prefix();
      for (;;) {
        const next = this.infix(left, minimum);
        if (next === undefined) break;
        left = next;
      }
      if (minimum === BINDING.OR) for (const key of FOLLOWERS) this.note(key);
      return left;
    } finally {
      this.#depth--;
    }
  }

  private prefix(): Expression {
    const mark = this.pos;
    const key = this.token.key;
    if (key === 'NOT') {
      this.advance();
      const operand = this.expression(BINDING.NOT);
      return { kind: 'unary', op: 'NOT', operand, span: this.spanFrom(mark) };
    }
    if (key === '-' || key === '+') {
      this.advance();
      const operand = this.expression(BINDING.SIGN);
      return { kind: 'unary', op: key, operand, span: this.spanFrom(mark) };
    }
    return this.primary();
  }

  /** `left` with the operator that follows, or undefined when none binds at least as tightly as `minimum`. */
  private infix(left: Expression, minimum: number): Expression | undefined {
    const key = this.token.key;
    const simple = INFIX.get(key);
    if (simple !== undefined) {
      if (simple.power < minimum) return undefined;
      return this.binary(left, simple);
    }
    switch (key) {
      case 'IS':
        return this.is(left, minimum);
      case 'NOT': {
        const next = this.peek().key;
        if (next !== 'IN' && next !== 'BETWEEN' && next !== 'LIKE' && next !== 'SIMILAR') return undefined;
        if (BINDING.SPECIAL < minimum) return undefined;
        this.advance();
        return this.special(left, true);
      }
      case 'IN':
      case 'BETWEEN':
      case 'LIKE':
      case 'SIMILAR':
        return BINDING.SPECIAL < minimum ? undefined : this.special(left, false);
      default:
        return undefined;
    }
  }

  private binary(left: Expression, { op, power }: Infix): Expression {
    const opSpan = this.spanOf(this.advance());
    if (power === BINDING.COMPARISON) {
      const quantified = this.quantified(left, op as ComparisonOperator);
      if (quantified !== undefined) return quantified;
    }
    const right = this.expression(power + 1);
    return { kind: 'binary', op, left, right, opSpan, span: cover(left.span, right.span) };
  }

  private quantified(operand: Expression, op: ComparisonOperator): Expression | undefined {
    const word = this.token.key;
    if ((word !== 'ANY' && word !== 'SOME' && word !== 'ALL') || this.peek().key !== '(') return undefined;
    this.advance();
    const set = this.set();
    const quantifier = word === 'ALL' ? 'ALL' : 'ANY';
    return { kind: 'quantified', op, quantifier, operand, ...set, span: this.spanSince(operand) };
  }

  private is(left: Expression, minimum: number): Expression | undefined {
    const negated = this.peek().key === 'NOT';
    if (this.peek(negated ? 2 : 1).key === 'DISTINCT') {
      if (BINDING.COMPARISON < minimum) return undefined;
      const mark = this.pos;
      this.advance();
      if (negated) this.advance();
      this.expect('DISTINCT', 'FROM');
      const opSpan = this.spanFrom(mark);
      const right = this.expression(BINDING.COMPARISON + 1);
      const op = negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM';
      return { kind: 'binary', op, left, right, opSpan, span: cover(left.span, right.span) };
    }
    if (BINDING.IS < minimum) return undefined;
    this.advance();
    if (negated) this.advance();
    const test = this.isTest();
    return { kind: 'is', operand: left, test, negated, span: this.spanSince(left) };
  }

  private isTest(): IsExpression['test'] {
    if (this.accept('JSON')) {
      const kind = this.acceptOne('VALUE', 'OBJECT', 'ARRAY', 'SCALAR') ?? 'VALUE';
      return `JSON ${kind}`;
    }
    return this.expectOne('NULL', 'TRUE', 'FALSE', 'UNKNOWN');
  }

  private special(operand: Expression, negated: boolean): Expression {
    if (this.accept('IN')) {
      return { kind: 'in', negated, operand, ...this.set(), span: this.spanSince(operand) };
    }
    if (this.accept('BETWEEN')) {
      const symmetric = this.acceptOne('SYMMETRIC', 'ASYMMETRIC') === 'SYMMETRIC';
      const low = this.expression(BINDING.ADDITIVE);
      this.expect('AND');
      const high = this.expression(BINDING.ADDITIVE);
      return {
        kind: 'between',
        negated,
        symmetric,
        operand,
        low,
        high,
        span: cover(operand.span, high.span),
      };
    }
    const op = this.accept('LIKE') ? 'LIKE' : 'SIMILAR TO';
    if (op === 'SIMILAR TO') this.expect('SIMILAR', 'TO');
    const pattern = this.expression(BINDING.ADDITIVE);
    const escape_ = this.accept('ESCAPE') ? this.expression(BINDING.ADDITIVE) : undefined;
    return { kind: 'like', op, negated, operand, pattern, escape: escape_, span: this.spanSince(operand) };
  }
}
