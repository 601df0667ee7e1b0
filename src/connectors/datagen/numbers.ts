// Random numbers between `min` and `max`.
import Big from 'big.js';
import { option } from '../../options/config-option.ts';
import { ValidationError } from '../../types/errors.ts';
import type { Generator } from './generator.ts';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

function requireOrder(prefix: string, min: number | bigint, max: number | bigint): void {
  if (min <= max) return;
  throw new ValidationError(`'${prefix}.min' (${min}) must not be greater than '${prefix}.max' (${max}).`);
}

export function integers(prefix: string, least: number, greatest: number): Generator {
  const bounded = (key: string, bound: number, doc: string) =>
    option(`${prefix}.${key}`)
      .long()
      .default(bound)
      .describe(doc)
      .checked((v) => {
        if (v < least || v > greatest) {
          throw new Error(`The value must be from ${least} to ${greatest}, but is ${v}.`);
        }
      });
  const min = bounded('min', least, 'The least value.');
  const max = bounded('max', greatest, 'The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.integer(low, high), rows: null };
    },
  };
}

export function longOption(key: string) {
  return option(key).of<bigint>({
    label: 'Long',
    parse(text) {
      const trimmed = text.trim();
      const value = /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.replace('+', '')) : null;
      if (value === null || value < LONG_MIN || value > LONG_MAX) {
        throw new Error(`For input string: "${text}"`);
      }
      return value;
    },
    print: String,
  });
}

export function bigints(prefix: string, least = LONG_MIN, greatest = LONG_MAX): Generator {
  const min = longOption(`${prefix}.min`).default(least).describe('The least value.');
  const max = longOption(`${prefix}.max`).default(greatest).describe('The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.bigint(low, high), rows: null };
    },
  };
}

export function doubles(prefix: string, least: number, greatest: number): Generator {
  const min = option(`${prefix}.min`).double().default(least).describe('The least value.');
  const max = option(`${prefix}.max`).double().default(greatest).describe('The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.double(low, high), rows: null };
    },
  };
}

/** Null where the digits do not fit, as a DECIMAL overflow is. */
export function decimal(value: number, precision: number, scale: number): Big | null {
  const rounded = new Big(value).round(scale, Big.roundHalfUp);
  return rounded.c[0] !== 0 && rounded.e >= precision - scale && rounded.e >= 0 ? null : rounded;
}
