// Order of values of one type, as SQL sees it. Neither side is NULL.
import Big from 'big.js';
import { TimestampData } from './values.ts';

/** Negative, 0 or positive. Texts compare by code points (as their UTF-8 bytes do), false is below true. */
export function compareValues(a: unknown, b: unknown): number {
  switch (typeof a) {
    case 'number':
      return compareNumbers(a, b as number);
    case 'string':
      return compareTexts(a, b as string);
    case 'bigint':
      return a < (b as bigint) ? -1 : a > (b as bigint) ? 1 : 0;
    case 'boolean':
      return Number(a) - Number(b);
    default:
      return compareObjects(a, b);
  }
}

/** As Java's Double.compare: NaN is above everything. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** UTF-16 order differs from code point order where surrogates meet U+E000..U+FFFF. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) !== isSurrogate(y) ? (isSurrogate(x) ? 1 : -1) : x - y;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function compareObjects(a: unknown, b: unknown): number {
  if (a instanceof Big) return a.cmp(b as Big);
  if (a instanceof TimestampData) return a.compareTo(b as TimestampData);
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  throw new TypeError('values of this type have no order');
}
