// Instants to the wall clock of a time zone, for metadata columns that are declared as TIMESTAMP.

/** Offsets of zones change at most at quarters of an hour. */
const QUARTER_MS = 900_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  offsetMs: number;
}

const zones = new Map<string, Zone>();

/** Milliseconds of the wall clock in `timeZone` (an IANA name), read as if it were UTC. */
export function wallClock(epochMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return epochMs;
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    zone = { format, quarter: Number.NaN, offsetMs: 0 };
    zones.set(timeZone, zone);
  }
  const quarter = Math.floor(epochMs / QUARTER_MS);
  if (zone.quarter !== quarter) {
    zone.offsetMs = offsetAt(zone.format, epochMs);
    zone.quarter = quarter;
  }
  return epochMs + zone.offsetMs;
}

/** The instant at which the wall clock of `timeZone` shows `localMs`; of two, the earlier. */
export function instantOf(localMs: number, timeZone: string): number {
  const guess = localMs - (wallClock(localMs, timeZone) - localMs);
  const offset = wallClock(guess, timeZone) - guess;
  return localMs - offset;
}

/** Out of `GMT+05:30`; plain `GMT` is zero. */
function offsetAt(format: Intl.DateTimeFormat, epochMs: number): number {
  const name = format.formatToParts(epochMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -offset : offset;
}
