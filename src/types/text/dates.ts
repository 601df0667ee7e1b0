// DATE as text, and the calendar below it (proleptic Gregorian, as java.time).

export const MILLIS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a calendar date; `month` 1..12. Takes any `day`, so month ends may run over. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly day: number;
}

/** The calendar date of a day number. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** 28..31 */
export function lengthOfMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return LENGTHS[month - 1] ?? 0;
}

export function pad2(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

/** Four digits; more, or a sign, only where the year needs them. */
export function pad4(year: number): string {
  if (year >= 1000) return String(year);
  return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0');
}

/** `2020-01-02` of days since the epoch. */
export function dateToString(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${pad4(year)}-${pad2(month)}-${pad2(day)}`;
}

const INTEGER = /^\d{1,9}$/;

/**
 * Days since the epoch, or null. As Flink's `DateTimeUtils.parseDate`: `2020-1-2`, `2020-01`, `2020`, and what stands
 * behind a space is left out.
 */
export function parseDate(text: string): number | null {
  const space = text.indexOf(' ');
  const parts = (space > 0 ? text.slice(0, space) : text).split('-').map((part) => part.trim());
  if (parts.length > 3 || !parts.every((part) => INTEGER.test(part))) return null;
  const [year, month, day] = [Number(parts[0]), Number(parts[1] ?? 1), Number(parts[2] ?? 1)];
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > lengthOfMonth(year, month)) return null;
  return daysFromCivil(year, month, day);
}

const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

/** Days since the epoch of exactly `yyyy-MM-dd` (java.time's ISO_LOCAL_DATE), or null. */
export function parseIsoDate(text: string): number | null {
  const match = ISO_DATE.exec(text);
  return match === null ? null : parseDate(text);
}
