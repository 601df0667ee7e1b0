// LIKE, SIMILAR TO and the functions on regular expressions.
import { ValidationError } from '../../../types/errors.ts';
import type { Compiled, FunctionCall, ScalarFunction } from '../../rex.ts';
import { constant, define, strict } from '../define.ts';
import { BOOLEAN_T, INT_T, STRING_T } from '../types.ts';
import { javaRegex } from './java-regex.ts';

type Match = (text: string) => boolean;

function quote(c: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(c) ? `\\${c}` : c;
}

function escapeCharacter(escapeWith: string): string {
  if ([...escapeWith].length !== 1) throw new ValidationError(`Invalid escape character '${escapeWith}'`);
  return escapeWith;
}

/** Characters of a LIKE pattern: wildcards as `%` and `_`, everything else (escaped or not) as a text behind `=`. */
function likeTokens(pattern: string, escapeWith: string | undefined): string[] {
  const tokens: string[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === escapeWith) {
      const next = characters[++i];
      if (next !== '%' && next !== '_' && next !== escapeWith) {
        throw new ValidationError(`Invalid escape sequence '${pattern}', ${i - 1}`);
      }
      tokens.push(`=${next}`);
    } else tokens.push(c === '%' || c === '_' ? c : `=${c}`);
  }
  return tokens;
}

/** The matcher of a LIKE pattern; plain shapes (`a%`, `%a`, `%a%`, `a`) need no regular expression. */
export function likeMatcher(pattern: string, escapeWith?: string): Match {
  const tokens = likeTokens(pattern, escapeWith === undefined ? undefined : escapeCharacter(escapeWith));
  const leading = tokens[0] === '%';
  const trailing = tokens.length > 1 && tokens.at(-1) === '%';
  const middle = tokens.slice(leading ? 1 : 0, trailing ? -1 : undefined);
  if (middle.every((t) => t.startsWith('='))) {
    const text = middle.map((t) => t.slice(1)).join('');
    if (leading && trailing) return (x) => x.includes(text);
    if (leading) return (x) => x.endsWith(text);
    return trailing ? (x) => x.startsWith(text) : (x) => x === text;
  }
  const source = tokens.map((t) => (t === '%' ? '.*' : t === '_' ? '.' : quote(t.slice(1)))).join('');
  const regex = new RegExp(`^${source}$`, 'su');
  return (x) => regex.test(x);
}

const SIMILAR_SPECIAL = new Set('|*+?{}()[]^-');

/** SIMILAR TO: `%` and `_` as in LIKE; `|*+?{}()[]` as in regular expressions; all else stands for itself. */
export function similarMatcher(pattern: string, escapeWith?: string): Match {
  const special = escapeWith === undefined ? undefined : escapeCharacter(escapeWith);
  let source = '';
  let inClass = false;
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === special) {
      const next = characters[++i];
      if (next === undefined) throw new ValidationError(`Invalid escape sequence '${pattern}', ${i - 1}`);
      source += quote(next);
    } else if (inClass) {
      const named = c === '[' ? /^\[:(\w+):\]/.exec(characters.slice(i).join('')) : null;
      if (named !== null) {
        source += NAMED_CLASSES[named[1]!.toUpperCase()] ?? '';
        i += named[0].length - 1;
        continue;
      }
      if (c === ']') inClass = false;
      source += c === '\\' ? '\\\\' : c;
    } else {
      if (c === '[') inClass = true;
      source += c === '%' ? '.*' : c === '_' ? '.' : SIMILAR_SPECIAL.has(c) ? c : quote(c);
    }
  }
  const regex = new RegExp(`^(?:${source})$`, 'su');
  return (x) => regex.test(x);
}

const NAMED_CLASSES: Readonly<Record<string, string>> = {
  ALPHA: 'A-Za-z',
  UPPER: 'A-Z',
  LOWER: 'a-z',
  DIGIT: '0-9',
  ALNUM: 'A-Za-z0-9',
  SPACE: ' ',
  WHITESPACE: '\\s',
};

/** Keeps the matchers of the patterns seen last. */
function remembering(
  make: (pattern: string, escapeWith?: string) => Match,
): (pattern: string, escapeWith?: string) => Match {
  const cache = new Map<string, Match>();
  return (pattern, escapeWith) => {
    const key = escapeWith === undefined ? pattern : `${escapeWith}\0${pattern}`;
    let match = cache.get(key);
    if (match === undefined) {
      match = make(pattern, escapeWith);
      if (cache.size >= 500) cache.clear();
      cache.set(key, match);
    }
    return match;
  };
}

function patternOperator(
  name: string,
  doc: string,
  make: (pattern: string, escapeWith?: string) => Match,
): ScalarFunction {
  const recent = remembering(make);
  return define({
    name,
    doc,
    syntax: 'infix',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'STRING'],
    ],
    result: BOOLEAN_T,
    compile: (args, call) => {
      const [arg] = args as readonly [Compiled];
      const [pattern, escapeWith] = [constant(call.operands[1]), constant(call.operands[2])];
      if (typeof pattern === 'string' && (typeof escapeWith === 'string' || call.operands.length === 2)) {
        const match = make(pattern, typeof escapeWith === 'string' ? escapeWith : undefined);
        return (row) => {
          const x = arg(row);
          return x === null ? null : match(x as string);
        };
      }
      return strict((x, p, e) => recent(p as string, e as string | undefined)(x as string), args);
    },
    print: (args) => `${name}(${args.join(', ')})`,
  });
}

export const LIKE = patternOperator(
  'LIKE',
  "text LIKE pattern [ESCAPE 'c']: `%` stands for any characters, `_` for one.",
  likeMatcher,
);
export const SIMILAR_TO = patternOperator(
  'SIMILAR TO',
  "text SIMILAR TO pattern [ESCAPE 'c']: a regular expression in which `%` and `_` are as in LIKE.",
  similarMatcher,
);

/** The regular expression, or null for a text that is none: Flink logs it and goes on with NULL. */
function tryRegex(pattern: string): RegExp | null {
  try {
    return javaRegex(pattern);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The regular expression of argument 1: made once when it is a constant. */
function regexOf(
  call: FunctionCall,
  make: (regex: RegExp) => RegExp = (r) => r,
): (pattern: string) => RegExp | null {
  const pattern = constant(call.operands[1]);
  if (typeof pattern === 'string') {
    const regex = tryRegex(pattern);
    const made = regex === null ? null : make(regex);
    return () => made;
  }
  return (p) => {
    const regex = tryRegex(p);
    return regex === null ? null : make(regex);
  };
}

export const REGEX_FUNCTIONS: readonly ScalarFunction[] = [
  define({
    name: 'REGEXP',
    doc: 'REGEXP(text, regex): whether a part of the text matches.',
    forms: [['STRING', 'STRING']],
    result: BOOLEAN_T,
    compile: (args, call) => {
      const regex = regexOf(call);
      return strict(
        (text, pattern) => pattern !== '' && (regex(pattern as string)?.test(text as string) ?? false),
        args,
      );
    },
  }),
  define({
    name: 'REGEXP_EXTRACT',
    doc: 'REGEXP_EXTRACT(text, regex [, group]): the group (0: all) of the first match; NULL without one.',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'INTEGER'],
    ],
    result: STRING_T,
    nulls: 'always',
    as: [null, null, INT_T],
    compile: (args, call) => {
      const regex = regexOf(call);
      return strict((text, pattern, group = 0) => {
        return regex(pattern as string)?.exec(text as string)?.[group as number] ?? null;
      }, args);
    },
  }),
  define({
    name: 'REGEXP_REPLACE',
    doc: 'REGEXP_REPLACE(text, regex, replacement): with every match replaced; the replacement is taken as it is.',
    forms: [['STRING', 'STRING', 'STRING']],
    result: STRING_T,
    compile: (args, call) => {
      const regex = regexOf(call, (r) => new RegExp(r.source, `${r.flags}g`));
      return strict((text, pattern, replacement) => {
        const global = regex(pattern as string);
        return global === null ? null : (text as string).replace(global, () => replacement as string);
      }, args);
    },
  }),
];
