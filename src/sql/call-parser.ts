// Function calls: plain ones, and those with a syntax of their own.
import type {
  CallExpression,
  Expression,
  FrameBound,
  JsonBehavior,
  JsonConstructorExpression,
  JsonPathExpression,
  QualifiedName,
  Query,
  SortItem,
  StringLiteral,
  SymbolNode,
  WindowFrame,
  WindowSpecification,
} from './ast.ts';
import { BINDING } from './binding.ts';
import { TypeParser } from './type-parser.ts';

export abstract class CallParser extends TypeParser {
  /** An expression whose operators bind at least as tightly as `minimum` (all of them by default). */
  protected abstract expression(minimum?: number): Expression;
  protected abstract query(): Query;
  /** Whether a query starts here or `ahead` tokens further (SELECT, WITH, VALUES; behind parentheses too). */
  protected abstract atQuery(ahead?: number): boolean;

  /** A call whose name has been taken; `(` is next. */
  protected call(name: QualifiedName, mark: number): CallExpression {
    this.expect('(');
    let distinct = false;
    let args: Expression[] = [];
    if (!this.at(')')) {
      distinct = this.acceptOne('DISTINCT', 'ALL') === 'DISTINCT';
      args = this.list(() => this.argument());
    }
    this.expect(')');
    const nullTreatment = this.nullTreatment();
    const withinGroup = this.withinGroup();
    const filter = this.filter();
    const over = this.accept('OVER') ? this.windowReference() : undefined;
    const rest = { distinct, withinGroup, filter, nullTreatment, over };
    return { kind: 'call', name, args, niladic: false, ...rest, span: this.spanFrom(mark) };
  }

  /** A call with plain arguments and nothing behind the parentheses. */
  protected plainCall(
    name: QualifiedName,
    args: readonly Expression[],
    mark: number,
    niladic = false,
  ): CallExpression {
    return {
      kind: 'call',
      name,
      args,
      niladic,
      distinct: false,
      withinGroup: undefined,
      filter: undefined,
      nullTreatment: undefined,
      over: undefined,
      span: this.spanFrom(mark),
    };
  }

  private argument(): Expression {
    const mark = this.pos;
    if (this.atName() && this.peek().key === '=>') {
      const name = this.name();
      this.expect('=>');
      const value = this.argument();
      return { kind: 'namedArgument', name, value, span: this.spanFrom(mark) };
    }
    if (this.accept('*')) return { kind: 'star', qualifier: [], span: this.spanFrom(mark) };
    if (['TABLE', 'SELECT', 'WITH', 'VALUES'].includes(this.token.key)) return this.tableArgument();
    return this.expression();
  }

  /** `TABLE t [PARTITION BY ...] [ORDER BY ...]`, or a query, as an argument. */
  private tableArgument(): Expression {
    const mark = this.pos;
    const table = this.accept('TABLE') ? this.tableOrQuery() : this.query();
    const partitionBy = this.acceptAll('PARTITION', 'BY') ? this.oneOrList(() => this.expression()) : [];
    const orderBy = this.acceptAll('ORDER', 'BY') ? this.oneOrList(() => this.sortItem()) : [];
    return { kind: 'tableArgument', table, partitionBy, orderBy, span: this.spanFrom(mark) };
  }

  private tableOrQuery(): QualifiedName | Query {
    if (!this.at('(')) return this.qualifiedName();
    this.expect('(');
    const query = this.query();
    this.expect(')');
    return query;
  }

  /** `a` or `(a, b)`: a list without parentheses would run into the next argument. */
  private oneOrList<T>(item: () => T): T[] {
    if (!this.accept('(')) return [item()];
    const items = this.list(item);
    this.expect(')');
    return items;
  }

  private nullTreatment(): CallExpression['nullTreatment'] {
    if (this.acceptAll('IGNORE', 'NULLS')) return 'IGNORE NULLS';
    return this.acceptAll('RESPECT', 'NULLS') ? 'RESPECT NULLS' : undefined;
  }

  private withinGroup(): SortItem[] | undefined {
    if (!this.accept('WITHIN')) return undefined;
    this.expect('GROUP', '(', 'ORDER', 'BY');
    const items = this.list(() => this.sortItem());
    this.expect(')');
    return items;
  }

  private filter(): Expression | undefined {
    if (!this.accept('FILTER')) return undefined;
    this.expect('(', 'WHERE');
    const condition = this.expression();
    this.expect(')');
    return condition;
  }

  protected sortItem(): SortItem {
    const mark = this.pos;
    const expression = this.expression();
    const descending = this.acceptOne('ASC', 'DESC') === 'DESC';
    const nulls = this.accept('NULLS') ? this.expectOne('FIRST', 'LAST') : undefined;
    return { kind: 'sort', expression, descending, nulls, span: this.spanFrom(mark) };
  }

  /** `w` or `(...)` */
  private windowReference(): WindowSpecification {
    if (this.at('(')) return this.windowSpecification();
    const reference = this.name();
    return {
      kind: 'window',
      reference,
      partitionBy: [],
      orderBy: [],
      frame: undefined,
      span: reference.span,
    };
  }

  protected windowSpecification(): WindowSpecification {
    const mark = this.pos;
    this.expect('(');
    const reference = this.atName() ? this.name() : undefined;
    const partitionBy = this.acceptAll('PARTITION', 'BY') ? this.list(() => this.expression()) : [];
    const orderBy = this.acceptAll('ORDER', 'BY') ? this.list(() => this.sortItem()) : [];
    const frame = this.windowFrame();
    this.expect(')');
    return { kind: 'window', reference, partitionBy, orderBy, frame, span: this.spanFrom(mark) };
  }

  private windowFrame(): WindowFrame | undefined {
    const mark = this.pos;
    const unit = this.acceptOne('ROWS', 'RANGE');
    if (unit === undefined) return undefined;
    const between = this.accept('BETWEEN');
    const start = this.frameBound();
    if (between) this.expect('AND');
    const end = between ? this.frameBound() : undefined;
    return { kind: 'frame', unit, start, end, span: this.spanFrom(mark) };
  }

  private frameBound(): FrameBound {
    const mark = this.pos;
    const bound = (type: FrameBound['type'], offset: Expression | undefined): FrameBound => {
      return { kind: 'bound', type, offset, span: this.spanFrom(mark) };
    };
    if (this.acceptAll('CURRENT', 'ROW')) return bound('CURRENT ROW', undefined);
    if (this.accept('UNBOUNDED')) {
      return bound(`UNBOUNDED ${this.expectOne('PRECEDING', 'FOLLOWING')}`, undefined);
    }
    const offset = this.expression(BINDING.ADDITIVE);
    return bound(this.expectOne('PRECEDING', 'FOLLOWING'), offset);
  }

  // -------------------------------------------------------------------------------- functions with their own syntax

  /** The arguments of a function with a syntax of its own; the name and `(` have been taken, `)` is taken here. */
  protected specialArguments(name: string): Expression[] {
    const args = this.specialArgumentList(name);
    this.expect(')');
    return args;
  }

  private specialArgumentList(name: string): Expression[] {
    switch (name) {
      case 'EXTRACT': {
        const unit = this.unitSymbol();
        this.expect('FROM');
        return [unit, this.expression()];
      }
      case 'CEIL':
      case 'CEILING':
      case 'FLOOR': {
        const value = this.expression();
        return this.accept('TO') ? [value, this.unitSymbol()] : [value];
      }
      case 'POSITION': {
        // The operand must not swallow IN.
        const args = [this.expression(BINDING.ADDITIVE)];
        this.expect('IN');
        args.push(this.expression());
        if (this.accept('FROM')) args.push(this.expression());
        return args;
      }
      case 'SUBSTRING':
        return this.substring();
      case 'TRIM':
        return this.trim();
      case 'OVERLAY': {
        const args = [this.expression()];
        this.expect('PLACING');
        args.push(this.expression());
        this.expect('FROM');
        args.push(this.expression());
        if (this.accept('FOR')) args.push(this.expression());
        return args;
      }
      default: {
        // TIMESTAMPADD, TIMESTAMPDIFF
        const args: Expression[] = [this.unitSymbol()];
        this.expect(',');
        args.push(this.expression());
        this.expect(',');
        args.push(this.expression());
        return args;
      }
    }
  }

  private substring(): Expression[] {
    const args = [this.expression()];
    if (this.accept('FROM')) {
      args.push(this.expression());
      if (this.accept('FOR')) args.push(this.expression());
      return args;
    }
    this.expect(',');
    args.push(this.expression());
    if (this.accept(',')) args.push(this.expression());
    return args;
  }

  /** TRIM(x), TRIM(c FROM x), TRIM(BOTH FROM x), TRIM(BOTH c FROM x) */
  private trim(): Expression[] {
    const mark = this.pos;
    const flag = this.acceptOne('BOTH', 'LEADING', 'TRAILING');
    const span = flag === undefined ? this.spanOf(this.tokens[mark - 1]!) : this.spanFrom(mark);
    const symbol: SymbolNode = { kind: 'symbol', value: flag ?? 'BOTH', span };
    const blank: StringLiteral = { kind: 'string', value: ' ', span };
    if (flag !== undefined && this.accept('FROM')) return [symbol, blank, this.expression()];
    const first = this.expression();
    if (flag === undefined && !this.at('FROM')) return [symbol, blank, first];
    this.expect('FROM');
    return [symbol, first, this.expression()];
  }

  private unitSymbol(): SymbolNode {
    const mark = this.pos;
    const value = this.timeUnit();
    return { kind: 'symbol', value, span: this.spanFrom(mark) };
  }

  // -------------------------------------------------------------------------------------------------- SQL/JSON calls

  protected jsonPathCall(name: JsonPathExpression['name'], mark: number): JsonPathExpression {
    this.expect('(');
    const input = this.expression();
    this.acceptAll('FORMAT', 'JSON');
    this.expect(',');
    const path = this.expression();
    const returning = name !== 'JSON_EXISTS' && this.accept('RETURNING') ? this.type() : undefined;
    const wrapper = name === 'JSON_QUERY' ? this.jsonWrapper() : undefined;
    let onEmpty: JsonBehavior | undefined;
    let onError: JsonBehavior | undefined;
    for (;;) {
      const behavior = onError === undefined ? this.jsonBehavior(name) : undefined;
      if (behavior === undefined) break;
      this.expect('ON');
      if (name === 'JSON_EXISTS' || onEmpty !== undefined) this.expect('ERROR');
      else if (this.expectOne('EMPTY', 'ERROR') === 'EMPTY') {
        onEmpty = behavior;
        continue;
      }
      onError = behavior;
    }
    this.expect(')');
    return {
      kind: 'jsonPath',
      name,
      input,
      path,
      returning,
      wrapper,
      onEmpty,
      onError,
      span: this.spanFrom(mark),
    };
  }

  private jsonWrapper(): JsonPathExpression['wrapper'] {
    let wrapper: JsonPathExpression['wrapper'];
    if (this.accept('WITHOUT')) wrapper = 'WITHOUT';
    else if (this.accept('WITH')) wrapper = this.acceptOne('CONDITIONAL', 'UNCONDITIONAL') ?? 'UNCONDITIONAL';
    else return undefined;
    this.accept('ARRAY');
    this.expect('WRAPPER');
    return wrapper;
  }

  private jsonBehavior(name: JsonPathExpression['name']): JsonBehavior | undefined {
    if (name === 'JSON_EXISTS') {
      const kind = this.acceptOne('TRUE', 'FALSE', 'UNKNOWN', 'ERROR');
      return kind === undefined ? undefined : { kind };
    }
    const simple = this.acceptOne('NULL', 'ERROR');
    if (simple !== undefined) return { kind: simple };
    if (name === 'JSON_QUERY') {
      if (!this.accept('EMPTY')) return undefined;
      return { kind: `EMPTY ${this.expectOne('ARRAY', 'OBJECT')}` };
    }
    return this.accept('DEFAULT') ? { kind: 'DEFAULT', value: this.expression() } : undefined;
  }

  protected jsonConstructor(
    name: JsonConstructorExpression['name'],
    mark: number,
  ): JsonConstructorExpression {
    this.expect('(');
    const keys: Expression[] = [];
    const values: Expression[] = [];
    if (!this.at(')') && !this.atOnNull()) {
      do {
        if (name === 'JSON_OBJECT' || name === 'JSON_OBJECTAGG') {
          this.accept('KEY');
          keys.push(this.expression());
          this.expectOne('VALUE', ':');
        }
        values.push(this.expression());
      } while (this.accept(','));
    }
    const onNull = this.atOnNull() ? this.expectOne('NULL', 'ABSENT') : undefined;
    if (onNull !== undefined) this.expect('ON', 'NULL');
    this.expect(')');
    return { kind: 'jsonConstructor', name, keys, values, onNull, span: this.spanFrom(mark) };
  }

  private atOnNull(): boolean {
    return (this.at('NULL') || this.at('ABSENT')) && this.peek().key === 'ON';
  }
}
