// Date patterns in Java's letters: java.time's DateTimeFormatter (`strict`: DATE_FORMAT of a timestamp, TO_TIMESTAMP) and
// java.text's SimpleDateFormat (`lenient`: everything that Flink does on texts and unix times). English names.
import { ValidationError } from '../../../types/errors.ts';
import { civilFromDays, daysFromCivil, MILLIS_PER_DAY } from '../../../types/text/dates.ts';
import {
  DAYS,
  type LocalFields,
  MONTHS,
  type ParsedFields,
  type Part,
  type PatternStyle,
  parseParts,
} from './pattern-parser.ts';
import type { Zone } from './zone.ts';

export interface Pattern {
  /**
   * @param localMs the wall clock read as if it were UTC
   * @param zone for the letters that show it (`z`, `Z`, `X`); undefined: not available
   */
  format(localMs: number, nanoOfMilli: number, zone?: Zone, epochMs?: number): string;
  /** What the text holds, or null when it does not match. Fields that the pattern lacks: 1970-01-01 00:00:00. */
  parse(text: string): ParsedFields | null;
}

const cache = new Map<string, Pattern>();
const MAX_PATTERNS = 500;

/** @throws ValidationError for letters that there are not */
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
  const variants = (style === 'strict' ? variantsOf(text) : [text]).map((v) => splitPattern(v, style));
  const parts = variants[0]!;
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
    parse: (input) => {
      for (const variant of variants) {
        const fields = parseParts(variant, input, style);
        if (fields !== null) return fields;
      }
      return null;
    },
  };
}

const MAX_VARIANTS = 64;

/** `a[b]` as `ab` and `a`: java.time's optional parts, innermost first; the longest variant comes first. */
function variantsOf(text: string): string[] {
  const match = /\[((?:[^[\]']|'[^']*')*)\]/.exec(text);
  if (match === null) return [text];
  const [before, after] = [text.slice(0, match.index), text.slice(match.index + match[0].length)];
  const variants = [...variantsOf(before + match[1]! + after), ...variantsOf(before + after)];
  return [...new Set(variants)].slice(0, MAX_VARIANTS);
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
        throw new ValidationError(
          style === 'strict' ? `Unknown pattern letter: ${c}` : `Illegal pattern character '${c}'`,
        );
      }
      let end = i + 1;
      while (text[end] === c) end++;
      parts.push({ letter: c, count: end - i });
      i = end;
    } else if (style === 'strict' && (c === '[' || c === ']')) {
      throw new ValidationError(`Pattern has brackets that do not match: ${text}`);
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
  throw new ValidationError(`Pattern ends with an incomplete string literal: ${text}`);
}

interface FormatFields extends LocalFields {
  readonly days: number;
  readonly milliOfDay: number;
}

let lastDays = Number.NaN;
let lastDate = civilFromDays(0);

function fieldsOf(localMs: number, nanoOfMilli: number): FormatFields {
  const days = Math.floor(localMs / MILLIS_PER_DAY);
  const milliOfDay = localMs - days * MILLIS_PER_DAY;
  // Neighbouring rows are mostly of one day.
  if (days !== lastDays) {
    lastDate = civilFromDays(days);
    lastDays = days;
  }
  return {
    year: lastDate.year,
    month: lastDate.month,
    day: lastDate.day,
    hour: Math.floor(milliOfDay / 3_600_000),
    minute: Math.floor(milliOfDay / 60_000) % 60,
    second: Math.floor(milliOfDay / 1000) % 60,
    nano: (milliOfDay % 1000) * 1_000_000 + nanoOfMilli,
    days,
    milliOfDay,
  };
}

function padded(value: number, count: number): string {
  if (count === 2 && value >= 0) return value < 10 ? `0${value}` : String(value);
  if (value >= 1000 && count <= 4) return String(value);
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
  if (zone === undefined)
    throw new ValidationError(`Unable to extract ZoneId for the pattern letter '${letter}'`);
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
