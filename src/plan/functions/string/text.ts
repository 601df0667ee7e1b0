// Functions on texts. Positions count characters (code points) from 1.
import { DataError } from '../../../types/errors.ts';
import { type LogicalType, MAX_LENGTH } from '../../../types/logical-type.ts';
import type { Compiled, ScalarFunction } from '../../rex.ts';
import { isBinary } from '../../types/families.ts';
import { codePointIndexOf, codePointLength, codePointSlice, reverse } from '../code-points.ts';
import { define, type Form } from '../define.ts';
import { BIGINT_T, BOOLEAN_T, INT_T, STRING_T, varying } from '../types.ts';

/** The type of `a || b`: lengths add up. */
export function concatType(a: LogicalType, b: LogicalType): LogicalType {
  const length = Math.min(MAX_LENGTH, lengthOf(a) + lengthOf(b));
  if (isBinary(a)) {
    return {
      root: a.root === 'BINARY' && b.root === 'BINARY' ? 'BINARY' : 'VARBINARY',
      length,
      nullable: false,
    };
  }
  return { root: a.root === 'CHAR' && b.root === 'CHAR' ? 'CHAR' : 'VARCHAR', length, nullable: false };
}

function lengthOf(type: LogicalType): number {
  return 'length' in type ? type.length : 0;
}

/** `||` */
export const CONCAT_OPERATOR = define({
  name: '||',
  doc: 'a || b: both in a row; NULL when one is NULL.',
  syntax: 'infix',
  forms: [['STRING', 'STRING']],
  result: ([a, b]) => concatType(a!, b!),
  compile: (args, call) => {
    const [a, b] = args as readonly [Compiled, Compiled];
    if (isBinary(call.operands[0]!.type)) {
      return (row) => {
        const x = a(row);
        const y = b(row);
        return x === null || y === null ? null : Buffer.concat([x as Uint8Array, y as Uint8Array]);
      };
    }
    return (row) => {
      const x = a(row);
      if (x === null) return null;
      const y = b(row);
      return y === null ? null : (x as string) + (y as string);
    };
  },
  print: (args) => `||(${args.join(', ')})`,
});

function compileConcat(args: readonly Compiled[]): Compiled {
  return (row) => {
    let out = '';
    for (let i = 0; i < args.length; i++) {
      const x = args[i]!(row);
      if (x === null) return null;
      out += x as string;
    }
    return out;
  };
}

function compileConcatWs(args: readonly Compiled[]): Compiled {
  return (row) => {
    const separator = args[0]!(row);
    if (separator === null) return null;
    let out = '';
    let first = true;
    for (let i = 1; i < args.length; i++) {
      const x = args[i]!(row);
      if (x === null) continue;
      out += first ? x : (separator as string) + (x as string);
      first = false;
    }
    return out;
  };
}

/** As Flink's substringSQL: a position below 0 counts from the end, 0 is 1, a length below 0 gives NULL. */
function substring(text: string, position: number, length: number = MAX_LENGTH): string | null {
  if (length < 0) return null;
  const count = codePointLength(text);
  let start = 0;
  if (position > 0) start = position - 1;
  else if (position < 0) start = count + position;
  if (start < 0 || start >= count) return '';
  return codePointSlice(text, start, Math.min(count, start + length));
}

function right(text: string, length: number): string {
  if (length <= 0) return '';
  const count = codePointLength(text);
  return length >= count ? text : codePointSlice(text, count - length, count);
}

/** Characters of `set` are taken off the ends. */
function trimSet(text: string, set: string, leading: boolean, trailing: boolean): string {
  if (set === ' ') return trimBlanks(text, leading, trailing);
  const characters = new Set(set);
  const all = [...text];
  let start = 0;
  let end = all.length;
  if (leading) while (start < end && characters.has(all[start]!)) start++;
  if (trailing) while (end > start && characters.has(all[end - 1]!)) end--;
  return all.slice(start, end).join('');
}

function trimBlanks(text: string, leading: boolean, trailing: boolean): string {
  let start = 0;
  let end = text.length;
  if (leading) while (start < end && text.charCodeAt(start) === 32) start++;
  if (trailing) while (end > start && text.charCodeAt(end - 1) === 32) end--;
  return text.slice(start, end);
}

/** Java counts UTF-16 units here. */
function pad(text: string, length: number, padding: string, left: boolean): string | null {
  if (length < 0 || padding === '') return null;
  const missing = length - text.length;
  if (missing <= 0) return text.slice(0, length);
  const fill = padding.repeat(Math.ceil(missing / padding.length)).slice(0, missing);
  return left ? fill + text : text + fill;
}

/** The first letter of each word large, the others small; words are runs of ASCII letters and digits. */
function initcap(text: string): string {
  return text.replace(/[A-Za-z0-9]+/g, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase());
}

function overlay(text: string, part: string, start: number, length: number = part.length): string {
  if (start <= 0 || start > text.length) return text;
  const rest = start + length <= text.length && length > 0 ? text.slice(start - 1 + length) : '';
  return text.slice(0, start - 1) + part + rest;
}

function position(part: string, text: string, from = 1): number {
  return codePointIndexOf(text, part, Math.max(0, from - 1)) + 1;
}

function instr(text: string, part: string, start = 1, nth = 1): number {
  if (nth <= 0) throw new DataError('nthAppearance must be positive!');
  if (start === 0) return 0;
  if (start < 0) {
    const found = instr(reverse(text), reverse(part), -start, nth);
    return found === 0 ? 0 : codePointLength(text) + 2 - found - codePointLength(part);
  }
  let index = 0;
  for (let i = 0, from = start; i < nth; i++) {
    index = codePointIndexOf(text, part, from - 1) + 1;
    if (index === 0) return 0;
    from = index + 1;
  }
  return index;
}

const WHITESPACE = /\s/u;

/** commons-lang's splitByWholeSeparatorPreserveAllTokens: an empty separator means white space. */
function splitIndex(text: string, separator: string | number, index: number): string | null {
  if (index < 0 || text === '') return null;
  if (typeof separator === 'number') {
    return separator > 255 || separator < 1 ? null : part(text, String.fromCharCode(separator), index);
  }
  return separator === '' ? (text.split(WHITESPACE)[index] ?? null) : part(text, separator, index);
}

/** The part of that index, without making the others. */
function part(text: string, separator: string, index: number): string | null {
  let start = 0;
  for (let i = 0; i < index; i++) {
    const at = text.indexOf(separator, start);
    if (at < 0) return null;
    start = at + separator.length;
  }
  const end = text.indexOf(separator, start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

const TEXT: Form = ['CHARACTER'];
const STRINGS: Form = ['STRING'];
const SUBSTRING_FORMS: readonly Form[] = [
  ['CHARACTER', 'INTEGER'],
  ['CHARACTER', 'INTEGER', 'INTEGER'],
];
const arg0 = ([a]: readonly LogicalType[]) => a!;
const arg0Varying = ([a]: readonly LogicalType[]) => varying(a!);

const lengths = define({
  name: 'CHAR_LENGTH',
  aliases: ['CHARACTER_LENGTH'],
  doc: 'CHAR_LENGTH(text): the number of characters.',
  forms: [TEXT],
  result: INT_T,
  fn: codePointLength,
});

export const TEXT_FUNCTIONS: readonly ScalarFunction[] = [
  define({
    name: 'CONCAT',
    doc: 'CONCAT(a, b, …): all in a row; NULL when one is NULL.',
    forms: [{ repeat: 'STRING', least: 1 }],
    result: STRING_T,
    as: [STRING_T],
    compile: compileConcat,
  }),
  define({
    name: 'CONCAT_WS',
    doc: 'CONCAT_WS(separator, a, b, …): all in a row with the separator between; NULLs are left out.',
    forms: [{ repeat: 'STRING', least: 1 }],
    result: STRING_T,
    as: [STRING_T],
    compile: compileConcatWs,
  }),
  define({
    name: 'SUBSTRING',
    aliases: ['SUBSTR'],
    doc: 'SUBSTRING(text FROM start [FOR length]), SUBSTRING(text, start [, length]): from 1; below 0 from the end.',
    forms: SUBSTRING_FORMS,
    result: arg0Varying,
    nulls: 'always',
    as: [null, INT_T],
    fn: substring,
  }),
  define({
    name: 'LEFT',
    doc: 'LEFT(text, n): the first n characters.',
    forms: [['STRING', 'INTEGER']],
    result: arg0Varying,
    nulls: 'always',
    as: [null, INT_T],
    fn: (text: string, n: number) => (n <= 0 ? '' : substring(text, 1, n)),
  }),
  define({
    name: 'RIGHT',
    doc: 'RIGHT(text, n): the last n characters.',
    forms: [['STRING', 'INTEGER']],
    result: arg0Varying,
    nulls: 'always',
    as: [null, INT_T],
    fn: right,
  }),
  define({
    name: 'TRIM',
    doc: "TRIM([BOTH | LEADING | TRAILING] [characters FROM] text): without the characters (' ') at its ends.",
    forms: [['SYMBOL', 'STRING', 'STRING']],
    result: (types) => varying(types[2]!),
    fn: (where: string, set: string, text: string) =>
      trimSet(text, set, where !== 'TRAILING', where !== 'LEADING'),
    print: (args) => `TRIM(${args.join(', ')})`,
  }),
  define({
    name: 'LTRIM',
    doc: "LTRIM(text [, characters]): without the characters (' ') at the start.",
    forms: [STRINGS, ['STRING', 'STRING']],
    result: arg0Varying,
    fn: (text: string, set = ' ') => trimSet(text, set, true, false),
  }),
  define({
    name: 'RTRIM',
    doc: "RTRIM(text [, characters]): without the characters (' ') at the end.",
    forms: [STRINGS, ['STRING', 'STRING']],
    result: arg0Varying,
    fn: (text: string, set = ' ') => trimSet(text, set, false, true),
  }),
  define({
    name: 'UPPER',
    doc: 'UPPER(text): in capital letters.',
    forms: [TEXT],
    result: arg0,
    fn: (text: string) => text.toUpperCase(),
  }),
  define({
    name: 'LOWER',
    doc: 'LOWER(text): in small letters.',
    forms: [TEXT],
    result: arg0,
    fn: (text: string) => text.toLowerCase(),
  }),
  define({
    name: 'INITCAP',
    doc: 'INITCAP(text): each word with a capital letter and small ones behind.',
    forms: [TEXT],
    result: arg0,
    fn: initcap,
  }),
  define({
    name: 'REPLACE',
    doc: 'REPLACE(text, old, new): with each `old` replaced.',
    forms: [['STRING', 'STRING', 'STRING']],
    result: STRING_T,
    fn: (text: string, old: string, replacement: string) => text.replaceAll(old, () => replacement),
  }),
  define({
    name: 'REVERSE',
    doc: 'REVERSE(text): backwards.',
    forms: [STRINGS],
    result: STRING_T,
    nulls: 'always',
    fn: reverse,
  }),
  define({
    name: 'REPEAT',
    doc: "REPEAT(text, n): n times; '' when n is below 1.",
    forms: [['STRING', 'INTEGER']],
    result: STRING_T,
    as: [null, INT_T],
    fn: (text: string, n: number) => (n <= 0 ? '' : text.repeat(n)),
  }),
  define({
    name: 'LPAD',
    doc: 'LPAD(text, n, padding): filled on the left, or cut, to n characters.',
    forms: [['STRING', 'INTEGER', 'STRING']],
    result: STRING_T,
    as: [null, INT_T, null],
    fn: (text: string, n: number, padding: string) => pad(text, n, padding, true),
  }),
  define({
    name: 'RPAD',
    doc: 'RPAD(text, n, padding): filled on the right, or cut, to n characters.',
    forms: [['STRING', 'INTEGER', 'STRING']],
    result: STRING_T,
    as: [null, INT_T, null],
    fn: (text: string, n: number, padding: string) => pad(text, n, padding, false),
  }),
  define({
    name: 'OVERLAY',
    doc: 'OVERLAY(text PLACING part FROM start [FOR length]): with `part` over the characters from start.',
    forms: [
      ['STRING', 'STRING', 'INTEGER'],
      ['STRING', 'STRING', 'INTEGER', 'INTEGER'],
    ],
    result: ([a, b]) => varying(concatType(a!, b!)),
    as: [null, null, INT_T],
    fn: overlay,
  }),
  define({
    name: 'POSITION',
    doc: 'POSITION(part IN text [FROM start]): where the part first stands, from 1; 0 when it does not.',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'INTEGER'],
    ],
    result: INT_T,
    as: [null, null, INT_T],
    fn: position,
  }),
  define({
    name: 'LOCATE',
    doc: 'LOCATE(part, text [, start]): where the part first stands, from 1; 0 when it does not.',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'INTEGER'],
    ],
    result: INT_T,
    as: [null, null, INT_T],
    fn: position,
  }),
  define({
    name: 'INSTR',
    doc: 'INSTR(text, part [, start [, nth]]): where the nth occurrence stands, from 1; a start below 0 searches backwards.',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'INTEGER'],
      ['STRING', 'STRING', 'INTEGER', 'INTEGER'],
    ],
    result: INT_T,
    as: [null, null, INT_T],
    fn: instr,
  }),
  lengths,
  define({
    name: 'SPLIT_INDEX',
    doc: 'SPLIT_INDEX(text, separator, index): the part of that index, from 0; NULL when there is none.',
    forms: [
      ['STRING', 'INTEGER', 'INTEGER'],
      ['STRING', 'STRING', 'INTEGER'],
    ],
    result: STRING_T,
    nulls: 'always',
    as: [null, null, INT_T],
    fn: (text: string, separator: string | number | bigint, index: number) =>
      splitIndex(text, typeof separator === 'bigint' ? Number(separator) : separator, index),
  }),
  define({
    name: 'ASCII',
    doc: 'ASCII(text): the first byte of the text as UTF-8; 0 for an empty text.',
    forms: [TEXT],
    result: INT_T,
    fn: (text: string) => (text === '' ? 0 : (Buffer.from(text.slice(0, 2), 'utf8')[0]! << 24) >> 24),
  }),
  define({
    name: 'CHR',
    doc: 'CHR(n): the character with the code n modulo 256.',
    forms: [['INTEGER']],
    result: STRING_T,
    nulls: 'always',
    as: [BIGINT_T],
    fn: (n: bigint) => (n < 0n ? '' : String.fromCharCode(Number(n & 255n))),
  }),
  ...(['IS_ALPHA', 'IS_DIGIT', 'IS_DECIMAL'] as const).map((name) =>
    define({
      name,
      doc: CHARACTER_TESTS(name),
      forms: [TEXT, ['NUMERIC']],
      result: BOOLEAN_T,
      nulls: 'never',
      compile: ([arg]) => {
        const test = TESTS[name];
        return (row) => test(arg!(row));
      },
    }),
  ),
];

function CHARACTER_TESTS(name: string): string {
  if (name === 'IS_ALPHA') return 'IS_ALPHA(text): whether it is letters only.';
  if (name === 'IS_DIGIT') return 'IS_DIGIT(text): whether it is digits only.';
  return 'IS_DECIMAL(text): whether it is a number.';
}

const JAVA_DOUBLE = /^\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?)\s*$/;

const TESTS = {
  IS_ALPHA: (v: unknown) => typeof v === 'string' && /^\p{L}+$/u.test(v),
  IS_DIGIT: (v: unknown) =>
    typeof v === 'string' ? /^\p{Nd}+$/u.test(v) : typeof v === 'bigint' || Number.isInteger(v),
  IS_DECIMAL: (v: unknown) => (typeof v === 'string' ? JAVA_DOUBLE.test(v) : v !== null),
};
