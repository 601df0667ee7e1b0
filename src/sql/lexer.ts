// SQL text to tokens. Positions are kept as offsets; lines and columns are worked out only where a node or an error asks.

export type TokenType = 'word' | 'quoted' | 'string' | 'number' | 'bytes' | 'symbol' | 'error' | 'eof';

export interface Token {
  readonly type: TokenType;
  /** What grammar rules compare with: a word in upper case, a symbol as it is; '' for everything else. */
  readonly key: string;
  /** The identifier, string or number without quotes and escapes; hex digits of X'..'; the message of an error. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}_$][\p{L}\p{N}\p{M}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SPACE_OR_COMMENT = /(?:[\s\u00a0\ufeff]+|--[^\r\n]*|\/\/[^\r\n]*|\/\*(?!\+)[\s\S]*?\*\/)+/y;
const SYMBOLS = ['<>', '<=', '>=', '!=', '||', '=>', '->'];
const SINGLE = '()[]{},;.+-*/%<>=?:';

/** Never fails: what cannot be a token becomes one of type `error`, and reading goes on behind it. Ends with `eof`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let hint = false;
  for (;;) {
    SPACE_OR_COMMENT.lastIndex = at;
    if (SPACE_OR_COMMENT.test(text)) at = SPACE_OR_COMMENT.lastIndex;
    if (at >= text.length) {
      tokens.push({ type: 'eof', key: '<EOF>', value: '', start: text.length, end: text.length });
      return tokens;
    }
    const token = nextToken(text, at, hint);
    if (token.key === '/*+') hint = true;
    else if (token.key === '*/') hint = false;
    tokens.push(token);
    at = token.end;
  }
}

function nextToken(text: string, at: number, inHint: boolean): Token {
  const char = text[at]!;
  if (char === "'") return quoted(text, at, at, 'string');
  if (char === '`') return quoted(text, at, at, 'quoted');
  if (text[at + 1] === "'" && (char === 'x' || char === 'X')) return bytes(text, at);
  if ((char === 'u' || char === 'U') && text.startsWith("&'", at + 1)) return unicode(text, at);
  if ((char >= '0' && char <= '9') || (char === '.' && isDigit(text[at + 1]))) {
    NUMBER.lastIndex = at;
    NUMBER.test(text);
    return {
      type: 'number',
      key: '',
      value: text.slice(at, NUMBER.lastIndex),
      start: at,
      end: NUMBER.lastIndex,
    };
  }
  WORD.lastIndex = at;
  if (WORD.test(text)) {
    const value = text.slice(at, WORD.lastIndex);
    return { type: 'word', key: value.toUpperCase(), value, start: at, end: WORD.lastIndex };
  }
  return symbol(text, at, inHint);
}

function symbol(text: string, at: number, inHint: boolean): Token {
  if (text.startsWith('/*', at)) {
    if (text[at + 2] === '+') return { type: 'symbol', key: '/*+', value: '/*+', start: at, end: at + 3 };
    return problem(at, text.length, 'The comment that starts here is not closed with */');
  }
  const two = text.slice(at, at + 2);
  if (SYMBOLS.includes(two) || (inHint && two === '*/')) {
    return { type: 'symbol', key: two, value: two, start: at, end: at + 2 };
  }
  const one = text[at]!;
  if (SINGLE.includes(one)) return { type: 'symbol', key: one, value: one, start: at, end: at + 1 };
  const point = String.fromCodePoint(text.codePointAt(at)!);
  if (point === '"') {
    const close = text.indexOf('"', at + 1);
    const end = close < 0 || text.slice(at, close).includes('\n') ? at + 1 : close + 1;
    return problem(at, end, "Use single quotes for strings ('...') and backticks for identifiers (`...`)");
  }
  return problem(at, at + point.length, '');
}

/** A string or a backticked identifier; a doubled quote stands for itself. */
function quoted(text: string, start: number, open: number, type: 'string' | 'quoted'): Token {
  const quote = type === 'string' ? "'" : '`';
  let close = text.indexOf(quote, open + 1);
  while (close >= 0 && text[close + 1] === quote) close = text.indexOf(quote, close + 2);
  if (close < 0) {
    const what = type === 'string' ? 'string' : 'identifier';
    return problem(start, text.length, `The ${what} that starts here is not closed with ${quote}`);
  }
  const value = text.slice(open + 1, close).replaceAll(quote + quote, quote);
  if (type === 'quoted' && value === '') return problem(start, close + 1, 'An identifier cannot be empty');
  return { type, key: '', value, start, end: close + 1 };
}

function bytes(text: string, start: number): Token {
  const string = quoted(text, start, start + 1, 'string');
  if (string.type === 'error') return string;
  if (!/^[0-9a-fA-F]*$/.test(string.value)) {
    return problem(start, string.end, 'A binary literal holds hex digits only');
  }
  if (string.value.length % 2 !== 0) {
    return problem(start, string.end, 'A binary literal holds an even number of hex digits');
  }
  return { ...string, type: 'bytes', value: string.value.toUpperCase() };
}

const UESCAPE = /[\s]*uescape[\s]*'([^'])'/iy;

/** U&'d\0061t\+000061' [UESCAPE '!'] */
function unicode(text: string, start: number): Token {
  const string = quoted(text, start, start + 2, 'string');
  if (string.type === 'error') return string;
  UESCAPE.lastIndex = string.end;
  const clause = UESCAPE.exec(text);
  const mark = clause?.[1] ?? '\\';
  const end = clause === null ? string.end : UESCAPE.lastIndex;
  const decoded = decodeUnicode(string.value, mark);
  if (decoded === undefined) {
    return problem(start, end, `Unicode escapes are ${mark}XXXX with four hex digits, and ${mark}${mark}`);
  }
  return { type: 'string', key: '', value: decoded, start, end };
}

function decodeUnicode(value: string, mark: string): string | undefined {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    if (value[i] !== mark) {
      out += value[i];
    } else if (value[i + 1] === mark) {
      out += mark;
      i++;
    } else {
      const long = value[i + 1] === '+';
      const digits = long ? value.slice(i + 2, i + 8) : value.slice(i + 1, i + 5);
      if (!(long ? /^[0-9a-fA-F]{6}$/ : /^[0-9a-fA-F]{4}$/).test(digits)) return undefined;
      const point = Number.parseInt(digits, 16);
      if (point > 0x10ffff) return undefined;
      out += String.fromCodePoint(point);
      i += long ? 7 : 4;
    }
  }
  return out;
}

function problem(start: number, end: number, message: string): Token {
  return { type: 'error', key: '', value: message, start, end };
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}
