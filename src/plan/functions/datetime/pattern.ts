// Date patterns in Java's letters: java.time's DateTimeFormatter (`strict`: DATE_FORMAT of a timestamp, TO_TIMESTAMP) and
// java.text's SimpleDateFormat (`lenient`: everything that Flink does on texts and unix times). English names.
import { civilFromDays, daysFromCivil, lengthOfMonth, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import type { Zone } from './zone.ts';

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

export interface Pattern {
  /**
   * @param localMs the wall clock read as if it were UTC
   * @param zone for the letters that show it (`z`, `Z`, `X`); undefined: not available
   */
  format(localMs: number, nanoOfMilli: number, zone?: Zone, epochMs?: number): string;
  /** What the text holds, or null when it does not match. Fields that the pattern lacks: 1970-01-01 00:00:00. */
  parse(text: string): ParsedFields | null;
}

export interface ParsedFields extends LocalFields {
  /** Milliseconds ahead of UTC, where the text had an offset or zone. */
  offset: number | null;
}

type Part = string | { readonly letter: string; readonly count: number };

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const cache = new Map<string, Pattern>();
const MAX_PATTERNS = 500;

/** @throws RangeError for letters that there are not, as Java's IllegalArgumentException */
export function patternOf(text: string, style: PatternStyle): Pattern {
  const key = `${style}:${text}`;
  let pattern = cache.get(key);
  if (pattern === undefined) {
    pattern = makePattern(text, style);
    if (cache.size >= MAX_PATTERNS) cache.clear();
    cache.set(key, pattern);
  }
  return pattern;
}

function makePattern(text: string, style: PatternStyle): Pattern {
  const parts = splitPattern(text, style);
  return {
    format: (localMs, nanoOfMilli, zone, epochMs) => {
      const fields = fieldsOf(localMs, nanoOfMilli);
      let out = '';
      for (const part of parts) {
        out +=
          typeof part === 'string' ? part : formatPart(part.letter, part.count, fields, style, zone, epochMs);
      }
      return out;
    },
    parse: (input) => parseParts(parts, input, style),
  };
}

const LETTERS: Record<PatternStyle, string> = {
  strict: 'GuyDMLdQqEeaHkKhmsSAnNVzOXxZwWYc',
  lenient: 'GyYMLwWDdFEuaHkKhmsSzZX',
};

function splitPattern(text: string, style: PatternStyle): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < text.length; ) {
    const c = text[i]!;
    if (c === "'") {
      const [literal, next] = quoted(text, i);
      parts.push(literal);
      i = next;
    } else if (/[A-Za-z]/.test(c)) {
      if (!LETTERS[style].includes(c)) {
        throw new RangeError(
          style === 'strict' ? `Unknown pattern letter: ${c}` : `Illegal pattern character '${c}'`,
        );
      }
      let end = i + 1;
      while (text[end] === c) end++;
      parts.push({ letter: c, count: end - i });
      i = end;
    } else if (style === 'strict' && (c === '[' || c === ']')) {
      i++;
    } else {
      parts.push(c);
      i++;
    }
  }
  return parts;
}

/** The text of a quoted part that starts at `from`, and where it ends; `''` is a quote. */
function quoted(text: string, from: number): [string, number] {
  if (text[from + 1] === "'") return ["'", from + 2];
  let literal = '';
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] !== "'") literal += text[i];
    else if (text[i + 1] === "'") literal += text[i++];
    else return [literal, i + 1];
  }
  throw new RangeError(`Pattern ends with an incomplete string literal: ${text}`);
}

interface FormatFields extends LocalFields {
  readonly days: number;
  readonly milliOfDay: number;
}

function fieldsOf(localMs: number, nanoOfMilli: number): FormatFields {
  const days = Math.floor(localMs / MILLIS_PER_DAY);
  const milliOfDay = localMs - days * MILLIS_PER_DAY;
  const { year, month, day } = civilFromDays(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(milliOfDay / 3_600_000),
    minute: Math.floor(milliOfDay / 60_000) % 60,
    second: Math.floor(milliOfDay / 1000) % 60,
    nano: (milliOfDay % 1000) * 1_000_000 + nanoOfMilli,
    days,
    milliOfDay,
  };
}

function padded(value: number, count: number): string {
  return value < 0 ? `-${String(-value).padStart(count, '0')}` : String(value).padStart(count, '0');
}

function formatPart(
  letter: string,
  count: number,
  f: FormatFields,
  style: PatternStyle,
  zone: Zone | undefined,
  epochMs: number | undefined,
): string {
  switch (letter) {
    case 'y':
    case 'u':
      if (letter === 'u' && style === 'lenient') return padded(((((f.days + 3) % 7) + 7) % 7) + 1, count);
      return yearText(letter === 'y' && f.year <= 0 ? 1 - f.year : f.year, count);
    case 'Y':
      return yearText(weekOf(f.days, style).year, count);
    case 'M':
    case 'L':
      return nameOrNumber(MONTHS[f.month - 1]!, f.month, count);
    case 'd':
      return padded(f.day, count);
    case 'D':
      return padded(f.days - daysFromCivil(f.year, 1, 1) + 1, count);
    case 'F':
      return padded(Math.floor((f.day - 1) / 7) + 1, count);
    case 'w':
      return padded(weekOf(f.days, style).week, count);
    case 'W':
      return padded(Math.floor((f.day + ((((f.days - f.day + 5) % 7) + 7) % 7) - 1) / 7) + 1, count);
    case 'Q':
    case 'q':
      return nameOrNumber(`Q${Math.ceil(f.month / 3)}`, Math.ceil(f.month / 3), count);
    case 'E':
      return dayName(f.days, count, style);
    case 'e':
    case 'c':
      return count >= 3 ? dayName(f.days, count, style) : padded(((((f.days + 4) % 7) + 7) % 7) + 1, count);
    case 'a':
      return f.hour < 12 ? 'AM' : 'PM';
    case 'H':
      return padded(f.hour, count);
    case 'k':
      return padded(f.hour === 0 ? 24 : f.hour, count);
    case 'K':
      return padded(f.hour % 12, count);
    case 'h':
      return padded(f.hour % 12 === 0 ? 12 : f.hour % 12, count);
    case 'm':
      return padded(f.minute, count);
    case 's':
      return padded(f.second, count);
    case 'S':
      if (style === 'lenient') return padded(Math.floor(f.nano / 1_000_000), count);
      return String(f.nano).padStart(9, '0').slice(0, count).padEnd(count, '0');
    case 'n':
      return padded(f.nano, count);
    case 'A':
      return padded(f.milliOfDay, count);
    case 'N':
      return (BigInt(f.milliOfDay) * 1_000_000n + BigInt(f.nano % 1_000_000)).toString().padStart(count, '0');
    case 'G':
      return f.year > 0 ? 'AD' : 'BC';
    default:
      return zoneText(letter, count, zone, epochMs);
  }
}

function yearText(year: number, count: number): string {
  return count === 2 ? padded(((year % 100) + 100) % 100, 2) : padded(year, count);
}

function nameOrNumber(name: string, value: number, count: number): string {
  if (count >= 5) return name.slice(0, 1);
  if (count === 4) return name;
  return count === 3 ? name.slice(0, 3) : padded(value, count);
}

function dayName(days: number, count: number, style: PatternStyle): string {
  const name = DAYS[(((days + 4) % 7) + 7) % 7]!;
  if (count === 5 && style === 'strict') return name.slice(0, 1);
  return count >= 4 ? name : name.slice(0, 3);
}

/** Week of the week-based year of the US locale, Java's default: weeks start on Sunday, the first holds 1 January. */
function weekOf(days: number, _style: PatternStyle): { year: number; week: number } {
  const sunday = days - ((((days + 4) % 7) + 7) % 7);
  const year = civilFromDays(sunday + 6).year;
  const first = daysFromCivil(year, 1, 1);
  const firstSunday = first - ((((first + 4) % 7) + 7) % 7);
  return { year, week: Math.floor((sunday - firstSunday) / 7) + 1 };
}

function zoneText(
  letter: string,
  count: number,
  zone: Zone | undefined,
  epochMs: number | undefined,
): string {
  if (zone === undefined) throw new RangeError(`Unable to extract ZoneId for the pattern letter '${letter}'`);
  if (letter === 'V' || letter === 'z') return zone.id;
  const offset = zone.offsetAt(epochMs ?? 0) / 60_000;
  if (letter === 'X' && offset === 0) return 'Z';
  const sign = offset < 0 ? '-' : '+';
  const hours = padded(Math.floor(Math.abs(offset) / 60), 2);
  const minutes = padded(Math.abs(offset) % 60, 2);
  if (letter === 'O') return offset === 0 ? 'GMT' : `GMT${sign}${hours}:${minutes}`;
  if (letter !== 'Z' && count === 1) return `${sign}${hours}`;
  return letter !== 'Z' && count === 3 ? `${sign}${hours}:${minutes}` : `${sign}${hours}${minutes}`;
}

// ------------------------------------------------------------------------------------------------------------ parsing

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

function parseParts(parts: readonly Part[], text: string, style: PatternStyle): ParsedFields | null {
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
