// An error with the place it is about: message, source line, the text underlined, and what would be right.
import { HIDDEN } from '../options/redact.ts';
import { DreyError, errorChain, type SourceSpan } from '../types/errors.ts';
import { displayWidth } from '../types/text/display-width.ts';
import { tokenize } from './lexer.ts';
import { type SecretRange, secretRanges } from './secrets.ts';

interface Line {
  /** Offset of the first character. */
  readonly start: number;
  readonly text: string;
}

export interface RenderOptions {
  /** Name of the text, shown with line and column: `job.sql`. */
  readonly name?: string;
  /** Shown when no error of the chain has a place of its own, such as the statement that failed. */
  readonly fallback?: SourceSpan;
}

/**
 * The error for people: its message and causes, then the line of `text` that it is about with the place underlined, then
 * the hint. Values of secret options in that line are shown as `******`.
 */
export function renderError(text: string, error: unknown, options: RenderOptions = {}): string {
  const parts = [
    errorChain(error)
      .map((message) => message.trimEnd())
      .join('\nCaused by: '),
  ];
  const span = firstSpan(error) ?? options.fallback;
  if (span !== undefined && span.end <= text.length) {
    if (options.name !== undefined) parts.push(` --> ${options.name}:${span.line}:${span.column}`);
    parts.push(snippet(text, span));
  }
  for (const hint of hints(error)) parts.push(`Hint: ${hint}`);
  return parts.join('\n');
}

function chain(error: unknown): DreyError[] {
  const errors: DreyError[] = [];
  let e: unknown = error;
  for (let depth = 0; e instanceof Error && depth < 20; depth++) {
    if (e instanceof DreyError) errors.push(e);
    e = e.cause;
  }
  return errors;
}

/** The place of the innermost error that has one. */
function firstSpan(error: unknown): SourceSpan | undefined {
  return chain(error).findLast((e) => e.span !== undefined)?.span;
}

function hints(error: unknown): string[] {
  return [...new Set(chain(error).flatMap((e) => (e.hint === undefined ? [] : [e.hint])))];
}

/** `  3 | FORM x` and below it `    | ^^^^`. */
function snippet(text: string, span: SourceSpan): string {
  const line = lineOf(text, span.start);
  const end = Math.min(Math.max(span.end, span.start + 1), line.start + line.text.length + 1);
  const secrets = secretRanges(text, tokenize(text));
  const before = hide(text, line.start, span.start, secrets);
  const marked = hide(text, span.start, Math.min(end, line.start + line.text.length), secrets);
  const after = hide(text, Math.max(span.start, end), line.start + line.text.length, secrets);
  const number = String(span.line);
  const margin = ' '.repeat(number.length);
  const underline = `${blanks(before)}${'^'.repeat(Math.max(1, displayWidth(marked)))}`;
  return [`  ${number} | ${before}${marked}${after}`, `  ${margin} | ${underline}`].join('\n');
}

function lineOf(text: string, offset: number): Line {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const rest = /[\r\n]/.exec(text.slice(start));
  return { start, text: text.slice(start, rest === null ? text.length : start + rest.index) };
}

/** `text[start, end)` with every secret in it replaced. */
function hide(text: string, start: number, end: number, secrets: readonly SecretRange[]): string {
  let out = '';
  let at = start;
  for (const secret of secrets) {
    if (secret.end <= at || secret.start >= end) continue;
    out += `${text.slice(at, Math.max(at, secret.start))}'${HIDDEN}'`;
    at = Math.min(end, secret.end);
  }
  return out + text.slice(at, Math.max(at, end));
}

/** As wide as `text`, tabs kept. */
function blanks(text: string): string {
  return [...text].map((char) => (char === '\t' ? '\t' : ' '.repeat(displayWidth(char)))).join('');
}
