// Periods of time in a list (`cacheReloadTimeBlackList`): dated ones, and daily ones that may run past midnight.

/** A date and a time without zone, as if it were UTC: milliseconds since 1970-01-01T00:00. */
export type WallClock = number;

export type TimeRange =
  | { readonly kind: 'dated'; readonly text: string; readonly start: WallClock; readonly end: WallClock }
  /** Minutes of the day; `end` before `start` is on the next day. */
  | { readonly kind: 'daily'; readonly text: string; readonly start: number; readonly end: number };

/**
 * `2017-10-24 14:00 -> 2017-10-24 15:00, 22:00 -> 2:00`; one-digit hours are allowed.
 * @throws Error in the connector's words
 */
export function parseTimeRanges(text: string): readonly TimeRange[] {
  return text.split(',').map((range) => parseTimeRange(range.trim()));
}

function parseTimeRange(text: string): TimeRange {
  const ends = text.split('->').map((s) => s.trim());
  if (ends.length !== 2) {
    throw new Error(
      `Illegal time range blacklist, should use '->' to separate start time and end time: '${text}'`,
    );
  }
  const start = parsePoint(ends[0]!);
  const end = parsePoint(ends[1]!);
  if (start.dated !== end.dated) {
    throw new Error(`Illegal time format: '${text}' has a date on one side of '->' only.`);
  }
  if (!start.dated) return { kind: 'daily', text, start: start.at, end: end.at };
  if (start.at > end.at) throw new Error(`start time is greater than end time: '${text}'`);
  return { kind: 'dated', text, start: start.at, end: end.at };
}

const POINT = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

function parsePoint(text: string): { dated: boolean; at: number } {
  const parts = POINT.exec(text);
  const [year, month, day, hour, minute, second] = (parts ?? []).slice(1).map((p) => Number(p ?? 0));
  const legal = parts !== null && hour! < 24 && minute! < 60 && second! < 60;
  if (!legal) throw illegal(text);
  if (parts[1] === undefined) return { dated: false, at: hour! * 60 + minute! + second! / 60 };
  const date = new Date(Date.UTC(year!, month! - 1, day));
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day!) throw illegal(text);
  return { dated: true, at: date.getTime() + ((hour! * 60 + minute!) * 60 + second!) * 1000 };
}

function illegal(text: string): Error {
  return new Error(`Illegal time format: '${text}' is neither HH:mm nor yyyy-MM-dd HH:mm.`);
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Milliseconds until the end of the period that a time is in, the longest where there are several; 0: it is in none. The end is not in it. */
export function untilEnd(ranges: readonly TimeRange[], time: WallClock): number {
  let longest = 0;
  for (const range of ranges) longest = Math.max(longest, left(range, time));
  return longest;
}

function left(range: TimeRange, time: WallClock): number {
  if (range.kind === 'dated') return time >= range.start && time < range.end ? range.end - time : 0;
  const ofDay = ((time % DAY_MS) + DAY_MS) % DAY_MS;
  const start = range.start * MINUTE_MS;
  const end = range.end * MINUTE_MS;
  if (start <= end) return ofDay >= start && ofDay < end ? end - ofDay : 0;
  if (ofDay >= start) return DAY_MS - ofDay + end;
  return ofDay < end ? end - ofDay : 0;
}

/** What the clocks on the wall of a zone show at an instant. @param timeZone IANA name, or an offset such as `+08:00` */
export function wallClock(timeZone: string): (epochMs: number) => WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: offsetZone(timeZone),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (epochMs) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(epochMs)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts as Record<
      'year' | 'month' | 'day' | 'hour' | 'minute' | 'second',
      number
    >;
    const wholeSecond = Date.UTC(year, month - 1, day, hour, minute, second);
    return wholeSecond + (((epochMs % 1000) + 1000) % 1000);
  };
}

/** Flink writes offsets as `GMT+08:00` too; Intl wants `+08:00`. */
function offsetZone(timeZone: string): string {
  return /^(?:GMT|UTC)[+-]/.test(timeZone) ? timeZone.slice(3) : timeZone;
}
