// Reading a text by a date pattern.
import { civilFromDays, daysFromCivil, lengthOfMonth, MILLIS_PER_DAY } from '../../../types/text/dates.ts';

export type PatternStyle = 'strict' | 'lenient';

/** A date and time of a wall clock. */
export interface LocalFields {
  year: number;
  /** 1..12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** of the second */
  nano: number;
}

export interface ParsedFields extends LocalFields {
  /** Milliseconds ahead of UTC, where the text had an offset or zone. */
  offset: number | null;
}

export type Part = string | { readonly letter: string; readonly count: number };

export const MONTHS =
  'January February March April May June July August September October November December'.split(' ');
export const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** What has been read so far; undefined: not in the text. */
interface Reading {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  pm?: boolean;
  minute?: number;
  second?: number;
  nano?: number;
  offset?: number;
}

/** What the text holds, or null when it does not match. */
export function parseParts(parts: readonly Part[], text: string, style: PatternStyle): ParsedFields | null {
  const reading: Reading = {};
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return null;
      at += part.length;
      continue;
    }
    // A number that touches the next one takes exactly its letters.
    const next = parts[i + 1];
    const adjacent =
      next !== undefined && typeof next !== 'string' && isNumericLetter(next.letter, next.count);
    at = readPart(part.letter, part.count, text, at, adjacent, style, reading);
    if (at < 0) return null;
  }
  if (style === 'strict' && at !== text.length) return null;
  return resolve(reading, style);
}

function isNumericLetter(letter: string, count: number): boolean {
  return letter === 'M' || letter === 'L' ? count < 3 : 'yuYdDHkKhmsSwWFnAN'.includes(letter);
}

/** @returns where to read on, or -1 */
function readPart(
  letter: string,
  count: number,
  text: string,
  from: number,
  adjacent: boolean,
  style: PatternStyle,
  reading: Reading,
): number {
  if (!isNumericLetter(letter, count)) return readText(letter, count, text, from, reading);
  let at = from;
  if (style === 'lenient') while (text[at] === ' ' || text[at] === '\t') at++;
  let negative = false;
  if (style === 'lenient' && text[at] === '-') {
    negative = true;
    at++;
  }
  const [least, most] = widths(letter, count, adjacent, style);
  let end = at;
  while (end - at < most && isDigit(text.charCodeAt(end))) end++;
  if (end - at < least || end === at) return -1;
  const digits = text.slice(at, end);
  store(letter, count, negative ? -Number(digits) : Number(digits), digits, style, reading);
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Least and most digits. */
function widths(letter: string, count: number, adjacent: boolean, style: PatternStyle): [number, number] {
  if (style === 'lenient') return adjacent ? [1, count] : [1, 18];
  if (letter === 'S') return [count, count];
  if (letter === 'y' || letter === 'u' || letter === 'Y') {
    if (count === 2) return [2, 2];
    return adjacent ? [count, count] : [count, count < 4 ? 19 : Math.max(count, 10)];
  }
  if (count === 1) return [1, adjacent ? 1 : letter === 'D' ? 3 : 2];
  return [count, count];
}

function store(
  letter: string,
  count: number,
  value: number,
  digits: string,
  style: PatternStyle,
  reading: Reading,
): void {
  switch (letter) {
    case 'y':
    case 'u':
    case 'Y':
      reading.year = count === 2 && digits.length === 2 ? shortYear(value, style) : value;
      return;
    case 'M':
    case 'L':
      reading.month = value;
      return;
    case 'd':
      reading.day = value;
      return;
    case 'D':
      reading.dayOfYear = value;
      return;
    case 'H':
      reading.hour = value;
      return;
    case 'k':
      reading.hour = value === 24 ? 0 : value;
      return;
    case 'K':
      reading.hour12 = value;
      return;
    case 'h':
      reading.hour12 = value === 12 ? 0 : value;
      return;
    case 'm':
      reading.minute = value;
      return;
    case 's':
      reading.second = value;
      return;
    case 'S':
      reading.nano = style === 'lenient' ? value * 1_000_000 : Number(digits.padEnd(9, '0').slice(0, 9));
      return;
    case 'n':
      reading.nano = value;
      return;
    default:
      return;
  }
}

/** java.time: 2000..2099. SimpleDateFormat: 80 years back to 20 years ahead; a fixed window keeps results repeatable. */
function shortYear(value: number, style: PatternStyle): number {
  return style === 'strict' || value < 46 ? 2000 + value : 1900 + value;
}

const OFFSET = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?/;

function readText(letter: string, count: number, text: string, from: number, reading: Reading): number {
  const rest = text.slice(from);
  switch (letter) {
    case 'M':
    case 'L':
      return readName(MONTHS, count, rest, from, (i) => {
        reading.month = i + 1;
      });
    case 'E':
      return readName(DAYS, count, rest, from, () => {});
    case 'a': {
      const word = rest.slice(0, 2).toUpperCase();
      if (word !== 'AM' && word !== 'PM') return -1;
      reading.pm = word === 'PM';
      return from + 2;
    }
    case 'G':
      return /^(AD|BC)/i.test(rest) ? from + 2 : -1;
    default:
      return readOffset(rest, from, reading);
  }
}

function readOffset(rest: string, from: number, reading: Reading): number {
  const match = OFFSET.exec(rest);
  if (match !== null) {
    const [all, sign, hours, minutes] = match;
    reading.offset = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
    return from + all.length;
  }
  const zulu = /^(Z|GMT|UTC)/.exec(rest);
  if (zulu === null) return -1;
  reading.offset = 0;
  return from + zulu[0].length;
}

function readName(
  names: readonly string[],
  count: number,
  rest: string,
  from: number,
  found: (index: number) => void,
): number {
  const lower = rest.toLowerCase();
  for (const length of count >= 4 ? [99, 3] : [3]) {
    const index = names.findIndex((n) => lower.startsWith(n.slice(0, length).toLowerCase()));
    if (index < 0) continue;
    found(index);
    return from + Math.min(length, names[index]!.length);
  }
  return -1;
}

function resolve(r: Reading, style: PatternStyle): ParsedFields | null {
  const hour = r.hour ?? (r.hour12 === undefined ? 0 : r.hour12 + (r.pm === true ? 12 : 0));
  let [year, month, day] = [r.year ?? 1970, r.month ?? 1, r.day ?? 1];
  if (r.dayOfYear !== undefined && r.month === undefined) {
    ({ year, month, day } = civilFromDays(daysFromCivil(year, 1, r.dayOfYear)));
  }
  const fields = {
    hour,
    minute: r.minute ?? 0,
    second: r.second ?? 0,
    nano: r.nano ?? 0,
    offset: r.offset ?? null,
  };
  if (style === 'lenient') return { year, month, day, ...fields };
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  if (hour > 24 || fields.minute > 59 || fields.second > 59) return null;
  if (hour === 24 && (fields.minute !== 0 || fields.second !== 0 || fields.nano !== 0)) return null;
  // java.time's smart resolver: the 30th of February is its last day.
  return { year, month, day: Math.min(day, lengthOfMonth(year, month)), ...fields };
}

/** The wall clock of the fields, as if UTC; fields beyond their range run over. */
export function localMillis(f: LocalFields): number {
  const months = f.year * 12 + f.month - 1;
  const days = daysFromCivil(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, f.day);
  return (
    days * MILLIS_PER_DAY +
    f.hour * 3_600_000 +
    f.minute * 60_000 +
    f.second * 1000 +
    Math.floor(f.nano / 1_000_000)
  );
}
