// Whole statements and scripts of them.

import { nearest } from '../options/nearest.ts';
import { DreyError, SqlParserError } from '../types/errors.ts';
import type {
  ConflictAction,
  Describe,
  DescribeJob,
  Explain,
  ExplainDetail,
  Expression,
  Insert,
  LikePattern,
  OptionNode,
  QualifiedName,
  QueryStatement,
  SetStatement,
  Show,
  ShowCreate,
  Statement,
  StatementSet,
  StopJob,
  TypeNode,
} from './ast.ts';
import { DdlParser } from './ddl-parser.ts';
import { cover } from './positions.ts';

const STARTS =
  'ALTER BEGIN CREATE DESC DESCRIBE DROP EXECUTE EXIT EXPLAIN INSERT QUIT RESET SELECT SET SHOW STATEMENT STOP USE VALUES WITH'.split(
    ' ',
  );
const DETAILS = ['ESTIMATED_COST', 'CHANGELOG_MODE', 'PLAN_ADVICE', 'JSON_EXECUTION_PLAN'] as const;

export interface ParsedScript {
  /** The statements that could be read, in order. */
  readonly statements: readonly Statement[];
  /** One error for each statement that could not. */
  readonly errors: readonly DreyError[];
}

export class StatementParser extends DdlParser {
  /** All statements up to the end; after an error it goes on behind the next `;`. */
  script(): ParsedScript {
    const statements: Statement[] = [];
    const errors: DreyError[] = [];
    for (;;) {
      while (this.accept(';')) {
        // An empty statement.
      }
      if (this.at('<EOF>')) return { statements, errors };
      try {
        const statement = this.statement(errors);
        if (!this.at(';') && !this.at('<EOF>')) this.fail();
        statements.push(statement);
      } catch (error) {
        if (!(error instanceof DreyError)) throw error;
        errors.push(error);
        this.skipStatement();
      }
    }
  }

  wholeExpression(): Expression {
    const expression = this.expression();
    if (!this.at('<EOF>')) this.fail();
    return expression;
  }

  wholeType(): TypeNode {
    const type = this.type();
    if (!this.at('<EOF>')) this.fail();
    return type;
  }

  private skipStatement(): void {
    while (this.token.key !== ';' && this.token.type !== 'eof') this.advance();
  }

  private statement(errors: DreyError[]): Statement {
    const mark = this.pos;
    switch (this.token.key) {
      case 'CREATE':
        return this.create();
      case 'DROP':
        return this.drop();
      case 'ALTER':
        return this.alter();
      case 'INSERT':
        return this.insert(mark);
      case 'EXECUTE':
        return this.execute(errors);
      case 'BEGIN':
        return this.statementSet(errors);
      case 'STATEMENT':
        return this.statementSet(errors);
      case 'EXPLAIN':
        return this.explain(errors);
      case 'SHOW':
        return this.show();
      case 'DESC':
      case 'DESCRIBE':
        return this.describe();
      case 'USE':
        return this.use();
      case 'SET':
        return this.set_();
      case 'RESET':
        return this.reset();
      case 'STOP':
        return this.stopJob();
      case 'QUIT':
      case 'EXIT':
        this.advance();
        return { kind: 'quit', span: this.spanFrom(mark) };
      default:
        return this.queryStatement();
    }
  }

  private queryStatement(): QueryStatement {
    if (!this.atQuery()) this.noStatement();
    const query = this.query();
    return { kind: 'queryStatement', query, span: query.span };
  }

  private noStatement(): never {
    const token = this.token;
    if (token.type === 'error' || token.type === 'eof' || token.type === 'symbol')
      this.failExpectingStatement();
    const span = this.spanOf(token);
    const near = token.type === 'word' ? nearest(token.key, STARTS) : undefined;
    if (near === token.key) this.failExpectingStatement();
    const hint =
      near === undefined ? `A statement starts with one of ${STARTS.join(', ')}` : `Did you mean ${near}?`;
    throw new SqlParserError('SQL parse failed. Non-query expression encountered in illegal context', {
      span,
      hint,
    });
  }

  private failExpectingStatement(): never {
    for (const key of STARTS) this.note(key);
    return this.fail();
  }

  // ---------------------------------------------------------------------------------------------------------- INSERT

  private insert(mark: number): Insert {
    this.expect('INSERT');
    const overwrite = this.expectOne('INTO', 'OVERWRITE') === 'OVERWRITE';
    const table = this.qualifiedName();
    const hints = this.hints();
    const partition = this.accept('PARTITION') ? this.partition() : [];
    const columns = this.at('(') && !this.atQuery(1) ? this.nameList() : undefined;
    const query = this.query();
    const conflict = this.conflict();
    const span = this.spanFrom(mark);
    return { kind: 'insert', overwrite, table, hints, partition, columns, query, conflict, span };
  }

  private conflict(): ConflictAction | undefined {
    if (!this.accept('ON')) return undefined;
    this.expect('CONFLICT', 'DO');
    return this.expectOne('DEDUPLICATE', 'NOTHING', 'ERROR');
  }

  /** `(k = 'v', ...)`; values may be strings, numbers or other literals and are kept as text. */
  private partition(): OptionNode[] {
    this.expect('(');
    const options = this.list((): OptionNode => {
      const key = this.name();
      this.expect('=');
      const value = this.partitionValue();
      const span = cover(key.span, value.span);
      return {
        kind: 'option',
        key: key.value,
        value: value.value,
        keySpan: key.span,
        valueSpan: value.span,
        span,
      };
    });
    this.expect(')');
    return options;
  }

  private partitionValue() {
    if (this.token.type !== 'number') return this.string();
    const token = this.advance();
    return { value: token.value, span: this.spanOf(token) };
  }

  private execute(errors: DreyError[]): Insert | StatementSet {
    if (this.peek().key === 'STATEMENT') return this.statementSet(errors);
    const mark = this.pos;
    this.expect('EXECUTE');
    return this.insert(mark);
  }

  /** `EXECUTE STATEMENT SET BEGIN ...; END`, `STATEMENT SET BEGIN ...; END` and `BEGIN STATEMENT SET; ...; END`. */
  private statementSet(errors: DreyError[]): StatementSet {
    const mark = this.pos;
    if (this.accept('BEGIN')) this.expect('STATEMENT', 'SET', ';');
    else {
      this.accept('EXECUTE');
      this.expect('STATEMENT', 'SET', 'BEGIN');
    }
    const inserts: Insert[] = [];
    while (!this.accept('END')) {
      if (this.accept(';')) continue;
      if (this.at('<EOF>')) this.fail({ hint: 'A statement set ends with END;' });
      const insert = this.guarded(errors);
      if (insert !== undefined) inserts.push(insert);
    }
    return { kind: 'statementSet', inserts, span: this.spanFrom(mark) };
  }

  /** One INSERT of a statement set; an error is noted, and reading goes on behind the next `;`. */
  private guarded(errors: DreyError[]): Insert | undefined {
    try {
      const mark = this.pos;
      const insert = this.insert(mark);
      if (!this.at(';') && !this.at('END')) this.fail();
      return insert;
    } catch (error) {
      if (!(error instanceof DreyError)) throw error;
      errors.push(error);
      this.skipStatement();
      return undefined;
    }
  }

  // ------------------------------------------------------------------------------------------- EXPLAIN, SHOW, DESCRIBE

  private explain(errors: DreyError[]): Explain {
    const mark = this.pos;
    this.expect('EXPLAIN');
    const details: ExplainDetail[] = [];
    if (!this.acceptAll('PLAN', 'FOR')) {
      let detail = this.acceptOne(...DETAILS);
      while (detail !== undefined) {
        details.push(detail);
        detail = this.accept(',') ? this.expectOne(...DETAILS) : undefined;
      }
    }
    const statement = this.explained(errors);
    return { kind: 'explain', details, statement, span: this.spanFrom(mark) };
  }

  private explained(errors: DreyError[]): Explain['statement'] {
    if (this.at('INSERT')) return this.insert(this.pos);
    if (this.at('EXECUTE')) return this.execute(errors);
    if (this.at('STATEMENT') || this.at('BEGIN')) return this.statementSet(errors);
    return this.queryStatement();
  }

  private show(): Show | ShowCreate {
    const mark = this.pos;
    this.expect('SHOW');
    if (this.accept('CREATE')) {
      const object = this.expectOne('TABLE', 'VIEW', 'CATALOG');
      const name = this.qualifiedName();
      return { kind: 'showCreate', object, name, span: this.spanFrom(mark) };
    }
    const what = this.shown();
    const from = this.showFrom(what);
    const like = this.showLike(what);
    return { kind: 'show', what, from, like, span: this.spanFrom(mark) };
  }

  private shown(): Show['what'] {
    if (this.accept('CURRENT')) return `CURRENT ${this.expectOne('CATALOG', 'DATABASE')}`;
    if (this.accept('USER')) {
      this.expect('FUNCTIONS');
      return 'USER FUNCTIONS';
    }
    return this.expectOne(
      'TABLES',
      'VIEWS',
      'FUNCTIONS',
      'JOBS',
      'CATALOGS',
      'DATABASES',
      'MODULES',
      'JARS',
      'COLUMNS',
    );
  }

  private showFrom(what: Show['what']): QualifiedName | undefined {
    if (what === 'COLUMNS') this.expectOne('FROM', 'IN');
    else if (!['TABLES', 'VIEWS', 'FUNCTIONS', 'USER FUNCTIONS', 'DATABASES'].includes(what))
      return undefined;
    else if (this.acceptOne('FROM', 'IN') === undefined) return undefined;
    return this.qualifiedName();
  }

  private showLike(what: Show['what']): LikePattern | undefined {
    if (what.startsWith('CURRENT') || what === 'JOBS' || what === 'MODULES' || what === 'JARS')
      return undefined;
    const mark = this.pos;
    const negated = this.accept('NOT');
    const word = this.acceptOne('LIKE', 'ILIKE');
    if (word === undefined) return negated ? this.fail() : undefined;
    const pattern = this.string().value;
    return {
      kind: 'likePattern',
      negated,
      caseInsensitive: word === 'ILIKE',
      pattern,
      span: this.spanFrom(mark),
    };
  }

  private describe(): Describe | DescribeJob {
    const mark = this.pos;
    this.advance();
    if (this.at('JOB') && this.peek().type === 'string') {
      this.advance();
      const jobId = this.string().value;
      return { kind: 'describeJob', jobId, span: this.spanFrom(mark) };
    }
    const extended = this.accept('EXTENDED');
    this.accept('TABLE');
    const name = this.qualifiedName();
    return { kind: 'describe', extended, name, span: this.spanFrom(mark) };
  }

  // --------------------------------------------------------------------------------------------- USE, SET, RESET, STOP

  private use(): Statement {
    const mark = this.pos;
    this.expect('USE');
    if (this.at('CATALOG') && this.atName(this.peek())) {
      this.advance();
      const name = this.name();
      return { kind: 'useCatalog', name, span: this.spanFrom(mark) };
    }
    const name = this.qualifiedName();
    return { kind: 'useDatabase', name, span: this.spanFrom(mark) };
  }

  private set_(): SetStatement {
    const mark = this.pos;
    this.expect('SET');
    if (this.at(';') || this.at('<EOF>'))
      return { kind: 'set', option: undefined, span: this.spanFrom(mark) };
    const option = this.atString() ? this.option() : this.unquotedOption();
    return { kind: 'set', option, span: this.spanFrom(mark) };
  }

  /** The SQL client's old syntax, `SET table.exec.state.ttl = 1 d`: key and value are the text around the first `=`. */
  private unquotedOption(): OptionNode {
    const first = this.token;
    let equals = this.token;
    while (equals.key !== '=') {
      if (!this.at('=') && (this.at(';') || this.at('<EOF>'))) this.fail();
      equals = this.token.key === '=' ? this.token : this.nextToken();
    }
    if (equals === first) this.fail();
    this.advance();
    const start = this.token;
    if (this.at(';') || this.at('<EOF>')) this.fail();
    let last = this.advance();
    while (this.token.key !== ';' && this.token.type !== 'eof') last = this.advance();
    const keySpan = this.positions.span(first.start, this.text.slice(0, equals.start).trimEnd().length);
    const valueSpan = this.positions.span(start.start, last.end);
    const key = this.text.slice(keySpan.start, keySpan.end);
    const value =
      start === last && start.type === 'string' ? start.value : this.text.slice(start.start, last.end);
    return { kind: 'option', key, value, keySpan, valueSpan, span: cover(keySpan, valueSpan) };
  }

  private nextToken() {
    this.advance();
    return this.token;
  }

  private reset(): Statement {
    const mark = this.pos;
    this.expect('RESET');
    if (this.at(';') || this.at('<EOF>')) return { kind: 'reset', key: undefined, span: this.spanFrom(mark) };
    const key = this.atString() ? this.string().value : this.unquotedKey();
    return { kind: 'reset', key, span: this.spanFrom(mark) };
  }

  private unquotedKey(): string {
    const mark = this.pos;
    while (this.token.key !== ';' && this.token.type !== 'eof') this.advance();
    const span = this.spanFrom(mark);
    return this.text.slice(span.start, span.end);
  }

  private stopJob(): StopJob {
    const mark = this.pos;
    this.expect('STOP', 'JOB');
    const jobId = this.string().value;
    let withSavepoint = false;
    let withDrain = false;
    while (this.accept('WITH')) {
      if (this.expectOne('SAVEPOINT', 'DRAIN') === 'SAVEPOINT') withSavepoint = true;
      else withDrain = true;
    }
    return { kind: 'stopJob', jobId, withSavepoint, withDrain, span: this.spanFrom(mark) };
  }
}
