// What is wrong with an expression, where, and what would be right.
import { describe, expect, test } from 'vitest';
import { DreyError } from '../../../../src/types/errors.ts';
import { INT, STRING } from '../../../../src/types/logical-type.ts';
import { evaluate } from '../../../support/expressions.ts';

const fields = [
  { name: 'a', type: INT },
  { name: 's', type: STRING },
  { name: 'r', type: { root: 'ROW', fields: [{ name: 'name', type: STRING }], nullable: true } as const },
];

function failure(text: string): DreyError {
  try {
    evaluate(text, fields, [1, 'x', null]);
  } catch (error) {
    if (error instanceof DreyError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('names what is wrong and where', () => {
  test.each<[string, string | RegExp, string]>([
    ['1 + UPER(s)', 'No match found for function signature UPER(<CHARACTER>)', 'UPER(s)'],
    [
      'UPPER(s, a)',
      "Invalid number of arguments to function 'UPPER'. Was expecting 1 arguments",
      'UPPER(s, a)',
    ],
    [
      'UPPER(a)',
      "Cannot apply 'UPPER' to arguments of type 'UPPER(<INTEGER>)'. Supported form(s): 'UPPER(<CHARACTER>)'",
      'UPPER(a)',
    ],
    [
      '1 = 1 AND a + s > 1',
      /^Cannot apply '\+' to arguments of type '<INTEGER> \+ <VARCHAR\(2147483647\)>'/,
      'a + s',
    ],
    ['s = a', 'implicit type conversion between VARCHAR and INTEGER is not supported now', 's = a'],
    [
      's || a',
      /^Cannot apply '\|\|' to arguments of type '<VARCHAR\(2147483647\)> \|\| <INTEGER>'/,
      's || a',
    ],
    ['CONCAT(s, NULL)', "Illegal use of 'NULL'", 'NULL'],
    ['a AND TRUE', /^Cannot apply 'AND' to arguments of type '<INTEGER> AND <BOOLEAN>'/, 'a AND TRUE'],
    ['CASE WHEN a THEN 1 END', 'Expected a boolean type', 'a'],
    [
      "CASE WHEN TRUE THEN 'a' ELSE a END",
      'Illegal mixing of types in CASE or COALESCE statement',
      "CASE WHEN TRUE THEN 'a' ELSE a END",
    ],
    ['CAST(a AS DATE)', 'Cast function cannot convert value of type INTEGER to type DATE', 'CAST(a AS DATE)'],
    [
      'CAST(a AS TIMESTAMP(3))',
      /^The cast from NUMERIC type to TIMESTAMP type is not allowed\./,
      'CAST(a AS TIMESTAMP(3))',
    ],
    ['b', "Column 'b' not found in any table", 'b'],
    ['r.nam', "Unknown field 'nam'", 'nam'],
    ["a IN ('x')", /^implicit type conversion between INTEGER and CHAR/, "a IN ('x')"],
    [
      "DATE '2024-02-30'",
      "Illegal DATE literal '2024-02-30': not in format 'yyyy-MM-dd'",
      "DATE '2024-02-30'",
    ],
    ["INTERVAL 'x' DAY", "Illegal interval literal format 'x' for INTERVAL DAY", "INTERVAL 'x' DAY"],
    ['1e400', "Numeric literal '1E400' out of range", '1e400'],
    ['ARRAY[1, 2][0]', 'Array element access needs an index starting at 1 but was 0.', 'ARRAY[1, 2][0]'],
    ["ARRAY[1, 'a']", 'Parameters must be of the same type in ARRAY', "ARRAY[1, 'a']"],
    ['a IS TRUE', /^Cannot apply 'IS TRUE' to arguments of type '<INTEGER> IS TRUE'/, 'a IS TRUE'],
    ['TYPEOF()', /^Invalid function call:\nTYPEOF\(\)/, 'TYPEOF()'],
    ["EXTRACT(DOY FROM TIME '10:00:00')", /^DOY for TIME is unsupported/, ''],
  ])('%s', (text, message, where) => {
    const error = failure(text);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    if (where !== '') expect(text.slice(error.span!.start, error.span!.end)).toBe(where);
  });
});

test('suggests names that are nearly right', () => {
  expect(failure('UPER(s)').hint).toBe("Did you mean 'UPPER'?");
  expect(failure('r.nam').hint).toBe("Did you mean 'name'?");
  expect(failure('s = a').hint).toBe('CAST one side: CAST(… AS STRING) or CAST(… AS INT)');
});

test('a value that cannot be cast says what helps', () => {
  const error = failure('CAST(s AS INT)');
  expect(error.message).toBe("For input string: 'x'. Invalid character found.");
  expect(error.hint).toBe('It was CAST to INT; TRY_CAST gives NULL instead of failing.');
});

test('TRY_CAST does not hide what fails inside of it', () => {
  expect(failure('TRY_CAST(CAST(s AS INT) AS STRING)').message).toMatch(/^For input string/);
});

test.each(['1 / 0', '1.0 / 0', 'MOD(1, 0)'])('%s fails', (text) => {
  expect(failure(text).message).toMatch(/by zero$/);
});
