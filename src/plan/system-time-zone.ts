// The machine's own time zone.
import { readlinkSync } from 'node:fs';
import process from 'node:process';

/** Where Linux and macOS keep it: a link into the zone data. */
const LOCAL_TIME = '/etc/localtime';

let known: string | undefined;

/** IANA name. Asked once. */
export function systemTimeZone(): string {
  // The first use of Intl takes a tenth of a job's start; most servers and containers are on UTC and need none.
  known ??= isUtc(process.env['TZ'], LOCAL_TIME) ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  return known;
}

/**
 * Whether the zone is UTC beyond doubt; false also when only Intl can tell.
 * @param tz environment variable TZ, which goes first
 * @param localTime path of the link
 */
export function isUtc(tz: string | undefined, localTime: string): boolean {
  if (tz !== undefined) return /^(?:Etc\/)?UTC$/.test(tz);
  try {
    return /\/zoneinfo\/(?:Etc\/)?UTC$/.test(readlinkSync(localTime));
  } catch {
    return false; // no link, or no such file: Intl has other ways to find out
  }
}
