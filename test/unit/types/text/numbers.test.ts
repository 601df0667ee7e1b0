import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimalToPlain,
  decimalToString,
  doubleToString,
  floatToString,
} from '../../../../src/types/text/numbers.ts';

describe('doubleToString', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [100, '100.0'],
    [9_999_999, '9999999.0'],
    [1e7, '1.0E7'],
    [-1e7, '-1.0E7'],
    [12_345_678.9, '1.23456789E7'],
    [123_456_789_012, '1.23456789012E11'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [1e21, '1.0E21'],
    [5e-324, '4.9E-324'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d', (value, text) => expect(doubleToString(value)).toBe(text));

  test('reads back', () => {
    fc.assert(fc.property(fc.double(), (v) => Object.is(Number(doubleToString(v)), v)));
  });
});

describe('floatToString', () => {
  test.each([
    [0.1, '0.1'],
    [1 / 3, '0.33333334'],
    [16_777_216, '1.6777216E7'],
    [100, '100.0'],
    [3.4028234663852886e38, '3.4028235E38'],
  ])('%d', (value, text) => expect(floatToString(Math.fround(value))).toBe(text));

  test('reads back', () => {
    fc.assert(fc.property(fc.float(), (v) => Object.is(Math.fround(Number(floatToString(v))), v)));
  });
});

describe('decimals', () => {
  test('plain', () => {
    expect(decimalToPlain(new Big('1.5'), 3)).toBe('1.500');
    expect(decimalToPlain(new Big('1e-8'), 8)).toBe('0.00000001');
    expect(decimalToPlain(new Big('-0'), 2)).toBe('0.00');
  });
  test('as BigDecimal.toString', () => {
    expect(decimalToString(new Big('0.0000001'), 7)).toBe('1E-7');
    expect(decimalToString(new Big('0.00000012'), 8)).toBe('1.2E-7');
    expect(decimalToString(new Big('0'), 8)).toBe('0E-8');
    expect(decimalToString(new Big('12.5'), 8)).toBe('12.50000000');
  });
});
