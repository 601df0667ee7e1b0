// Connections that are lent out, with the meaning that commons-pool gives to its settings: at most `maxTotal` exist, at most
// `maxIdle` are kept when they come back, `minIdle` are held ready. The one returned last is lent first.
//
// A connection that has been idle for long is asked for a sign of life before it is lent; one that is known to be broken is
// never lent.
import type { Clock, Timer } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import { CommandBatch } from './command-batch.ts';
import type { Connection } from './connection.ts';
import { portClosed } from './connection-errors.ts';
import type { PortOptions } from './port.ts';

/** Idle for longer than this, a connection may be dead without anybody having said so. */
const CHECK_AFTER_MS = 15_000;

export interface PoolSettings {
  readonly label: string;
  readonly clock: Clock;
  readonly limits: PortOptions['pool'];
  open(signal: AbortSignal): Promise<Connection>;
}

interface Waiter {
  readonly lend: () => void;
  readonly refuse: (error: ConnectorError) => void;
}

export class ConnectionPool {
  readonly #settings: PoolSettings;
  readonly #idle: Connection[] = [];
  readonly #lent = new Set<Connection>();
  /** Lent before the last renew(). */
  readonly #outdated = new WeakSet<Connection>();
  /** Being opened: they count, too. */
  #opening = 0;
  readonly #waiting: Waiter[] = [];
  #closed: ConnectorError | null = null;
  readonly #abort = new AbortController();

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Connections that exist or are being opened. */
  get total(): number {
    return this.#idle.length + this.#lent.size + this.#opening;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /**
   * Lends a connection; the caller gives it back with release().
   * @param waitMs how long to wait for one when all are lent
   * @throws ConnectorError when none became free in time, or none could be opened
   */
  async borrow(waitMs: number): Promise<Connection> {
    const deadline = this.#settings.clock.monotonic() + waitMs;
    for (;;) {
      if (this.#closed !== null) throw this.#closed;
      const ready = await this.#takeIdle();
      if (ready !== null) return ready;
      if (this.total < this.#settings.limits.maxTotal) {
        const connection = await this.#open();
        this.#fillLater();
        return connection;
      }
      await this.#wait(deadline - this.#settings.clock.monotonic(), waitMs);
    }
  }

  /** Takes a connection back, whole or broken. */
  release(connection: Connection): void {
    this.#lent.delete(connection);
    this.#keep(connection);
    this.#wake();
  }

  /** Opens what `minIdle` asks for. Failures are left to the next borrow, which reports its own. */
  async fill(): Promise<void> {
    const { minIdle, maxIdle, maxTotal } = this.#settings.limits;
    const wanted = Math.min(minIdle, maxIdle);
    while (this.#closed === null && this.#idle.length + this.#opening < wanted && this.total < maxTotal) {
      const connection = await this.#open();
      this.release(connection);
    }
  }

  /** There was none left: those that were held ready are lent or broken. */
  #fillLater(): void {
    if (this.#settings.limits.minIdle === 0) return;
    this.fill().catch((error: unknown) => {
      if (!(error instanceof ConnectorError)) throw error; // one that cannot be opened now is left to the next borrow
    });
  }

  /** Gives an idle connection away for good, if there is one that can be trusted. The pool no longer counts it. */
  detach(): Connection | null {
    const connection = this.#idle.pop();
    if (connection === undefined) return null;
    connection.onClose = null;
    if (connection.usable && this.#isFresh(connection)) return connection;
    connection.destroy(portClosed(this.#settings.label));
    return null;
  }

  /** The connections of now lead to the wrong server: none of them is lent again. */
  renew(): void {
    for (const connection of this.#lent) this.#outdated.add(connection);
    for (const connection of this.#idle.splice(0)) connection.destroy(portClosed(this.#settings.label));
  }

  close(): void {
    if (this.#closed !== null) return;
    const error = portClosed(this.#settings.label);
    this.#closed = error;
    this.#abort.abort(error);
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(error);
    for (const connection of [...this.#idle.splice(0), ...this.#lent]) connection.destroy(error);
    this.#lent.clear();
  }

  async #takeIdle(): Promise<Connection | null> {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return null;
      this.#lent.add(connection);
      if (await this.#alive(connection)) return connection;
      this.#lent.delete(connection);
    }
  }

  async #alive(connection: Connection): Promise<boolean> {
    if (!connection.usable) return false;
    if (this.#isFresh(connection)) return true;
    const ping = new CommandBatch(64);
    ping.add1('PING');
    try {
      await connection.request(ping);
      return true;
    } catch (error) {
      if (error instanceof ConnectorError) return false; // destroyed by itself; the next one is tried
      throw error;
    }
  }

  #isFresh(connection: Connection): boolean {
    return this.#settings.clock.monotonic() - connection.lastUsed < CHECK_AFTER_MS;
  }

  async #open(): Promise<Connection> {
    this.#opening++;
    let connection: Connection;
    try {
      connection = await this.#settings.open(this.#abort.signal);
    } catch (error) {
      this.#opening--;
      this.#wake();
      throw error;
    }
    this.#opening--;
    if (this.#closed !== null) {
      connection.destroy(this.#closed);
      throw this.#closed;
    }
    connection.onClose = () => this.#forget(connection);
    this.#lent.add(connection);
    return connection;
  }

  #keep(connection: Connection): void {
    if (!connection.usable) return;
    const { maxIdle } = this.#settings.limits;
    if (this.#closed === null && this.#idle.length < maxIdle && !this.#outdated.has(connection))
      this.#idle.push(connection);
    else connection.destroy(portClosed(this.#settings.label));
  }

  /** An idle connection broke. A lent one is removed when it comes back. */
  #forget(connection: Connection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #wait(leftMs: number, waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (settle: () => void) => {
        timer.cancel();
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        settle();
      };
      const waiter: Waiter = { lend: () => give(resolve), refuse: (error) => give(() => reject(error)) };
      const timer: Timer = this.#settings.clock.schedule(
        Math.max(0, leftMs),
        () => waiter.refuse(this.#exhausted(waitMs)),
        true,
      );
      this.#waiting.push(waiter);
    });
  }

  #wake(): void {
    this.#waiting[0]?.lend();
  }

  #exhausted(waitMs: number): ConnectorError {
    const { maxTotal } = this.#settings.limits;
    return new ConnectorError(
      `All ${maxTotal} connections to Redis at ${this.#settings.label} were busy for ${waitMs} ms (connection.pool.max-total)`,
      { retryable: true },
    );
  }
}
