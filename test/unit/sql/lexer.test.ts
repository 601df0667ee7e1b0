import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenize } from '../../../src/sql/lexer.ts';

const brief = (text: string) => tokenize(text).map((t) => `${t.type}:${t.key === '' ? t.value : t.key}`);

describe('tokens', () => {
  test.each<[string, string[]]>([
    ['select a', ['word:SELECT', 'word:A']],
    ["'it''s'", ["string:it's"]],
    ['`a``b`', ['quoted:a`b']],
    ['`select`', ['quoted:select']],
    ["X'0aFf'", ['bytes:0AFF']],
    ["U&'\\0041\\+01F600\\\\'", ['string:A😀\\']],
    ["u&'!0041' UESCAPE '!'", ['string:A']],
    [
      '1 1.5 .5 7. 1e0 2.5E-3',
      ['number:1', 'number:1.5', 'number:.5', 'number:7.', 'number:1e0', 'number:2.5E-3'],
    ],
    ['1abc', ['number:1', 'word:ABC']],
    [
      'a<>b!=c<=d||e',
      ['word:A', 'symbol:<>', 'word:B', 'symbol:!=', 'word:C', 'symbol:<=', 'word:D', 'symbol:||', 'word:E'],
    ],
    ['a -- b\nc', ['word:A', 'word:C']],
    ['a // b\nc', ['word:A', 'word:C']],
    ['a /* b \n; */ c /**/ d', ['word:A', 'word:C', 'word:D']],
    ['/*+ h */ * /', ['symbol:/*+', 'word:H', 'symbol:*/', 'symbol:*', 'symbol:/']],
    ['größe 名前 $x _y', ['word:GRÖSSE', 'word:名前', 'word:$X', 'word:_Y']],
    ["'日本🎉'", ['string:日本🎉']],
    [
      'MAP<STRING,ARRAY<INT>>',
      [
        'word:MAP',
        'symbol:<',
        'word:STRING',
        'symbol:,',
        'word:ARRAY',
        'symbol:<',
        'word:INT',
        'symbol:>',
        'symbol:>',
      ],
    ],
  ])('%s', (text, tokens) => {
    expect(brief(text)).toEqual([...tokens, 'eof:<EOF>']);
  });

  test.each([
    ["'open", "The string that starts here is not closed with '"],
    ['`open', 'The identifier that starts here is not closed with `'],
    ['/* open', 'The comment that starts here is not closed with */'],
    ["X'0'", 'A binary literal holds an even number of hex digits'],
    ["X'zz'", 'A binary literal holds hex digits only'],
    ["U&'\\00'", 'Unicode escapes are \\XXXX with four hex digits, and \\\\'],
    ['"a"', "Use single quotes for strings ('...') and backticks for identifiers (`...`)"],
    ['``', 'An identifier cannot be empty'],
    ['#', ''],
  ])('%s is an error', (text, message) => {
    expect(tokenize(text)[0]).toMatchObject({ type: 'error', value: message, start: 0 });
  });

  test('tokens lie side by side and cover everything but space and comments', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let at = 0;
        for (const token of tokenize(text)) {
          expect(token.start).toBeGreaterThanOrEqual(at);
          expect(token.end).toBeGreaterThanOrEqual(token.start);
          at = token.end;
        }
        expect(at).toBe(text.length);
      }),
    );
  });
});
