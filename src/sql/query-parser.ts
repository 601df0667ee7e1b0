// Queries: SELECT, VALUES, set operations, WITH, ORDER BY and the FROM clause.
import type {
  CommonTableExpression,
  Expression,
  GroupingElement,
  GroupingSet,
  Hint,
  Join,
  Name,
  NamedWindow,
  OptionNode,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  SortItem,
  TableAlias,
  TableReference,
  Values,
} from './ast.ts';
import { ExpressionParser } from './expression-parser.ts';
import { isReservedFunction } from './keywords.ts';
import { cover } from './positions.ts';

const QUERY_STARTS = ['SELECT', 'WITH', 'VALUES'];

export abstract class QueryParser extends ExpressionParser {
  protected override atQuery(ahead = 0): boolean {
    let i = ahead;
    if (ahead === 0) for (const key of QUERY_STARTS) if (this.at(key)) return true;
    while (this.peek(i).key === '(') i++;
    const key = this.peek(i).key;
    // TABLE t is a query, TABLE(f(...)) is not.
    return QUERY_STARTS.includes(key) || (key === 'TABLE' && this.peek(i + 1).key !== '(');
  }

  protected override query(): Query {
    const mark = this.pos;
    const ctes = this.accept('WITH') ? this.list(() => this.cte()) : [];
    const body = this.setOperations();
    const orderBy: SortItem[] = this.acceptAll('ORDER', 'BY') ? this.list(() => this.sortItem()) : [];
    const { offset, fetch } = this.limits();
    const bare = ctes.length === 0 && orderBy.length === 0 && offset === undefined && fetch === undefined;
    if (bare && body.kind === 'query') return body;
    return { kind: 'query', with: ctes, body, orderBy, offset, fetch, span: this.spanFrom(mark) };
  }

  private cte(): CommonTableExpression {
    const mark = this.pos;
    const name = this.name();
    const columns = this.at('(') ? this.nameList() : [];
    this.expect('AS', '(');
    const query = this.query();
    this.expect(')');
    return { kind: 'cte', name, columns, query, span: this.spanFrom(mark) };
  }

  private limits(): { readonly offset: Expression | undefined; readonly fetch: Expression | undefined } {
    let offset: Expression | undefined;
    let fetch: Expression | undefined;
    if (this.accept('LIMIT') && !this.accept('ALL')) fetch = this.expression();
    if (this.accept('OFFSET')) {
      offset = this.expression();
      this.acceptOne('ROW', 'ROWS');
    }
    if (fetch === undefined && this.accept('FETCH')) {
      this.expectOne('FIRST', 'NEXT');
      fetch = this.expression();
      this.expectOne('ROW', 'ROWS');
      this.expect('ONLY');
    }
    return { offset, fetch };
  }

  // -------------------------------------------------------------------------------------------------- set operations

  private setOperations(): QueryBody {
    let left = this.intersections();
    for (;;) {
      const word = this.acceptOne('UNION', 'EXCEPT', 'MINUS');
      if (word === undefined) return left;
      const all = this.acceptOne('ALL', 'DISTINCT') === 'ALL';
      const op = word === 'MINUS' ? 'EXCEPT' : word;
      left = setOperation(op, all, left, this.intersections());
    }
  }

  private intersections(): QueryBody {
    let left = this.term();
    while (this.accept('INTERSECT')) {
      const all = this.acceptOne('ALL', 'DISTINCT') === 'ALL';
      left = setOperation('INTERSECT', all, left, this.term());
    }
    return left;
  }

  private term(): QueryBody {
    const mark = this.pos;
    if (this.accept('(')) {
      const query = this.query();
      this.expect(')');
      return isBare(query) ? query.body : query;
    }
    if (this.at('SELECT')) return this.select();
    if (this.at('VALUES')) return this.values();
    if (!this.accept('TABLE')) this.fail();
    const name = this.qualifiedName();
    return { kind: 'explicitTable', name, span: this.spanFrom(mark) };
  }

  private values(): Values {
    const mark = this.pos;
    this.expect('VALUES');
    const rows = this.list(() => this.valuesRow());
    return { kind: 'values', rows, span: this.spanFrom(mark) };
  }

  /** `(1, 2)` is a row even with one column; `(1) + 2` is an expression. */
  private valuesRow(): Expression {
    if (!this.at('(')) return this.expression();
    const mark = this.pos;
    if (this.peek().key !== 'SELECT') {
      const row = this.attempt((): Expression => {
        this.expect('(');
        const items = this.list(() => this.expression());
        this.expect(')');
        return { kind: 'row', items, explicit: false, span: this.spanFrom(mark) };
      });
      const closed =
        [',', ')', ';', 'AS', '<EOF>', 'END'].includes(this.token.key) || this.atQueryContinuation();
      if (row !== undefined && closed) return row;
      this.pos = mark;
    }
    return this.expression();
  }

  // ---------------------------------------------------------------------------------------------------------- SELECT

  private select(): Select {
    const mark = this.pos;
    this.expect('SELECT');
    const hints = this.hints();
    const distinct = this.acceptOne('ALL', 'DISTINCT') === 'DISTINCT';
    const items = this.list(() => this.selectItem());
    let from: TableReference | undefined;
    let where: Expression | undefined;
    let groupBy: GroupingElement[] | undefined;
    let having: Expression | undefined;
    let windows: NamedWindow[] = [];
    let qualify: Expression | undefined;
    if (this.accept('FROM')) {
      from = this.fromClause();
      if (this.accept('WHERE')) where = this.expression();
      if (this.acceptAll('GROUP', 'BY')) groupBy = this.list(() => this.groupingElement());
      if (this.accept('HAVING')) having = this.expression();
      if (this.accept('WINDOW')) windows = this.list(() => this.namedWindow());
      if (this.accept('QUALIFY')) qualify = this.expression();
    }
    const clauses = { from, where, groupBy, having, windows, qualify };
    return { kind: 'select', hints, distinct, items, ...clauses, span: this.spanFrom(mark) };
  }

  private selectItem(): SelectItem {
    const mark = this.pos;
    const expression: Expression = this.accept('*')
      ? { kind: 'star', qualifier: [], span: this.spanFrom(mark) }
      : this.expression();
    const alias = this.accept('AS') || this.atName() ? this.name() : undefined;
    if (expression.kind === 'star' && alias !== undefined && !this.atName()) {
      this.pos--;
      this.fail({ hint: 'A * cannot have an alias' });
    }
    return { kind: 'selectItem', expression, alias, span: this.spanFrom(mark) };
  }

  private groupingElement(): GroupingElement {
    const mark = this.pos;
    if (this.acceptAll('(', ')'))
      return { kind: 'grouping', type: 'EMPTY', items: [], span: this.spanFrom(mark) };
    const type = this.acceptAll('GROUPING', 'SETS') ? 'GROUPING SETS' : this.acceptOne('ROLLUP', 'CUBE');
    if (type === undefined) return this.expression();
    this.expect('(');
    const items = this.list(() => this.groupingElement());
    this.expect(')');
    const set: GroupingSet = { kind: 'grouping', type, items, span: this.spanFrom(mark) };
    return set;
  }

  private namedWindow(): NamedWindow {
    const mark = this.pos;
    const name = this.name();
    this.expect('AS');
    const window = this.windowSpecification();
    return { kind: 'namedWindow', name, window, span: this.spanFrom(mark) };
  }

  // ------------------------------------------------------------------------------------------------------------ FROM

  private fromClause(): TableReference {
    let left = this.joins();
    while (this.accept(',')) left = join('COMMA', false, left, this.joins());
    return left;
  }

  private joins(): TableReference {
    let left = this.tableFactor();
    for (;;) {
      const natural = this.accept('NATURAL');
      const type = this.joinType();
      if (type === undefined) {
        if (natural) this.fail();
        return left;
      }
      const right = this.tableFactor();
      let on: Expression | undefined;
      let using: Name[] | undefined;
      if (this.accept('ON')) on = this.expression();
      else if (this.accept('USING')) using = this.nameList();
      const span = this.spanSince(left);
      left = { ...join(type, natural, left, right), on, using, span };
    }
  }

  private joinType(): 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | undefined {
    if (this.accept('JOIN')) return 'INNER';
    const type = this.acceptOne('INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS');
    if (type === undefined) return undefined;
    if (type === 'LEFT' || type === 'RIGHT' || type === 'FULL') this.accept('OUTER');
    this.expect('JOIN');
    return type;
  }

  private tableFactor(): TableReference {
    const mark = this.pos;
    const lateral = this.accept('LATERAL');
    if (this.at('(')) return this.parenthesisedTable(lateral, mark);
    if (this.acceptAll('TABLE', '(')) {
      const call = this.tableFunctionCall();
      this.expect(')');
      return { kind: 'tableFunction', lateral, call, alias: this.tableAlias(), span: this.spanFrom(mark) };
    }
    if (!lateral && this.accept('UNNEST')) {
      this.expect('(');
      const args = this.list(() => this.expression());
      this.expect(')');
      const withOrdinality = this.acceptAll('WITH', 'ORDINALITY');
      return { kind: 'unnest', args, withOrdinality, alias: this.tableAlias(), span: this.spanFrom(mark) };
    }
    const name = this.qualifiedName();
    if (lateral || this.at('(')) {
      const call = this.call(name, mark);
      return { kind: 'tableFunction', lateral, call, alias: this.tableAlias(), span: this.spanFrom(mark) };
    }
    const hints = this.hints();
    const systemTime = this.acceptAll('FOR', 'SYSTEM_TIME') ? this.asOf() : undefined;
    return { kind: 'table', name, hints, systemTime, alias: this.tableAlias(), span: this.spanFrom(mark) };
  }

  private asOf(): Expression {
    this.expect('AS', 'OF');
    return this.expression();
  }

  private tableFunctionCall() {
    const mark = this.pos;
    const name = isReservedFunction(this.token.key) ? this.functionName() : this.qualifiedName();
    return this.call(name, mark);
  }

  /** `(query) AS t`, `(a JOIN b ON ...)` */
  private parenthesisedTable(lateral: boolean, mark: number): TableReference {
    const query = this.parenthesisedQuery();
    if (query !== undefined) {
      return { kind: 'derived', lateral, query, alias: this.tableAlias(), span: this.spanFrom(mark) };
    }
    this.expect('(');
    const table = this.fromClause();
    this.expect(')');
    return { ...table, span: this.spanFrom(mark) };
  }

  private tableAlias(): TableAlias | undefined {
    const mark = this.pos;
    if (!this.accept('AS') && !this.atName()) return undefined;
    const name = this.name();
    const columns = this.at('(') ? this.nameList() : [];
    return { kind: 'tableAlias', name, columns, span: this.spanFrom(mark) };
  }

  // ----------------------------------------------------------------------------------------------------------- hints

  /** Zero or more `/*+ NAME(...) * /` blocks. */
  protected hints(): Hint[] {
    const hints: Hint[] = [];
    while (this.accept('/*+')) {
      do hints.push(this.hint());
      while (this.accept(','));
      while (!this.at('*/')) hints.push(this.hint());
      this.expect('*/');
    }
    return hints;
  }

  private hint(): Hint {
    const mark = this.pos;
    const name = this.name().value.toUpperCase();
    const options: OptionNode[] = [];
    const args: string[] = [];
    if (this.accept('(')) {
      if (!this.at(')')) {
        do this.hintArgument(options, args);
        while (this.accept(','));
      }
      this.expect(')');
    }
    return { kind: 'hint', name, options, args, span: this.spanFrom(mark) };
  }

  private hintArgument(options: OptionNode[], args: string[]): void {
    if (this.token.type === 'number') {
      args.push(this.advance().value);
      return;
    }
    const key = this.atString() ? this.string() : this.hintName();
    if (!this.accept('=')) {
      args.push(key.value);
      return;
    }
    const value = this.string();
    options.push({
      kind: 'option',
      key: key.value,
      value: value.value,
      keySpan: key.span,
      valueSpan: value.span,
      span: cover(key.span, value.span),
    });
  }

  private hintName() {
    const name = this.qualifiedName();
    return { value: name.parts.map((p) => p.value).join('.'), span: name.span };
  }
}

function isBare(query: Query): boolean {
  return (
    query.with.length === 0 &&
    query.orderBy.length === 0 &&
    query.offset === undefined &&
    query.fetch === undefined
  );
}

function setOperation(op: SetOperation['op'], all: boolean, left: QueryBody, right: QueryBody): SetOperation {
  return { kind: 'setOperation', op, all, left, right, span: cover(left.span, right.span) };
}

function join(type: Join['type'], natural: boolean, left: TableReference, right: TableReference): Join {
  const span = cover(left.span, right.span);
  return { kind: 'join', type, natural, left, right, on: undefined, using: undefined, span };
}
