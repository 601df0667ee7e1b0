// `MOVED 3999 127.0.0.1:6381` and `ASK 3999 127.0.0.1:6381`: where a command is to be sent instead.
import type { RedisReplyError } from '../port.ts';

export interface RedirectReply {
  /** ASK: this command only, with ASKING before it. MOVED: the slot has a new owner. */
  readonly ask: boolean;
  readonly slot: number;
  /** Empty: the host that answered. */
  readonly host: string;
  readonly port: number;
}

/** Null for any other error. */
export function parseRedirect(error: RedisReplyError): RedirectReply | null {
  if (error.code !== 'MOVED' && error.code !== 'ASK') return null;
  // An IPv6 address has colons of its own: the port is behind the last.
  const parts = /^(?:MOVED|ASK) (\d+) (.*):(\d+)$/.exec(error.message);
  if (parts === null) return null;
  const host = parts[2] === '?' ? '' : parts[2]!;
  return { ask: error.code === 'ASK', slot: Number(parts[1]), host, port: Number(parts[3]) };
}
