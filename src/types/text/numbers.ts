// Numbers as Java prints them: what CAST to STRING, `print` and the formats show.
import type Big from 'big.js';

/** Java's `Double.toString`: `1.0`, `1.0E7`, `1.0E-4`, `NaN`, `Infinity`, `-0.0`; the shortest digits that read back. */
export function doubleToString(value: number): string {
  if (Number.isInteger(value) && value < 1e7 && value > -1e7) {
    return value === 0 && Object.is(value, -0) ? '-0.0' : `${value}.0`;
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) return String(value);
  return scientific(value, value.toExponential());
}

/** Java's `Float.toString`; `value` is already rounded to 32 bits. */
export function floatToString(value: number): string {
  const magnitude = Math.abs(value);
  if (!(magnitude > 0 && magnitude < Number.POSITIVE_INFINITY)) return doubleToString(value);
  const digits = shortestFloat(value);
  if (magnitude < 1e-3 || magnitude >= 1e7) return scientific(value, digits);
  const plain = String(Number(digits));
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** The least digits that read back as the same 32-bit number, in exponential notation. */
function shortestFloat(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential(9);
}

/** `1.5e+21` to `1.5E21`. */
function scientific(value: number, exponential: string): string {
  if (!Number.isFinite(value)) return String(value);
  // Java shows two digits at least, and the nearest ones: 4.9E-324.
  const digits = exponential.includes('.') ? exponential : value.toExponential(1);
  return digits.replace('e+', 'E').replace('e', 'E');
}

/** All digits, exactly `scale` behind the point, never an exponent (`BigDecimal.toPlainString`). */
export function decimalToPlain(value: Big, scale: number): string {
  const text = value.toFixed(scale);
  // BigDecimal has no negative zero.
  return text.charCodeAt(0) === 45 && value.c[0] === 0 ? text.slice(1) : text;
}

/** `BigDecimal.toString` of a value with this scale: an exponent below 1E-6, `1E-7`, `0E-8`. */
export function decimalToString(value: Big, scale: number): string {
  const plain = decimalToPlain(value, scale);
  if (scale <= 6) return plain;
  const negative = plain.startsWith('-');
  const digits = plain
    .slice(negative ? 1 : 0)
    .replace('.', '')
    .replace(/^0+(?=\d)/, '');
  const exponent = digits.length - 1 - scale;
  if (exponent >= -6) return plain;
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${negative ? '-' : ''}${mantissa}E${exponent}`;
}

/** `BigDecimal.toString` without trailing zeros, as JSON has decimals: `1.5`, `1E+2`, `1E-7`. */
export function decimalStripped(value: Big): string {
  const digits = value.c.join('');
  if (digits === '0') return '0';
  const scale = digits.length - 1 - value.e;
  if (scale >= 0 && value.e >= -6) return value.toFixed();
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${value.s < 0 ? '-' : ''}${mantissa}E${value.e < 0 ? '' : '+'}${value.e}`;
}
