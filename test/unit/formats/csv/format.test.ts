import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvFormat } from '../../../../src/formats/csv/format.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { BOOLEAN, INT, type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import { decodeAll, decoderOf, encoderOf, type FormatOptions } from '../../../support/formats.ts';

const nullable = true;
const FIELDS = [
  { name: 'a', type: STRING },
  { name: 'n', type: INT },
  { name: 'b', type: STRING },
];
const decode = (lines: string[], options: FormatOptions = {}, projection?: number[]) =>
  decodeAll(decoderOf(csvFormat, FIELDS, options, [], projection), lines).map(([, ...row]) => row);

function failure(line: string, options: FormatOptions = {}): string[] {
  try {
    decode([line], options);
  } catch (error) {
    return errorChain(error);
  }
  throw new Error('The line was read.');
}

describe('splitting', () => {
  test.each<[string, unknown[], FormatOptions?]>([
    ['x,1,y', ['x', 1, 'y']],
    [',1,', ['', 1, '']],
    ['"x,""y""",1,"line\nend"', ['x,"y"', 1, 'line\nend']],
    ['x"y,1, "z"', ['x"y', 1, ' "z"']],
    ['"x" ,1,y', ['x', 1, 'y']],
    ['x,1,y,', ['x', 1, 'y']],
    ['x,1,y\nnext,2,z', ['x', 1, 'y']],
    ['x|1|y', ['x', 1, 'y'], { 'field-delimiter': '|' }],
    ['x\t1\ty', ['x', 1, 'y'], { 'field-delimiter': '\\t' }],
    ['x\u00011\u0001y', ['x', 1, 'y'], { 'field-delimiter': '\\u0001' }],
    ["'x,y',1,\"", ['x,y', 1, '"'], { 'quote-character': "'" }],
    ['"x",1,"', ['"x"', 1, '"'], { 'disable-quote-character': 'true' }],
    ['x\\,y,1,"\\"z"', ['x,y', 1, '"z'], { 'escape-character': '\\' }],
    ['n/a,n/a,"n/a"', [null, null, null], { 'null-literal': 'n/a' }],
    [',,', [null, null, null], { 'null-literal': '' }],
    ['é😀,1,ß', ['é😀', 1, 'ß']],
  ])('%j', (line, row, options) => expect(decode([line], options)).toEqual([row]));

  test('only projected columns are converted', () => {
    expect(decode(['x,no number,y'], {}, [2, 0])).toEqual([['y', 'x']]);
  });
  test('empty lines and comments', () => {
    expect(decode(['', '# c', 'x,1,y'], { 'allow-comments': 'true' })).toEqual([['x', 1, 'y']]);
    expect(decode(['#,1,y'])).toEqual([['#', 1, 'y']]);
  });
});

describe('lines that do not fit', () => {
  test.each([
    ['x,1', 'Row length mismatch. 3 fields expected but was 2.'],
    ['x,1,y,z', 'Row length mismatch. 3 fields expected but was 4.'],
    ['x,one,y', 'Fail to deserialize at field: n.'],
    ['x,,y', 'Fail to deserialize at field: n.'],
    ['"x,1,y', 'Missing closing quote for value that starts at column 1'],
    [
      '"x"y,1,z',
      `Expected column separator character (',') or end-of-line behind the closing " at column 4, but found 'y'`,
    ],
  ])('%s', (line, cause) => {
    expect(failure(line).slice(0, 2)).toEqual([`Failed to deserialize CSV row '${line}'.`, cause]);
  });
  test('ignored', () => {
    expect(decode(['x,1', 'x,1,y,z', 'x,one,y', '"x'], { 'ignore-parse-errors': 'true' })).toEqual([
      ['x', 1, null],
      ['x', null, 'y'],
    ]);
  });
  test('options that contradict', () => {
    expect(() => decode([], { 'field-delimiter': ',,' })).toThrow("option 'field-delimiter'");
    expect(() => decode([], { 'quote-character': '"', 'disable-quote-character': 'true' })).toThrow(
      'Format cannot define a quote character and disabled quote character at the same time.',
    );
  });
  test('maps', () => {
    const map: LogicalType = { root: 'MAP', key: STRING, value: INT, nullable };
    expect(() => decoderOf(csvFormat, [{ name: 'm', type: map }])).toThrow(
      'Unsupported type: MAP<STRING, INT>',
    );
  });
});

describe('types', () => {
  const cases: [LogicalType, string, unknown, string?][] = [
    [BOOLEAN, 'TRUE', true, 'true'],
    [{ root: 'DECIMAL', precision: 5, scale: 2, nullable }, '1.005', new Big('1.01'), '1.01'],
    [{ root: 'DATE', nullable }, '2020-01-02', 18_263],
    [{ root: 'TIME', precision: 0, nullable }, '03:04', 11_040_000, '03:04:00'],
    [
      { root: 'TIMESTAMP', precision: 3, nullable },
      '"2020-01-02 03:04:05.12"',
      new TimestampData(1_577_934_245_120),
    ],
    [
      { root: 'TIMESTAMP_LTZ', precision: 3, nullable },
      '"2020-01-02 03:04:05Z"',
      new TimestampData(1_577_934_245_000),
    ],
    [{ root: 'VARBINARY', length: 10, nullable }, 'YWI=', Buffer.from('ab')],
    [{ root: 'ARRAY', element: INT, nullable }, '1;2', [1, 2]],
    [
      {
        root: 'ROW',
        fields: [
          { name: 'x', type: INT },
          { name: 'y', type: STRING },
        ],
        nullable,
      },
      '1;q',
      [1, 'q'],
    ],
  ];
  test.each(cases)('%j reads and writes %s', (type, text, value, written = text) => {
    const fields = [{ name: 'a', type }];
    expect(decodeAll(decoderOf(csvFormat, fields), [text])[0]?.[1]).toEqual(value);
    expect(encoderOf(csvFormat, fields).encode([value], 0)?.toString()).toBe(written);
  });
  test('decimals with and without exponent', () => {
    const fields = [{ name: 'a', type: { root: 'DECIMAL', precision: 10, scale: 0, nullable } as const }];
    const text = (options: FormatOptions) =>
      encoderOf(csvFormat, fields, options)
        .encode([new Big(100_000)], 0)
        ?.toString();
    expect(text({})).toBe('1E+5');
    expect(text({ 'write-bigdecimal-in-scientific-notation': 'false' })).toBe('100000');
  });
});

describe('writing', () => {
  const text = (row: unknown[], options: FormatOptions = {}) =>
    encoderOf(csvFormat, FIELDS, options).encode(row, 0)?.toString();
  test.each<[unknown[], string, FormatOptions?]>([
    [['x', 1, 'y'], 'x,1,y'],
    [['a b', null, 'say "hi"'], '"a b",,"say ""hi"""'],
    [['a,b', -1, ''], '"a,b",-1,'],
    [['x'.repeat(25), 1, 'z'], `"${'x'.repeat(25)}",1,z`],
    [['x', null, null], 'x,NULL,NULL', { 'null-literal': 'NULL' }],
    [['a b', 1, 'c|d'], 'a b|1|c|d', { 'field-delimiter': '|', 'disable-quote-character': 'true' }],
  ])('%j', (row, line, options) => expect(text(row, options)).toBe(line));

  test('what is written reads back', () => {
    const dialects: FormatOptions[] = [
      { 'null-literal': '\u0000' },
      { 'null-literal': '\u0000', 'escape-character': '\\' },
      { 'null-literal': '\u0000', 'field-delimiter': ';', 'quote-character': "'" },
    ];
    const char = fc.constantFrom('a', ',', ';', '"', "'", '\\', '\n', '\r', ' ', 'é', '😀', '#');
    const value = fc.option(fc.string({ unit: char, maxLength: 30 }));
    fc.assert(
      fc.property(
        value,
        fc.option(fc.integer({ min: -1000, max: 1000 })),
        value,
        fc.constantFrom(...dialects),
        (a, n, b, options) => {
          const line = text([a, n, b], options)!;
          expect(decode([line], options)).toEqual([[a, n, b]]);
        },
      ),
    );
  });
});
