// Text to numbers as Flink's CAST reads it (BinaryStringDataUtil).
import Big from 'big.js';
import { DataError } from '../../../types/errors.ts';

export function numberFormatError(text: string, reason: string): DataError {
  return new DataError(`For input string: '${text}'. ${reason}`);
}

/** Java's String.trim: control characters and blanks. */
export function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const DIGITS = /^[+-]?(\d*)(?:\.(\d*))?$/;

/** The whole part of `12`, `-12`, `12.9`; blanks around it do not matter. */
function wholePart(text: string): string {
  const trimmed = javaTrim(text);
  if (trimmed === '') throw numberFormatError(trimmed, 'Input is empty.');
  if (trimmed === '+' || trimmed === '-') {
    throw numberFormatError(trimmed, 'Input has only positive or negative symbol.');
  }
  const match = DIGITS.exec(trimmed);
  if (match === null) throw numberFormatError(trimmed, 'Invalid character found.');
  const digits = match[1] === '' ? '0' : match[1]!;
  return trimmed.charCodeAt(0) === 45 ? `-${digits}` : digits;
}

/** A whole number within `min..max`. */
export function parseInteger(text: string, min: number, max: number): number {
  const value = Number(wholePart(text));
  if (value < min || value > max) throw numberFormatError(javaTrim(text), 'Overflow.');
  return value === 0 ? 0 : value;
}

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

export function parseBigint(text: string): bigint {
  const value = BigInt(wholePart(text));
  if (value < MIN_LONG || value > MAX_LONG) throw numberFormatError(javaTrim(text), 'Overflow.');
  return value;
}

const DOUBLE = /^([+-]?)(?:(NaN)|(Infinity)|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[dDfF]?)$/;

/** Java's Double.parseDouble: `1.5`, `1e3`, `.5`, `1f`, `NaN`, `-Infinity`. */
export function parseDouble(text: string): number {
  const trimmed = javaTrim(text);
  const match = DOUBLE.exec(trimmed);
  if (match === null) {
    throw new DataError(trimmed === '' ? 'empty String' : `For input string: "${trimmed}"`);
  }
  const [, sign, nan, infinity, digits] = match;
  if (nan !== undefined) return Number.NaN;
  const value = infinity === undefined ? Number(digits) : Number.POSITIVE_INFINITY;
  return sign === '-' ? -value : value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/;

/** @throws DataError when it is no number */
export function parseDecimal(text: string): Big {
  const trimmed = javaTrim(text);
  if (!DECIMAL.test(trimmed)) throw numberFormatError(text, 'Invalid character found.');
  return new Big(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed.replace(/\.(?=$|[eE])/, ''));
}

const TRUE = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE = new Set(['f', 'false', 'n', 'no', '0']);

export function parseBoolean(text: string): boolean {
  const word = javaTrim(text).toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  throw new DataError(`Cannot parse '${text}' as BOOLEAN.`);
}
