// Redis tells which keys change (CLIENT TRACKING, server-assisted client caching): one connection of its own to each master,
// in broadcast mode, so that it does not matter over which connection a key was read.
//
// Order between reads and reports: Redis executes a change before it reports it, and a read that saw the old value was executed
// before the change. So whoever forgets a key when its report comes, and does not keep the answer of a read that was under way
// at that moment, never keeps an old value.
import type { Logger } from '../../connector/runtime-context.ts';
import type { Clock, Timer } from '../../types/clock.ts';
import { ConnectorError } from '../../types/errors.ts';
import { backOffMs } from './client/back-off.ts';
import { CommandBatch } from './client/command-batch.ts';
import {
  type OwnConnection,
  type RedisNode,
  type RedisPort,
  RedisReplyError,
  type Reply,
} from './client/port.ts';

export interface TrackingListener {
  /** Redis keys that changed or vanished; null: all (FLUSHALL, FLUSHDB). */
  changed(keys: readonly string[] | null): void;
  /** From now on every change is told. What was read before may be old already. */
  started(): void;
  /** Changes may go untold until `started`. */
  lost(): void;
}

export interface TrackingSettings {
  /** For messages. */
  readonly table: string;
  /** Only keys that begin so are reported; '' for all. */
  readonly prefix: string;
  readonly port: RedisPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listener: TrackingListener;
}

/** How often the connections are asked for a sign of life, and the masters compared with those that are connected. */
const CHECK_MS = 1000;

export class KeyTracking {
  readonly #settings: TrackingSettings;
  #links = new Map<string, OwnConnection>();
  /** Counts attempts to connect: what an older one says no longer matters. */
  #round = 0;
  #timer: Timer | null = null;
  #closed = false;
  readonly #abort = new AbortController();

  constructor(settings: TrackingSettings) {
    this.#settings = settings;
  }

  /** @throws ConnectorError when the servers cannot be reached or do not know tracking */
  async open(): Promise<void> {
    await this.#connect();
    this.#start();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#abort.abort(closed());
    this.#drop(closed());
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    const links = new Map<string, OwnConnection>();
    try {
      for (const node of await this.#settings.port.nodes()) {
        const connection = await node.open();
        links.set(node.label, connection);
        await this.#track(connection, node, round, () => this.#links === links);
        if (this.#closed) throw closed();
      }
    } catch (error) {
      for (const connection of links.values()) connection.destroy(closed());
      throw error;
    }
    this.#links = links;
  }

  async #track(
    connection: OwnConnection,
    node: RedisNode,
    round: number,
    started: () => boolean,
  ): Promise<void> {
    connection.onPush = (message) => {
      if (round === this.#round) this.#push(message);
    };
    connection.onClose = (error) => {
      if (round === this.#round && started()) this.#lose(error);
    };
    const { prefix, table } = this.#settings;
    const batch = new CommandBatch(256);
    batch.add(['HELLO', '3']);
    batch.add(['CLIENT', 'TRACKING', 'ON', 'BCAST', ...(prefix === '' ? [] : ['PREFIX', prefix])]);
    for (const reply of await connection.request(batch)) {
      if (!(reply instanceof RedisReplyError)) continue;
      throw new ConnectorError(
        `Table '${table}': Redis at ${node.label} does not report changed keys: ${reply.message}`,
        {
          retryable: false,
          hint: "'cache.invalidation' = 'tracking' needs Redis 6 or later and a user that may run HELLO and CLIENT TRACKING.",
        },
      );
    }
  }

  #push(message: readonly Reply[]): void {
    if (message[0] !== 'invalidate') return;
    const keys = message[1];
    this.#settings.listener.changed(Array.isArray(keys) ? (keys as string[]) : null);
  }

  #start(): void {
    this.#settings.listener.started();
    for (const connection of this.#links.values()) {
      if (connection.usable) continue;
      this.#lose(closed()); // it broke before anybody would have been told
      return;
    }
    this.#timer = this.#settings.clock.schedule(CHECK_MS, () => void this.#check(this.#round));
  }

  /** A broken connection says so by itself; here are found those that are silent, and masters that are new. Never rejects. */
  async #check(round: number): Promise<void> {
    try {
      const ping = new CommandBatch(64);
      ping.add1('PING');
      await Promise.all([...this.#links.values()].map((connection) => connection.request(ping)));
      const labels = (await this.#settings.port.nodes()).map((node) => node.label);
      const same = labels.length === this.#links.size && labels.every((label) => this.#links.has(label));
      if (!same) throw new ConnectorError(`Table '${this.#settings.table}': the masters have changed.`);
      if (round === this.#round && !this.#closed) {
        this.#timer = this.#settings.clock.schedule(CHECK_MS, () => void this.#check(round));
      }
    } catch (error) {
      if (round === this.#round) this.#lose(error as ConnectorError);
    }
  }

  #lose(error: ConnectorError): void {
    if (this.#closed) return;
    const { listener, logger, table } = this.#settings;
    this.#timer?.cancel();
    this.#drop(error);
    listener.lost();
    logger.warn(`Table '${table}': Redis' reports of changed keys are interrupted: ${error.message}`);
    void this.#reconnect();
  }

  #drop(error: ConnectorError): void {
    this.#round++;
    const links = this.#links;
    this.#links = new Map();
    for (const connection of links.values()) connection.destroy(error);
  }

  /** Until it succeeds or the table is closed. Never rejects. */
  async #reconnect(): Promise<void> {
    const { clock, logger, table } = this.#settings;
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        await clock.sleep(backOffMs(attempt), this.#abort.signal);
        await this.#connect();
        this.#start();
        logger.info(`Table '${table}': Redis reports changed keys again.`);
        return;
      } catch (error) {
        if (!this.#closed) logger.debug(`Table '${table}': ${(error as Error).message}`);
      }
    }
  }
}

function closed(): ConnectorError {
  return new ConnectorError('The reports of changed keys have ended.', { retryable: true });
}
