// What operators work on: literals, names, calls, CASE, constructors, parentheses.

import type { DateTimeLiteral, Expression, Name, QualifiedName, Query, WhenClause } from './ast.ts';
import { CallParser } from './call-parser.ts';
import { isNiladic, isReservedFunction } from './keywords.ts';
import type { Token } from './lexer.ts';

/** Words that may follow a complete query; behind `(query)` they say that the parentheses belong to a larger query. */
const QUERY_CONTINUES = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH'];

export abstract class PrimaryParser extends CallParser {
  protected primary(): Expression {
    let expression = this.atom();
    for (;;) {
      if (this.accept('[')) {
        const index = this.expression();
        this.expect(']');
        expression = { kind: 'item', operand: expression, index, span: this.spanSince(expression) };
      } else if (this.at('.') && expression.kind !== 'star') {
        this.advance();
        const name = this.name();
        expression = { kind: 'field', operand: expression, name, span: this.spanSince(expression) };
      } else {
        return expression;
      }
    }
  }

  private atom(): Expression {
    const token = this.token;
    const mark = this.pos;
    switch (token.type) {
      case 'number':
        this.advance();
        return {
          kind: 'number',
          text: token.value,
          approximate: /[eE]/.test(token.value),
          span: this.spanFrom(mark),
        };
      case 'string': {
        const { value, span } = this.string();
        return { kind: 'string', value, span };
      }
      case 'bytes':
        this.advance();
        return { kind: 'bytes', hex: token.value, span: this.spanFrom(mark) };
      case 'quoted':
        return this.nameOrCall(mark);
      case 'word':
        return this.word(token, mark);
      default:
        if (token.key === '(') return this.parenthesised(mark);
        return this.noExpression();
    }
  }

  private noExpression(): never {
    this.note('<EXPRESSION>');
    this.note('<IDENTIFIER>');
    return this.fail();
  }

  private word(token: Token, mark: number): Expression {
    return (
      this.literalWord(token.key, mark) ?? this.syntaxWord(token.key, mark) ?? this.plainWord(token, mark)
    );
  }

  private literalWord(key: string, mark: number): Expression | undefined {
    switch (key) {
      case 'TRUE':
      case 'FALSE':
      case 'UNKNOWN': {
        this.advance();
        const value = key === 'UNKNOWN' ? null : key === 'TRUE';
        return { kind: 'boolean', value, span: this.spanFrom(mark) };
      }
      case 'NULL':
        this.advance();
        return { kind: 'null', span: this.spanFrom(mark) };
      case 'DATE':
      case 'TIME':
      case 'TIMESTAMP':
        return this.peek().type === 'string' ? this.dateTime(key, mark) : undefined;
      case 'INTERVAL':
        return this.interval(mark);
      default:
        return undefined;
    }
  }

  private dateTime(type: DateTimeLiteral['type'], mark: number): Expression {
    this.advance();
    const text = this.string().value;
    return { kind: 'datetime', type, text, span: this.spanFrom(mark) };
  }

  private interval(mark: number): Expression {
    this.advance();
    const negative = this.acceptOne('-', '+') === '-';
    if (this.token.type === 'number')
      this.fail({ hint: "An interval's value stands in quotes: INTERVAL '5' SECOND" });
    const text = this.string().value;
    const qualifier = this.intervalQualifier();
    return { kind: 'interval', negative, text, ...qualifier, span: this.spanFrom(mark) };
  }

  private syntaxWord(key: string, mark: number): Expression | undefined {
    const next = this.peek().key;
    if (key === 'CASE') return this.caseExpression(mark);
    if ((key === 'ARRAY' || key === 'MAP') && next === '[') return this.bracketed(key, mark);
    if (next !== '(') return undefined;
    switch (key) {
      case 'CAST':
      case 'TRY_CAST':
        return this.cast(key === 'TRY_CAST', mark);
      case 'EXISTS':
        return this.exists(mark);
      case 'ROW':
        return this.row(mark);
      case 'DESCRIPTOR': {
        this.advance();
        const columns = this.nameList();
        return { kind: 'descriptor', columns, span: this.spanFrom(mark) };
      }
      case 'EXTRACT':
      case 'CEIL':
      case 'CEILING':
      case 'FLOOR':
      case 'POSITION':
      case 'SUBSTRING':
      case 'TRIM':
      case 'OVERLAY':
      case 'TIMESTAMPADD':
      case 'TIMESTAMPDIFF': {
        const name = this.functionName();
        this.expect('(');
        const args = this.specialArguments(key);
        return this.plainCall(name, args, mark);
      }
      case 'JSON_VALUE':
      case 'JSON_QUERY':
      case 'JSON_EXISTS':
        this.advance();
        return this.jsonPathCall(key, mark);
      case 'JSON_OBJECT':
      case 'JSON_ARRAY':
      case 'JSON_OBJECTAGG':
      case 'JSON_ARRAYAGG':
        this.advance();
        return this.jsonConstructor(key, mark);
      default:
        return undefined;
    }
  }

  private plainWord(token: Token, mark: number): Expression {
    if (isReservedFunction(token.key) && this.peek().key === '(') return this.call(this.functionName(), mark);
    if (isNiladic(token.key)) return this.niladic(mark);
    if (!this.atName()) return this.noExpression();
    return this.nameOrCall(mark);
  }

  /** The current word as a function's name, reserved or not. */
  protected functionName(): QualifiedName {
    const token = this.advance();
    const span = this.spanOf(token);
    return { kind: 'qualifiedName', parts: [{ kind: 'name', value: token.value, span }], span };
  }

  /** CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3) */
  private niladic(mark: number): Expression {
    const name = this.functionName();
    if (!this.at('(')) return this.plainCall(name, [], mark, true);
    this.advance();
    const precision = this.expression();
    this.expect(')');
    return this.plainCall(name, [precision], mark);
  }

  /** `a.b.c`, `f(...)`, `cat.db.f(...)`, `t.*` */
  private nameOrCall(mark: number): Expression {
    const parts: Name[] = [this.name()];
    while (this.at('.')) {
      if (this.peek().key === '*') {
        this.advance();
        this.advance();
        return { kind: 'star', qualifier: parts, span: this.spanFrom(mark) };
      }
      this.advance();
      parts.push(this.name());
    }
    if (this.at('(')) {
      return this.call({ kind: 'qualifiedName', parts, span: this.spanFrom(mark) }, mark);
    }
    return { kind: 'column', parts, span: this.spanFrom(mark) };
  }

  private caseExpression(mark: number): Expression {
    this.advance();
    const operand = this.at('WHEN') ? undefined : this.expression();
    const whens: WhenClause[] = [];
    do {
      const start = this.pos;
      this.expect('WHEN');
      const condition = this.expression();
      this.expect('THEN');
      const result = this.expression();
      whens.push({ kind: 'when', condition, result, span: this.spanFrom(start) });
    } while (this.at('WHEN'));
    const otherwise = this.accept('ELSE') ? this.expression() : undefined;
    this.expect('END');
    return { kind: 'case', operand, whens, otherwise, span: this.spanFrom(mark) };
  }

  private bracketed(key: 'ARRAY' | 'MAP', mark: number): Expression {
    this.advance();
    this.expect('[');
    const items = this.at(']') ? [] : this.list(() => this.expression());
    if (key === 'MAP' && items.length % 2 !== 0) {
      this.fail({ hint: 'MAP[...] takes keys and values in turn: an even number of them' });
    }
    this.expect(']');
    return { kind: key === 'ARRAY' ? 'array' : 'map', items, span: this.spanFrom(mark) };
  }

  private cast(safe: boolean, mark: number): Expression {
    this.advance();
    this.expect('(');
    const operand = this.expression();
    this.expect('AS');
    const type = this.type();
    this.expect(')');
    return { kind: 'cast', operand, type, safe, span: this.spanFrom(mark) };
  }

  private exists(mark: number): Expression {
    this.advance();
    this.expect('(');
    const query = this.query();
    this.expect(')');
    return { kind: 'exists', query, span: this.spanFrom(mark) };
  }

  private row(mark: number): Expression {
    this.advance();
    this.expect('(');
    const items = this.at(')') ? [] : this.list(() => this.expression());
    this.expect(')');
    return { kind: 'row', items, explicit: true, span: this.spanFrom(mark) };
  }

  /** `(query)`, `(a, b)` or `(a)`; the last is `a` itself. */
  private parenthesised(mark: number): Expression {
    const query = this.parenthesisedQuery();
    if (query !== undefined) return { kind: 'subquery', query, span: this.spanFrom(mark) };
    this.expect('(');
    const items = this.list(() => this.expression());
    this.expect(')');
    const span = this.spanFrom(mark);
    if (items.length > 1) return { kind: 'row', items, explicit: false, span };
    return { ...items[0]!, span };
  }

  /** `(query)` when that is what stands here, for `((SELECT 1) + 1)` also starts like one. */
  protected parenthesisedQuery(): Query | undefined {
    if (!this.atQuery(1)) return undefined;
    const rule = () => {
      this.expect('(');
      const query = this.query();
      this.expect(')');
      return query;
    };
    return this.peek().key === '(' ? this.attempt(rule) : rule();
  }

  /** `(query)` or `(a, b)` behind IN, ANY, ALL. */
  protected set(): { readonly list: Expression[] | undefined; readonly query: Query | undefined } {
    if (!this.at('(')) this.fail();
    const query = this.parenthesisedQuery();
    if (query !== undefined) return { list: undefined, query };
    this.expect('(');
    const list = this.list(() => this.expression());
    this.expect(')');
    return { list, query: undefined };
  }

  protected atQueryContinuation(): boolean {
    return QUERY_CONTINUES.some((key) => this.at(key));
  }
}
