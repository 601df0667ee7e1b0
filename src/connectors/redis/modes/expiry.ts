// The time to live of written keys (`expiration`).
import type { CommandBatch } from '../client/command-batch.ts';
import type { SinkModeSettings } from './mode.ts';

/** Appends what gives a key its time to live, behind the command that wrote it. */
export interface Expiry {
  readonly millis: string;
  /** Only keys that have no time to live get one. */
  readonly once: boolean;
}

/** Null: keys are left as Redis leaves them. */
export function expiryOf(settings: SinkModeSettings): Expiry | null {
  if (settings.expirationMs === 0) return null;
  return { millis: String(settings.expirationMs), once: settings.expirationPolicy === 'first-write' };
}

export function expire(expiry: Expiry | null, key: string, out: CommandBatch): void {
  if (expiry === null) return;
  if (expiry.once) out.add4('PEXPIRE', key, expiry.millis, 'NX');
  else out.add3('PEXPIRE', key, expiry.millis);
}
