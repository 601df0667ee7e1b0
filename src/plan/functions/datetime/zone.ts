// Time zones: what a wall clock shows at an instant, and back. The rules come from the runtime's own zone data (Intl); a
// zone's offset is asked for once a quarter of a day and remembered.
import { ValidationError } from '../../../types/errors.ts';

export interface Zone {
  readonly id: string;
  /** Milliseconds that the wall clock is ahead of UTC at the instant. */
  offsetAt(epochMs: number): number;
  /**
   * The instant at which the wall clock shows `localMs` (read as if UTC). In a gap the time is moved on by the gap's
   * length, in an overlap the earlier instant is taken, as java.time does.
   */
  toInstant(localMs: number): number;
}

export const UTC: Zone = { id: 'UTC', offsetAt: () => 0, toInstant: (localMs) => localMs };

const zones = new Map<string, Zone>([['UTC', UTC]]);
const MAX_ZONES = 1000;

/** @throws ValidationError for an id that is no zone */
export function zoneOf(id: string): Zone {
  let zone = zones.get(id);
  if (zone === undefined) {
    zone = makeZone(id);
    if (zone === undefined) {
      throw new ValidationError(
        `The supported Zone ID is either a full name such as 'America/Los_Angeles', or a custom timezone id such as 'GMT-08:00', but the given id is '${id}'.`,
      );
    }
    remember(id, zone);
  }
  return zone;
}

/** As java.util.TimeZone.getTimeZone: an id that is no zone is GMT. */
export function lenientZoneOf(id: string): Zone {
  let zone = zones.get(id);
  if (zone === undefined) {
    zone = makeZone(id) ?? UTC;
    remember(id, zone);
  }
  return zone;
}

function remember(id: string, zone: Zone): void {
  if (zones.size < MAX_ZONES) zones.set(id, zone);
}

const FIXED = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

function makeZone(id: string): Zone | undefined {
  if (id === 'GMT' || id === 'Z' || id === 'UT' || id === 'Etc/UTC') return { ...UTC, id };
  const fixed = FIXED.exec(id);
  if (fixed !== null) {
    const [, sign, hours, minutes] = fixed;
    const offset = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
    return { id, offsetAt: () => offset, toInstant: (localMs) => localMs - offset };
  }
  return regionZone(id);
}

function regionZone(id: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return cachedZone(id, (epochMs) => exactOffset(format, epochMs));
}

function exactOffset(format: Intl.DateTimeFormat, epochMs: number): number {
  const seconds = Math.floor(epochMs / 1000) * 1000;
  const fields: Record<string, string> = {};
  for (const part of format.formatToParts(seconds)) fields[part.type] = part.value;
  const year = fields['era'] === 'BC' ? 1 - Number(fields['year']) : Number(fields['year']);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(fields['month']) - 1, Number(fields['day']));
  local.setUTCHours(Number(fields['hour']), Number(fields['minute']), Number(fields['second']));
  return local.getTime() - seconds;
}

const BUCKET = 21_600_000;
const MAX_BUCKETS = 20_000;

function cachedZone(id: string, exact: (epochMs: number) => number): Zone {
  /** Offset of a quarter day that has one; NaN where it changes within. */
  const buckets = new Map<number, number>();
  let lastBucket = Number.NaN;
  let lastOffset = 0;
  const offsetAt = (epochMs: number): number => {
    const bucket = Math.floor(epochMs / BUCKET);
    if (bucket === lastBucket) return lastOffset;
    let offset = buckets.get(bucket);
    if (offset === undefined) {
      const start = exact(bucket * BUCKET);
      offset = start === exact((bucket + 1) * BUCKET - 1000) ? start : Number.NaN;
      if (buckets.size >= MAX_BUCKETS) buckets.clear();
      buckets.set(bucket, offset);
    }
    if (Number.isNaN(offset)) return exact(epochMs);
    lastBucket = bucket;
    lastOffset = offset;
    return offset;
  };
  const toInstant = (localMs: number): number => {
    const before = offsetAt(localMs - 86_400_000);
    const after = offsetAt(localMs + 86_400_000);
    if (before === after) return localMs - offsetAt(localMs - before);
    // Near a change: the offset before it holds as long as it is consistent; this also moves a gap forward.
    const early = localMs - before;
    if (offsetAt(early) === before) return early;
    const late = localMs - after;
    return offsetAt(late) === after ? late : early;
  };
  return { id, offsetAt, toInstant };
}
