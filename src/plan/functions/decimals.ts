// Arithmetic on DECIMAL values (org.apache.flink.table.data.DecimalDataUtils): java.math.BigDecimal with HALF_UP.
import Big from 'big.js';

export const HALF_UP = 1;
const DOWN = 0;

/** A constructor of its own: its settings are not shared with other users of the library. */
const Exact = Big();
// Wide enough for a quotient that is then rounded to 38 digits.
Exact.DP = 76;
Exact.RM = HALF_UP;
const QUOTIENT_DIGITS = 38;

export function big(value: string | number): Big {
  return new Exact(value);
}

/** Digits in front of the point; 0 for values below 1. */
function wholeDigits(value: Big): number {
  return value.c[0] === 0 ? 0 : Math.max(0, value.e + 1);
}

/** Rounded to `scale`; null when it has more digits than `precision` allows. */
export function fitTo(value: Big, precision: number, scale: number): Big | null {
  const rounded = value.c.length - 1 - value.e > scale ? value.round(scale, HALF_UP) : value;
  return wholeDigits(rounded) > precision - scale ? null : rounded;
}

export function divide(a: Big, b: Big): Big {
  return new Exact(a).div(b).prec(QUOTIENT_DIGITS, HALF_UP);
}

/** The remainder with the sign of the dividend. */
export function remainder(a: Big, b: Big): Big {
  return new Exact(a).mod(b);
}

/** Rounded to `digits` behind (or, negative, in front of) the point, away from zero at a half. */
export function roundHalfUp(value: Big, digits: number): Big {
  return value.round(digits, HALF_UP);
}

export function truncate(value: Big, digits: number): Big {
  return value.round(digits, DOWN);
}

/** The whole number below or at the value. */
export function floor(value: Big): Big {
  const whole = value.round(0, DOWN);
  return whole.gt(value) ? whole.minus(1) : whole;
}

/** The whole number above or at the value. */
export function ceil(value: Big): Big {
  const whole = value.round(0, DOWN);
  return whole.lt(value) ? whole.plus(1) : whole;
}

/** The whole part as a 64-bit integer that wraps (BigDecimal.longValue). */
export function toLong(value: Big): bigint {
  return BigInt.asIntN(64, BigInt(value.round(0, DOWN).toFixed(0)));
}

export function isZero(value: Big): boolean {
  return value.c[0] === 0;
}
