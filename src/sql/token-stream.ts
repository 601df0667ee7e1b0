// The parser's hands: look at tokens, take them, and say what was expected when the wrong one comes.
import { nearest } from '../options/nearest.ts';
import { HIDDEN } from '../options/redact.ts';
import { type ErrorDetails, type SourceSpan, SqlParserError } from '../types/errors.ts';
import type { Name, QualifiedName } from './ast.ts';
import { isReserved } from './keywords.ts';
import { type Token, tokenize } from './lexer.ts';
import { cover, Positions } from './positions.ts';
import { secretRanges } from './secrets.ts';

/** Words that start a clause: where one of them stands wrongly it is hardly meant as a name. */
const CLAUSES = 'SELECT FROM WHERE GROUP ORDER HAVING JOIN ON USING UNION INTO VALUES SET WITH AS'.split(' ');
const KINDS = ['<EOF>', '<IDENTIFIER>', '<QUOTED_STRING>', '<NUMBER>', '<EXPRESSION>', '<TYPE>'];

export class TokenStream {
  protected readonly text: string;
  protected readonly tokens: readonly Token[];
  protected readonly positions: Positions;
  protected pos = 0;
  /** What was looked for at the current token, for the error message. */
  #expected: string[] = [];

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
    this.positions = new Positions(text);
  }

  protected get token(): Token {
    return this.tokens[this.pos]!;
  }

  protected peek(ahead = 1): Token {
    return this.tokens[Math.min(this.pos + ahead, this.tokens.length - 1)]!;
  }

  /** Whether the current token is this keyword or symbol. */
  protected at(key: string): boolean {
    if (this.token.key === key) return true;
    this.#expected.push(key);
    return false;
  }

  /** Whether the next tokens are these; only the first counts as expected. */
  protected atAll(...keys: readonly string[]): boolean {
    return keys.every((key, i) => (i === 0 ? this.at(key) : this.peek(i).key === key));
  }

  protected advance(): Token {
    const token = this.token;
    if (token.type !== 'eof') this.pos++;
    this.#expected.length = 0;
    return token;
  }

  protected accept(key: string): boolean {
    if (!this.at(key)) return false;
    this.advance();
    return true;
  }

  /** Takes all of these tokens or none. */
  protected acceptAll(...keys: readonly string[]): boolean {
    if (!this.atAll(...keys)) return false;
    for (const _ of keys) this.advance();
    return true;
  }

  /** Takes the first of `keys` that stands here. */
  protected acceptOne<K extends string>(...keys: readonly K[]): K | undefined {
    return keys.find((key) => this.accept(key));
  }

  protected expect(...keys: readonly string[]): void {
    for (const key of keys) if (!this.accept(key)) this.fail();
  }

  protected expectOne<K extends string>(...keys: readonly K[]): K {
    return this.acceptOne(...keys) ?? this.fail();
  }

  /** Notes an alternative that is not a single keyword, such as `<EXPRESSION>`. */
  protected note(expected: string): void {
    this.#expected.push(expected);
  }

  /** Whether an identifier stands here: quoted, or a word that is not reserved. */
  protected atName(token = this.token): boolean {
    const found = token.type === 'quoted' || (token.type === 'word' && !isReserved(token.key));
    if (!found && token === this.token) this.#expected.push('<IDENTIFIER>');
    return found;
  }

  protected name(): Name {
    if (!this.atName()) this.fail();
    const token = this.advance();
    return { kind: 'name', value: token.value, span: this.spanOf(token) };
  }

  protected qualifiedName(): QualifiedName {
    const mark = this.pos;
    const parts = [this.name()];
    while (this.accept('.')) parts.push(this.name());
    return { kind: 'qualifiedName', parts, span: this.spanFrom(mark) };
  }

  /** `(a, b)` */
  protected nameList(): Name[] {
    this.expect('(');
    const names = this.list(() => this.name());
    this.expect(')');
    return names;
  }

  protected list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  /** A string literal; parts on following lines are appended to it, as in standard SQL. */
  protected string(): { readonly value: string; readonly span: SourceSpan } {
    if (!this.atString()) this.fail();
    const mark = this.pos;
    let value = this.advance().value;
    while (this.token.type === 'string') {
      const between = this.text.slice(this.tokens[this.pos - 1]!.end, this.token.start);
      if (!/[\r\n]/.test(between))
        this.fail({ hint: 'A string literal can only be continued on the next line' });
      value += this.advance().value;
    }
    return { value, span: this.spanFrom(mark) };
  }

  protected atString(): boolean {
    if (this.token.type === 'string') return true;
    this.note('<QUOTED_STRING>');
    return false;
  }

  /** A whole number of at least 0. */
  protected integer(): number {
    if (this.token.type !== 'number' || !/^\d+$/.test(this.token.value)) {
      this.note('<NUMBER>');
      this.fail();
    }
    return Number(this.advance().value);
  }

  protected spanOf(token: Token): SourceSpan {
    return this.positions.span(token.start, token.end);
  }

  /** From the token at `mark` to the last token taken. */
  protected spanFrom(mark: number): SourceSpan {
    const last = this.tokens[Math.max(mark, this.pos - 1)]!;
    return this.positions.span(this.tokens[mark]!.start, last.end);
  }

  protected spanSince(start: { readonly span: SourceSpan }): SourceSpan {
    return cover(start.span, this.spanOf(this.tokens[this.pos - 1]!));
  }

  /** Runs `rule`; when it fails, goes back and returns undefined. For the few places where one token does not decide. */
  protected attempt<T>(rule: () => T): T | undefined {
    const mark = this.pos;
    try {
      return rule();
    } catch (error) {
      if (!(error instanceof SqlParserError)) throw error;
      this.pos = mark;
      this.#expected.length = 0;
      return undefined;
    }
  }

  /** The current token cannot stand here. */
  protected fail(details: Pick<ErrorDetails, 'hint'> = {}): never {
    throw this.unexpected(details.hint);
  }

  protected unexpected(hint?: string): SqlParserError {
    const token = this.token;
    const span = this.spanOf(token);
    const place = `line ${span.line}, column ${span.column}`;
    if (token.type === 'error') {
      const char = String.fromCodePoint(this.text.codePointAt(token.start)!);
      const message = `SQL parse failed. Lexical error at ${place}.  Encountered: "${char}" (${char.codePointAt(0)})`;
      return new SqlParserError(message, { span, ...(token.value === '' ? {} : { hint: token.value }) });
    }
    const expected = [...new Set(this.#expected)];
    const keyword = token.type === 'word' && isReserved(token.key);
    const what =
      keyword && expected.includes('<IDENTIFIER>')
        ? `Incorrect syntax near the keyword '${token.value}' at ${place}.`
        : `Encountered "${this.#image(token)}" at ${place}.`;
    const list = expected.length === 0 ? '' : `\n${expectation(expected)}`;
    const advice = hint ?? this.#advice(token, expected);
    return new SqlParserError(`SQL parse failed. ${what}${list}`, {
      span,
      ...(advice === undefined ? {} : { hint: advice }),
    });
  }

  /** The token as written; the value of a secret option never. */
  #image(token: Token): string {
    if (token.type === 'eof') return '<EOF>';
    const secrets = secretRanges(this.text, this.tokens);
    if (secrets.some(({ start, end }) => start <= token.start && token.start < end)) return `'${HIDDEN}'`;
    return this.text.slice(token.start, token.end);
  }

  #advice(token: Token, expected: readonly string[]): string | undefined {
    if (token.type === 'word') {
      const near = nearest(token.key, expected.filter(isWord));
      if (near !== undefined && near !== token.key) return `Did you mean ${near}?`;
      if (isReserved(token.key) && expected.includes('<IDENTIFIER>') && !CLAUSES.includes(token.key)) {
        return `${token.key} is a reserved word; as a name it is written \`${token.value}\``;
      }
    }
    return this.#misspeltBefore();
  }

  /** `SELECT * FORM t`: the word before was taken for a name, and is nearly a keyword. */
  #misspeltBefore(): string | undefined {
    const before = this.tokens[this.pos - 1];
    if (before?.type !== 'word' || isReserved(before.key)) return undefined;
    const candidates =
      'SELECT FROM WHERE GROUP ORDER HAVING JOIN INNER LEFT LIMIT UNION TABLE INTO VALUES WITH'.split(' ');
    const near = nearest(before.key, candidates);
    return near === undefined ? undefined : `Did you mean ${near} instead of ${before.value}?`;
  }
}

function isWord(key: string): boolean {
  return /^[A-Z_]+$/.test(key);
}

/** `Was expecting one of:` with the alternatives in the order of Flink's messages: end, kinds, keywords, symbols. */
function expectation(expected: readonly string[]): string {
  const rank = (key: string) => (KINDS.includes(key) ? KINDS.indexOf(key) : isWord(key) ? 10 : 11);
  const sorted = expected.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
  const show = (key: string) =>
    key === '<EOF>'
      ? '<EOF> '
      : key.startsWith('<') && key.endsWith('>') && key.length > 2
        ? `${key} ...`
        : `"${key}" ...`;
  if (sorted.length === 1) return `Was expecting:\n    ${show(sorted[0]!)}\n    `;
  return `Was expecting one of:\n${sorted.map((key) => `    ${show(key)}`).join('\n')}\n    `;
}
