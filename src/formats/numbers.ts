// Texts to numbers as Java's parseInt, parseDouble and BigDecimal read them. All throw an Error with the reason.
import Big from 'big.js';

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Digits of a 32-bit (or smaller) integer. @param bits 8, 16 or 32 */
export function parseIntText(text: string, bits: number): number {
  if (!INTEGER.test(text)) throw new Error(`For input string: "${text}"`);
  return inRange(Number(text), bits, text);
}

export function inRange(value: number, bits: number, text: string): number {
  const limit = 2 ** (bits - 1);
  if (value >= -limit && value < limit) return value === 0 ? 0 : value;
  throw new Error(`Numeric value (${text}) out of range of ${bits} bits (${-limit} - ${limit - 1}).`);
}

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

export function parseLongText(text: string): bigint {
  if (!INTEGER.test(text)) throw new Error(`For input string: "${text}"`);
  return longInRange(BigInt(text.startsWith('+') ? text.slice(1) : text), text);
}

export function longInRange(value: bigint, text: string): bigint {
  if (value >= MIN_LONG && value <= MAX_LONG) return value;
  throw new Error(`Numeric value (${text}) out of range of long (${MIN_LONG} - ${MAX_LONG}).`);
}

/** Java's Double.parseDouble, but for hexadecimal floats. */
export function parseDoubleText(text: string): number {
  const trimmed = text.trim();
  const plain = /[dDfF]$/.test(trimmed) ? trimmed.slice(0, -1) : trimmed;
  if (DECIMAL.test(plain)) return Number(plain);
  switch (trimmed) {
    case 'NaN':
    case '+NaN':
    case '-NaN':
      return Number.NaN;
    case 'Infinity':
    case '+Infinity':
      return Number.POSITIVE_INFINITY;
    case '-Infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      throw new Error(`For input string: "${text}"`);
  }
}

const ZERO = new Big(0);

/** Rounded half up to `scale`; null where more than `precision` digits would be needed, as DecimalData.fromBigDecimal. */
export function parseDecimalText(text: string, precision: number, scale: number): Big | null {
  if (!DECIMAL.test(text)) throw new Error(`For input string: "${text}"`);
  const value = new Big(text.startsWith('+') ? text.slice(1) : text);
  if (value.c[0] === 0) return ZERO;
  if (value.e >= precision - scale && value.e >= 0) return null;
  const rounded = value.round(scale, Big.roundHalfUp);
  if (rounded.c[0] === 0) return ZERO;
  return rounded.e >= precision - scale && rounded.e >= 0 ? null : rounded;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 with padding. */
export function parseBase64(text: string): Buffer {
  if (!BASE64.test(text)) throw new Error(`Text '${text}' is not base64.`);
  return Buffer.from(text, 'base64');
}
