// JSON documents with Jackson's eyes: integers and fractions stay apart (`1` and `1.0`), integers of any length, what
// follows the first value does not matter.
import { DataError } from '../../../types/errors.ts';
import { doubleToString } from '../../../types/text/numbers.ts';

/** A number, by its text. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }

  /** As Java prints it: `1`, `1.5`, `1000.0`. */
  toString(): string {
    return this.isInteger() ? BigInt(this.text).toString() : doubleToString(Number(this.text));
  }
}

export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Whether it is no object and no array. */
export function isScalar(value: JsonValue): boolean {
  return value === null || typeof value !== 'object' || value instanceof JsonNumber;
}

const MAX_DEPTH = 1000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    this.#space();
    return this.#value();
  }

  /** Whether nothing but white space follows. */
  atEnd(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  #fail(): never {
    throw new DataError(
      this.#at >= this.#text.length
        ? 'Unexpected end-of-input in a JSON text'
        : `Unexpected character '${this.#text[this.#at]}' at position ${this.#at + 1} of a JSON text`,
    );
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #value(): JsonValue {
    const c = this.#text[this.#at];
    if (c === '{') return this.#nested(() => this.#object());
    if (c === '[') return this.#nested(() => this.#array());
    if (c === '"') return this.#string();
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      if (/\w/.test(this.#text[this.#at] ?? '')) this.#fail();
      return value;
    }
    const number = this.#match(NUMBER);
    if (number === undefined || /[\w.]/.test(this.#text[this.#at] ?? '')) this.#fail();
    return new JsonNumber(number);
  }

  #match(regex: RegExp): string | undefined {
    regex.lastIndex = this.#at;
    const match = regex.exec(this.#text);
    if (match === null) return undefined;
    this.#at = regex.lastIndex;
    return match[0];
  }

  #string(): string {
    const literal = this.#match(STRING);
    if (literal === undefined) this.#fail();
    return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  }

  #nested<T>(rule: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new DataError(`JSON text is nested deeper than ${MAX_DEPTH} levels`);
    this.#at++;
    this.#space();
    const value = rule();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object = new Map<string, JsonValue>();
    if (this.#accept('}')) return object;
    for (;;) {
      if (this.#text[this.#at] !== '"') this.#fail();
      const key = this.#string();
      this.#space();
      if (!this.#accept(':')) this.#fail();
      object.set(key, this.#value());
      this.#space();
      if (this.#accept('}')) return object;
      if (!this.#accept(',')) this.#fail();
    }
  }

  #array(): JsonValue[] {
    const array: JsonValue[] = [];
    if (this.#accept(']')) return array;
    for (;;) {
      array.push(this.#value());
      this.#space();
      if (this.#accept(']')) return array;
      if (!this.#accept(',')) this.#fail();
    }
  }

  /** Takes the character and, but for a closing one, the space behind it. */
  #accept(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at++;
    if (c === ',' || c === ':') this.#space();
    return true;
  }
}

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws DataError when it is no JSON */
export function parseJson(text: string): JsonValue {
  return new Parser(text).document();
}

/** Whether the whole text is one JSON value. */
export function tryParseJson(text: string): JsonValue | undefined {
  const parser = new Parser(text);
  try {
    const value = parser.document();
    return parser.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** A text in JSON, escaped as Jackson does: control characters in upper-case hexadecimal digits. */
export function quoteJson(text: string): string {
  const quoted = JSON.stringify(text);
  if (!quoted.includes('\\u')) return quoted;
  return quoted.replace(/\\u([0-9a-f]{4})/g, (written, digits: string) =>
    digits.startsWith('d') ? written : `\\u${digits.toUpperCase()}`,
  );
}

/** Compact, object keys as they come. */
export function writeJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoteJson(value);
  if (value instanceof JsonNumber) return value.toString();
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  return `{${[...value].map(([k, v]) => `${quoteJson(k)}:${writeJson(v)}`).join(',')}}`;
}

export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
