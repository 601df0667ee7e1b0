// Numbers as Redis reads and writes them. Text is strict there: no blanks, no leading zeros or plus in integers.
import { CommandError } from './replies.ts';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** A 64-bit integer, or null when the text is none. */
export function parseInteger(text: string): bigint | null {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value < MIN || value > MAX ? null : value;
}

export function fits64(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

export function integerArg(text: string, message = 'ERR value is not an integer or out of range'): bigint {
  const value = parseInteger(text);
  if (value === null) throw new CommandError(message);
  return value;
}

/** An index or a count: exact wherever a collection of this process can be that long. */
export function indexArg(text: string, message?: string): number {
  return Number(integerArg(text, message));
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A double as strtod reads it, or null: NaN, blanks, and what is too large or too small. */
export function parseDouble(text: string): number | null {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const hex = /^([+-]?)(0x[\da-f]+)$/i.exec(text);
  if (hex !== null) return hex[1] === '-' ? -Number(hex[2]) : Number(hex[2]);
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  if (value === 0 && /[1-9]/.test(text.split(/e/i)[0]!)) return null;
  return value;
}

export function doubleArg(text: string, message = 'ERR value is not a valid float'): number {
  const value = parseDouble(text);
  if (value === null) throw new CommandError(message);
  return value;
}

/** `%.17g`, as Redis 7.0 prints scores. */
export function formatDouble(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(16).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 17) return trimZeros(value.toFixed(Math.min(100, 16 - exponent)));
  const sign = exponent < 0 ? '-' : '+';
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
