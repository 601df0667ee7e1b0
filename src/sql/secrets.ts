// Where a text holds the values of secret options, also when it is not SQL: quotes and commas are what is forgotten most, and the
// line with the mistake is shown.
import { isSensitive, withoutLogin } from '../options/redact.ts';
import type { Token } from './lexer.ts';

/** Offsets into the text. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

/** Between an option and its value, also by mistake. */
const BETWEEN = new Set(['=', ':', '=>', '->', '>', '<', '?']);

/** In the order of the text, not overlapping. @param tokens of `text` */
export function secretRanges(text: string, tokens: readonly Token[]): SecretRange[] {
  const ranges: SecretRange[] = [];
  let hidden = 0;
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'eof' || token.start < hidden) continue;
    const range = secretBehind(text, tokens, i);
    if (range === null) continue;
    ranges.push(range);
    hidden = range.end;
  }
  return ranges;
}

function secretBehind(text: string, tokens: readonly Token[], at: number): SecretRange | null {
  const token = tokens[at]!;
  const written = text.slice(token.start, token.end);
  // 'redis://user:password@host'
  if (token.type === 'string' && withoutLogin(written) !== written) return token;
  if (token.type === 'number' || token.type === 'symbol' || !isSensitive(written)) return null;
  const next = tokens[at + 1]!;
  if (token.type === 'word') {
    // password' = 'x'
    if (text[token.end] === "'") return { start: token.end, end: lineEnd(text, token.end) };
    return next.key === '=' ? valueFrom(text, tokens, at + 1, false) : null;
  }
  // 'password = x', 'password = '
  if (!/^['"`][\w.-]+['"`]$/.test(written)) {
    if (!/[=:\n]/.test(written)) return null;
    return { start: token.start, end: Math.max(token.end, lineEnd(text, token.start)) };
  }
  return valueFrom(text, tokens, at + 1, true);
}

/** The value behind `=` and its like. @param from the token behind the option's name */
function valueFrom(text: string, tokens: readonly Token[], from: number, parts: boolean): SecretRange | null {
  let i = from;
  while (BETWEEN.has(tokens[i]!.key)) i++;
  const first = tokens[i]!;
  if (first.type === 'eof' || (first.type === 'symbol' && i === from)) return null;
  if (first.key === ',' || first.key === ')') return null;
  let last = first;
  while (parts && ['||', '+'].includes(tokens[i + 1]!.key) && tokens[i + 2]!.type !== 'eof') {
    i += 2;
    last = tokens[i]!;
  }
  // What goes on without a gap belongs to it: 'it's secret', X'not hexadecimal', some/thing.
  const closed = last.end >= text.length || /[\s,;)]/.test(text[last.end]!);
  const end = closed ? last.end : Math.max(last.end, lineEnd(text, last.end));
  return { start: first.start, end };
}

function lineEnd(text: string, from: number): number {
  const found = text.slice(from).search(/[\r\n]/);
  return found < 0 ? text.length : from + found;
}
