import { describe, expect, test } from 'vitest';
import { parseStatements } from '../../../src/sql/parser.ts';
import { renderError } from '../../../src/sql/render-error.ts';
import { ValidationError } from '../../../src/types/errors.ts';

function rendered(text: string): string {
  return renderError(text, parseStatements(text).errors[0]);
}

describe('an error is shown with its line', () => {
  test('underlined, with the hint', () => {
    expect(rendered('SELECT a\nFORM x y')).toMatchInlineSnapshot(`
      "SQL parse failed. Encountered "x" at line 2, column 6.
      Was expecting one of:
          <EOF> 
          "EXCEPT" ...
          "FETCH" ...
          "FROM" ...
          "INTERSECT" ...
          "LIMIT" ...
          "MINUS" ...
          "OFFSET" ...
          "ORDER" ...
          "UNION" ...
          "," ...
          ";" ...
        2 | FORM x y
          |      ^
      Hint: Did you mean FROM instead of FORM?"
    `);
  });

  test('wide characters and tabs before the place', () => {
    const text = "\tSELECT '日本', STRNG(a)";
    const error = new ValidationError('No match found', { span: spanOf(text, 'STRNG') });
    expect(renderError(text, error)).toBe(
      "No match found\n  1 | \tSELECT '日本', STRNG(a)\n    | \t               ^^^^^",
    );
  });

  test('the causes, and the place of the innermost error that has one', () => {
    const text = 'SELECT x FROM t';
    const cause = new ValidationError("Column 'x' not found in any table", {
      span: spanOf(text, 'x'),
      hint: 'Did you mean y?',
    });
    const error = new ValidationError('SQL validation failed.', { cause });
    expect(renderError(text, error).split('\n')).toEqual([
      'SQL validation failed.',
      "Caused by: Column 'x' not found in any table",
      '  1 | SELECT x FROM t',
      '    |        ^',
      'Hint: Did you mean y?',
    ]);
  });

  test('at the end of the text', () => {
    expect(rendered('SELECT (')).toContain('  1 | SELECT (\n    |         ^');
  });
});

describe('secrets are never shown', () => {
  test.each([
    "CREATE TABLE t (a INT) WITH ('password' = 'geheim', 'port' 'x')",
    "CREATE TABLE t (a INT) WITH ('password' 'geheim')",
    "CREATE TABLE t (a INT) WITH ('password' = 'geheim)",
    "CREATE TABLE t (a INT) WITH ('properties.sasl.jaas.config' = 'x password=\"geheim\";' 'y')",
    "SET 'password' = 'geheim' x",
  ])('%s', (text) => {
    expect(rendered(text)).not.toContain('geheim');
    expect(rendered(text)).toContain('  1 | ');
  });
});

function spanOf(text: string, part: string) {
  const start = text.indexOf(part);
  return {
    line: 1,
    column: start + 1,
    endLine: 1,
    endColumn: start + part.length,
    start,
    end: start + part.length,
  };
}
