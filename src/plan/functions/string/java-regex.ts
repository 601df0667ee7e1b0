// Java's regular expressions (java.util.regex.Pattern) as JS ones. Translated to the `v` flag, which like Java works on
// code points and knows class intersections.

const cache = new Map<string, RegExp>();
const MAX_CACHED = 500;

/** @throws SyntaxError for what is no regular expression, or has no JS equivalent */
export function javaRegex(pattern: string): RegExp {
  let regex = cache.get(pattern);
  if (regex === undefined) {
    regex = translate(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, regex);
  }
  return regex;
}

const POSIX: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E',
  Graph: '\\x21-\\x7E',
  Print: '\\x20-\\x7E',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
};

const JAVA_CLASSES: Readonly<Record<string, string>> = {
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: '\\s',
  IsAlphabetic: '\\p{Alphabetic}',
  IsDigit: '\\p{Nd}',
  IsLetter: '\\p{L}',
  IsPunctuation: '\\p{P}',
  IsWhite_Space: '\\s',
};

/** Inside of a class. Java's \w, \d, \s are ASCII only; \s of JS has more. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: ' \\t\\n\\v\\f\\r',
  h: ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  v: '\\n\\v\\f\\r\\x85\\u2028\\u2029',
};

class Translator {
  readonly #text: string;
  #at = 0;
  #flags = 'v';
  /** (?x): white space and comments do not count. */
  #comments = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): RegExp {
    let out = '';
    const flags = /^\(\?([a-zA-Z]+)\)/.exec(this.#text);
    if (flags !== null) {
      this.#at = flags[0].length;
      for (const flag of flags[1]!) this.#flag(flag);
    }
    while (this.#at < this.#text.length) out += this.#next();
    return new RegExp(out, this.#flags);
  }

  #flag(flag: string): void {
    if (flag === 'x') this.#comments = true;
    else if (flag === 'i' || flag === 's' || flag === 'm') this.#flags += flag;
    else if (flag !== 'u' && flag !== 'U' && flag !== 'd')
      throw new SyntaxError(`Unknown inline modifier ${flag}`);
  }

  #next(): string {
    const c = this.#text[this.#at]!;
    if (c === '\\') return this.#escape(false);
    if (c === '[') return this.#class();
    if (c === '(') return this.#group();
    if (this.#comments && /\s/.test(c)) {
      this.#at++;
      return '';
    }
    if (this.#comments && c === '#') {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end + 1;
      return '';
    }
    if (c === '{') return this.#braces();
    if (c === '*' || c === '+' || c === '?') return this.#quantifier(c);
    this.#at++;
    if (c === '}' || c === ']') return `\\${c}`;
    return c;
  }

  /** A quantifier; possessive ones have no JS form and are taken as greedy. */
  #quantifier(text: string): string {
    this.#at += text.length;
    const next = this.#text[this.#at];
    if (next === '+') {
      this.#at++;
      return text;
    }
    if (next === '?') {
      this.#at++;
      return `${text}?`;
    }
    return text;
  }

  #braces(): string {
    const match = /^\{\d+(?:,\d*)?\}/.exec(this.#text.slice(this.#at));
    if (match === null) throw new SyntaxError('Illegal repetition');
    return this.#quantifier(match[0]);
  }

  #group(): string {
    const rest = this.#text.slice(this.#at);
    const opening = /^\((?:\?(?::|=|!|<=|<!|<[A-Za-z]\w*>))?/.exec(rest)![0];
    if (opening === '(' && rest[1] === '?') {
      if (rest[2] === '>') {
        // An atomic group: without its loss of backtracking the same.
        this.#at += 3;
        return '(?:';
      }
      const scoped = /^\(\?([idmsux]*)(?:-([idmsux]+))?:/.exec(rest);
      if (scoped === null) throw new SyntaxError(`Unknown group ${rest.slice(0, 4)}`);
      this.#at += scoped[0].length;
      const on = scoped[1]!.replace(/[^ims]/g, '');
      const off = (scoped[2] ?? '').replace(/[^ims]/g, '');
      return `(?${on}${off === '' ? '' : `-${off}`}:`;
    }
    this.#at += opening.length;
    return opening;
  }

  /** One escape; `inClass`: without brackets of its own. */
  #escape(inClass: boolean): string {
    const c = this.#text[this.#at + 1];
    if (c === undefined) throw new SyntaxError('Unexpected internal error: \\ at the end');
    this.#at += 2;
    if (c === 'Q') return this.#quotation();
    if (SHORTHANDS[c] !== undefined) return inClass ? SHORTHANDS[c] : `[${SHORTHANDS[c]}]`;
    const positive = SHORTHANDS[c.toLowerCase()];
    if (positive !== undefined && c !== c.toLowerCase()) return `[^${positive}]`;
    if (c === 'p' || c === 'P') return this.#property(c === 'P', inClass);
    if (c === 'x' || c === 'u' || c === '0') return this.#codeEscape(c);
    const fixed = {
      A: '(?<![\\s\\S])',
      z: '(?![\\s\\S])',
      Z: '(?=\\n?(?![\\s\\S]))',
      R: '(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])',
      a: '\\x07',
      e: '\\x1B',
    }[c];
    if (fixed !== undefined) return fixed;
    if ('tnrfbB'.includes(c)) return `\\${c}`;
    if (c === 'k' || (c >= '1' && c <= '9')) return `\\${c}`;
    if (/[A-Za-z]/.test(c)) throw new SyntaxError(`Illegal/unsupported escape sequence \\${c}`);
    return quoteCharacter(c);
  }

  #quotation(): string {
    const end = this.#text.indexOf('\\E', this.#at);
    const literal = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return [...literal].map(quoteCharacter).join('');
  }

  #codeEscape(kind: string): string {
    const rest = this.#text.slice(this.#at);
    const digits =
      kind === 'x'
        ? /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(rest)
        : kind === 'u'
          ? /^([0-9A-Fa-f]{4})/.exec(rest)
          : /^([0-3]?[0-7]{1,2})/.exec(rest);
    if (digits === null) throw new SyntaxError(`Illegal escape sequence \\${kind}`);
    this.#at += digits[0].length;
    const code = Number.parseInt(digits[1] ?? digits[2]!, kind === '0' ? 8 : 16);
    return `\\u{${code.toString(16)}}`;
  }

  #property(negated: boolean, inClass: boolean): string {
    const rest = this.#text.slice(this.#at);
    const match = /^(?:\{(\^?)([\w=]+)\}|([A-Z]))/.exec(rest);
    if (match === null) throw new SyntaxError('Unknown character property');
    this.#at += match[0].length;
    const not = negated !== (match[1] === '^');
    const name = match[2] ?? match[3]!;
    const posix = POSIX[name] ?? JAVA_CLASSES[name];
    if (posix !== undefined) return not ? `[^${posix}]` : inClass ? posix : `[${posix}]`;
    const script = /^(?:Is|script=|sc=|In)(.+)$/.exec(name);
    const body = script === null || name.length <= 2 ? name : scriptProperty(script[1]!);
    return `\\${not ? 'P' : 'p'}{${body}}`;
  }

  /** `[a-z&&[^b]]` */
  #class(): string {
    let out = '[';
    this.#at++;
    if (this.#text[this.#at] === '^') {
      out += '^';
      this.#at++;
    }
    const parts: string[] = [];
    let part = '';
    let first = true;
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw new SyntaxError('Unclosed character class');
      if (c === ']' && !first) break;
      first = false;
      if (c === '&' && this.#text[this.#at + 1] === '&') {
        parts.push(part);
        part = '';
        this.#at += 2;
      } else if (c === '[') part += this.#class();
      else if (c === '\\') part += this.#escape(true);
      else {
        this.#at++;
        part += this.#classCharacter(c);
      }
    }
    this.#at++;
    parts.push(part);
    return `${out}${parts.length === 1 ? part : parts.map((p) => `[${p}]`).join('&&')}]`;
  }

  #classCharacter(c: string): string {
    if (c !== '-') return quoteCharacter(c);
    // A hyphen between two characters makes a range, elsewhere it is one.
    const before = this.#text[this.#at - 2];
    const after = this.#text[this.#at];
    return before === '[' || before === '^' || after === ']' || after === undefined ? '\\-' : '-';
  }
}

function scriptProperty(name: string): string {
  return /^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`;
}

const SYNTAX = new Set('^$\\.*+?()[]{}|/-&!#%,:;<=>@`~');

function quoteCharacter(c: string): string {
  return SYNTAX.has(c) ? `\\${c}` : c;
}

function translate(pattern: string): RegExp {
  return new Translator(pattern).run();
}
