import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonFormat } from '../../../../src/formats/json/format.ts';
import { quote } from '../../../../src/formats/json/text.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { DOUBLE, INT, type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import { encoderOf, type FormatOptions } from '../../../support/formats.ts';

const nullable = true;
const write = (type: LogicalType, value: unknown, options: FormatOptions = {}) =>
  encoderOf(jsonFormat, [{ name: 'a', type }], options)
    .encode([value], 0)
    ?.toString();

const DECIMAL: LogicalType = { root: 'DECIMAL', precision: 20, scale: 10, nullable };
const MAP: LogicalType = { root: 'MAP', key: STRING, value: INT, nullable };
const ROW: LogicalType = {
  root: 'ROW',
  fields: [
    { name: 'x', type: INT },
    { name: 'y', type: INT },
  ],
  nullable,
};

test.each<[LogicalType, unknown, string]>([
  [STRING, 'é"\\/\n\u001f\u007f😀', '"é\\"\\\\/\\n\\u001F\u007f😀"'],
  [STRING, null, 'null'],
  [DOUBLE, 1e7, '1.0E7'],
  [DOUBLE, Number.NaN, '"NaN"'],
  [DOUBLE, Number.NEGATIVE_INFINITY, '"-Infinity"'],
  [DECIMAL, new Big('100'), '1E+2'],
  [DECIMAL, new Big('1.50'), '1.5'],
  [DECIMAL, new Big('0.0000001'), '1E-7'],
  [DECIMAL, new Big('-0.0000012'), '-0.0000012'],
  [DECIMAL, new Big('0'), '0'],
  [{ root: 'BIGINT', nullable }, 9_223_372_036_854_775_807n, '9223372036854775807'],
  [{ root: 'TIME', precision: 3, nullable }, 11_045_120, '"03:04:05.12"'],
  [{ root: 'ARRAY', element: STRING, nullable }, ['a', null], '["a",null]'],
  [ROW, [null, 2], '{"x":null,"y":2}'],
  [{ root: 'MULTISET', element: STRING, nullable }, new Map([['x', 2]]), '{"x":2}'],
])('%j writes %s', (type, value, json) => expect(write(type, value)).toBe(`{"a":${json}}`));

test('decimals as plain numbers', () => {
  const options = { 'encode.decimal-as-plain-number': 'true' };
  expect(write(DECIMAL, new Big('100'), options)).toBe('{"a":100}');
  expect(write(DECIMAL, new Big('0.0000001'), options)).toBe('{"a":0.0000001}');
});

test('NULL fields can be left out, inside of rows too', () => {
  const options = { 'encode.ignore-null-fields': 'true' };
  expect(write(STRING, null, options)).toBe('{}');
  expect(write(ROW, [null, 2], options)).toBe('{"a":{"y":2}}');
});

describe('a NULL key of a map', () => {
  const map = new Map([
    ['k', 1],
    [null, 2],
  ]);
  test('fails', () => {
    let chain: string[] = [];
    try {
      write(MAP, map);
    } catch (error) {
      chain = errorChain(error);
    }
    expect(chain).toEqual([
      "Could not serialize row '+I[{k=1, null=2}]'.",
      'Fail to serialize at field: a.',
      expect.stringContaining("JSON format doesn't support to serialize map data with null keys."),
    ]);
  });
  test('is dropped', () => expect(write(MAP, map, { 'map-null-key.mode': 'DROP' })).toBe('{"a":{"k":1}}'));
  test('gets a name', () =>
    expect(write(MAP, map, { 'map-null-key.mode': 'literal', 'map-null-key.literal': 'none' })).toBe(
      '{"a":{"k":1,"none":2}}',
    ));
});

test('an unknown value of an option', () => {
  expect(() => write(STRING, 'x', { 'map-null-key.mode': 'NOPE' })).toThrow("option 'map-null-key.mode'");
});

test('what quote writes is JSON', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => JSON.parse(quote(text)) === text));
});
