// JSON as compact text: strings with their escapes, and whole values into STRING columns (Jackson's JsonNode.toString).
import { doubleToString } from '../../types/text/numbers.ts';
import type { JsonScanner } from './scanner.ts';
import { isDigit } from './syntax.ts';

// More than has to be escaped: DEL and the C1 controls stay as they are.
const ESCAPED = /["\\\p{Cc}]/u;
const ALL_ESCAPED = /["\\\p{Cc}]/gu;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string with its quotes: only `"`, `\` and control characters are escaped. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? `"${text.replace(ALL_ESCAPED, escapeChar)}"` : `"${text}"`;
}

function escapeChar(c: string): string {
  if (c > '~') return c;
  return SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The value at the cursor without white space: floating numbers as Java prints doubles, a repeated key with its last value
 * in its first place.
 */
export function compactText(s: JsonScanner, depth = 0): string {
  const c = s.pos < s.end ? s.bytes[s.pos]! : -1;
  if (c === 34) return quote(s.string());
  if (c === 123) return compactObject(s, depth + 1);
  if (c === 91) return compactArray(s, depth + 1);
  const from = s.pos;
  s.skipValue();
  const text = s.bytes.latin1Slice(from, s.pos);
  if (c !== 45 && !isDigit(c)) return text;
  if (s.isFloat) return doubleToString(Number(text));
  return text === '-0' ? '0' : text;
}

function compactObject(s: JsonScanner, depth: number): string {
  s.checkDepth(depth);
  const members = new Map<string, string>();
  let c = s.enter();
  if (c === 125) {
    s.pos++;
    return '{}';
  }
  do {
    if (c !== 34) throw s.unexpected(s.pos, 'double-quote to start field name');
    const key = s.string();
    s.colon();
    members.set(key, compactText(s, depth));
    c = s.next(125);
  } while (c !== -1);
  return `{${[...members].map(([key, value]) => `${quote(key)}:${value}`).join(',')}}`;
}

function compactArray(s: JsonScanner, depth: number): string {
  s.checkDepth(depth);
  if (s.enter() === 93) {
    s.pos++;
    return '[]';
  }
  const elements: string[] = [];
  do elements.push(compactText(s, depth));
  while (s.next(93) !== -1);
  return `[${elements.join(',')}]`;
}
