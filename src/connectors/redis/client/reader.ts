// Batches that only read. Order does not matter to them and sending them twice does no harm: each one borrows a connection,
// and is tried again as a whole on another when that breaks or the server refuses for now.
import type { Clock } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import { backOffMs } from './back-off.ts';
import type { CommandBatch } from './command-batch.ts';
import { gaveUp, isPassing, stillRefused } from './connection-errors.ts';
import type { ConnectionPool } from './pool.ts';
import { type PortStats, RedisReplyError, type Reply } from './port.ts';

export interface ReaderSettings {
  readonly label: string;
  readonly clock: Clock;
  readonly retryTimeoutMs: number;
  readonly stats: PortStats;
  readonly pool: ConnectionPool;
  readonly signal: AbortSignal;
}

/** @throws ConnectorError when the batch was not answered within `retryTimeoutMs` */
export async function readBatch(batch: CommandBatch, settings: ReaderSettings): Promise<readonly Reply[]> {
  const { clock, retryTimeoutMs, label, signal } = settings;
  const start = clock.monotonic();
  for (let attempt = 0; ; attempt++) {
    let trouble: ConnectorError;
    try {
      const replies = await attemptRead(
        batch,
        attempt,
        settings,
        retryTimeoutMs - (clock.monotonic() - start),
      );
      const refused = passingRefusal(replies);
      if (refused === null) return replies;
      trouble = stillRefused(label, refused);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !error.retryable || signal.aborted) throw error;
      trouble = error;
    }
    // A connection that was idle may have been closed since: one new attempt is free.
    const wait = attempt === 0 ? 0 : backOffMs(attempt - 1);
    const spent = clock.monotonic() - start;
    if (spent + wait >= retryTimeoutMs) throw gaveUp(label, spent, trouble);
    if (wait > 0) await clock.sleep(wait, signal);
  }
}

async function attemptRead(
  batch: CommandBatch,
  attempt: number,
  settings: ReaderSettings,
  waitMs: number,
): Promise<Reply[]> {
  const { stats, clock, pool } = settings;
  const connection = await pool.borrow(waitMs);
  try {
    if (attempt > 0) stats.resentCommands += batch.count;
    stats.commandsSent += batch.count;
    stats.bytesSent += batch.byteLength;
    const sentAt = clock.monotonic();
    const replies = await connection.request(batch);
    stats.lastRoundTripMs = clock.monotonic() - sentAt;
    const refused = passingRefusal(replies);
    // The next attempt goes over another connection, which may lead to a server that is better off.
    if (refused !== null) connection.destroy(stillRefused(settings.label, refused));
    return replies;
  } finally {
    pool.release(connection);
  }
}

/** The first refusal that time will change. */
export function passingRefusal(replies: readonly Reply[]): RedisReplyError | null {
  for (const reply of replies) {
    if (reply instanceof RedisReplyError && isPassing(reply)) return reply;
  }
  return null;
}
