// One line of CSV to its fields (RFC 4180, with Jackson's tolerance: a quote inside of an unquoted field is a character).
import type { CsvDialect } from './options.ts';

/** Splits lines of one dialect. */
export class CsvTokenizer {
  readonly #delimiter: string;
  readonly #quote: string | undefined;
  readonly #escape: string | undefined;
  #text = '';
  #pos = 0;

  constructor(dialect: CsvDialect) {
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    this.#escape = dialect.escape;
  }

  /** The fields up to the first line end outside of quotes. @throws Error with the column (1-based) where it went wrong */
  split(text: string): string[] {
    if (this.#isPlain(text)) return text.split(this.#delimiter);
    this.#text = text;
    this.#pos = 0;
    const fields: string[] = [];
    do fields.push(this.#field());
    while (this.#passDelimiter());
    return fields;
  }

  #isPlain(text: string): boolean {
    return (
      (this.#quote === undefined || !text.includes(this.#quote)) &&
      (this.#escape === undefined || !text.includes(this.#escape)) &&
      !text.includes('\n') &&
      !text.includes('\r')
    );
  }

  #passDelimiter(): boolean {
    if (this.#text[this.#pos] !== this.#delimiter) return false;
    this.#pos++;
    return true;
  }

  #field(): string {
    return this.#quote !== undefined && this.#text[this.#pos] === this.#quote
      ? this.#quoted(this.#quote)
      : this.#unquoted();
  }

  #unquoted(): string {
    const text = this.#text;
    let value = '';
    while (this.#pos < text.length) {
      const c = text[this.#pos]!;
      if (c === this.#delimiter || c === '\n' || c === '\r') break;
      value += c === this.#escape ? this.#escaped() : c;
      this.#pos++;
    }
    return value;
  }

  #quoted(quote: string): string {
    const text = this.#text;
    const from = this.#pos++;
    let value = '';
    for (; this.#pos < text.length; this.#pos++) {
      const c = text[this.#pos]!;
      if (c === quote) {
        if (text[this.#pos + 1] !== quote) {
          this.#pos++;
          this.#behindQuote(quote);
          return value;
        }
        value += quote;
        this.#pos++;
      } else value += c === this.#escape ? this.#escaped() : c;
    }
    throw new Error(`Missing closing quote for value that starts at column ${from + 1}`);
  }

  /** The escape character stands for nothing but the character behind it; the cursor moves onto that one. */
  #escaped(): string {
    this.#pos++;
    const c = this.#text[this.#pos];
    if (c === undefined) throw new Error(`Unexpected end behind the escape character at column ${this.#pos}`);
    return ESCAPES[c] ?? c;
  }

  #behindQuote(quote: string): void {
    const text = this.#text;
    while (text[this.#pos] === ' ' && this.#delimiter !== ' ') this.#pos++;
    const c = text[this.#pos];
    if (c === undefined || c === this.#delimiter || c === '\n' || c === '\r') return;
    throw new Error(
      `Expected column separator character ('${this.#delimiter}') or end-of-line behind the closing ${quote} at column ${this.#pos + 1}, but found '${c}'`,
    );
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', n: '\n', r: '\r', t: '\t' };
