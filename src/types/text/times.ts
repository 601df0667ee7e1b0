// TIME as text.
import { MILLIS_PER_DAY, pad2 } from './dates.ts';

/**
 * `03:04:05`, or with up to `precision` digits of the fraction, trailing zeros left out but for the first (`03:04:05.0`,
 * `03:04:05.12`): Flink's CAST of TIME to STRING.
 * @param millis of the day
 */
export function timeToString(millis: number, precision = 0): string {
  const t = ((millis % MILLIS_PER_DAY) + MILLIS_PER_DAY) % MILLIS_PER_DAY;
  const text = `${pad2(Math.floor(t / 3_600_000))}:${pad2(Math.floor(t / 60_000) % 60)}:${pad2(Math.floor(t / 1000) % 60)}`;
  if (precision <= 0) return text;
  const fraction = String(t % 1000)
    .padStart(3, '0')
    .slice(0, precision)
    .replace(/0+$/, '');
  return `${text}.${fraction === '' ? '0' : fraction}`;
}

const TIME =
  /^\s*(\d{1,4})\s*(?::\s*(\d{1,4})\s*(?::\s*(\d{1,4})\s*(?:\.([^+-]*))?)?)?(?:([+-])\s*(\d{1,4})\s*(?::\s*(\d{1,4})\s*)?)?$/;

/**
 * Milliseconds of the day, or null. As Flink's `DateTimeUtils.parseTime`: `03:04:05.123`, `3:4`, `3`, with an offset
 * `+01:00` that is added; a fourth digit of the fraction rounds. Times outside of a day are refused.
 */
export function parseTime(text: string): number | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const direction = sign === '-' ? -1 : 1;
  const h = Number(hour);
  const m = Number(minute ?? 0);
  const s = Number(second ?? 0);
  if (h > 23 || m > 59 || s > 59) return null;
  const millis =
    (h + direction * Number(offsetHour ?? 0)) * 3_600_000 +
    (m + direction * Number(offsetMinute ?? 0)) * 60_000 +
    s * 1000 +
    (fraction === undefined ? 0 : fractionMillis(fraction.trim()));
  return millis < 0 || millis >= MILLIS_PER_DAY ? null : millis;
}

/** Three digits, rounded by the fourth; what is no digit counts as 0, as in Flink. */
function fractionMillis(digits: string): number {
  let value = 0;
  for (let i = 0, multiplier = 100; i < Math.min(3, digits.length); i++, multiplier /= 10) {
    const x = digits.charCodeAt(i) - 48;
    if (x > 0 && x <= 9) value += multiplier * x;
  }
  return digits.length > 3 && digits.charCodeAt(3) >= 53 ? value + 1 : value;
}
