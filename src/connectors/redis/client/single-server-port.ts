// The port to one Redis server.
//
// Changes go over one connection, in the order of the calls (ordered-channel.ts). Batches that only read borrow a connection
// of the pool, so that a slow one holds up no other, unless a change is under way: then they follow it, and see it.
//
// Back-pressure is the caller's: a call beyond what may be in flight waits unsent in memory. Await earlier calls before
// making more than a few at a time.
import { type Clock, systemClock, type Timer } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import type { CommandBatch } from './command-batch.ts';
import { onlyReads } from './command-keys.ts';
import type { Connection } from './connection.ts';
import { masterMoved, portClosed, unfenced } from './connection-errors.ts';
import { tcpEndpoint } from './endpoint.ts';
import { fencesOf } from './fences.ts';
import { type HandshakeOptions, openConnection } from './handshake.ts';
import { OrderedChannel } from './ordered-channel.ts';
import { ConnectionPool } from './pool.ts';
import {
  type CommonPortOptions,
  type Layout,
  newPortStats,
  type PortOptions,
  type PortStats,
  type RedisNode,
  type RedisPort,
  type Reply,
  type WriteFailure,
} from './port.ts';
import { readBatch } from './reader.ts';
import { fixedSource, type ServerSource } from './server-source.ts';
import { settledWithin } from './settled-within.ts';
import { SingleRoute, type SingleRouteSettings } from './single-route.ts';

/** How long reads are sent to the master because no replica answered, before replicas are tried again. */
const STAND_IN_MS = 2_000;

export interface PortSurroundings {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: TCP to the options' host and port. */
  readonly source?: ServerSource;
  /** Told, once each, what a user should know and no error says. Default: nobody. */
  readonly warn?: (message: string) => void;
}

export class SingleServerPort implements RedisPort {
  readonly stats: PortStats = newPortStats();
  readonly #options: CommonPortOptions;
  readonly #clock: Clock;
  readonly #source: ServerSource;
  readonly #warn: (message: string) => void;
  readonly #channel: OrderedChannel;
  #route: SingleRoute | null = null;
  #standIn: Timer | null = null;
  readonly #pool: ConnectionPool;
  readonly #abort = new AbortController();
  readonly #readsUnderWay = new Set<Promise<readonly Reply[]>>();
  #warned = false;

  /** @param options host and port are not asked for where `surroundings` names the source */
  constructor(options: CommonPortOptions & Partial<PortOptions>, surroundings: PortSurroundings = {}) {
    this.#options = options;
    this.#clock = surroundings.clock ?? systemClock;
    this.#source =
      surroundings.source ??
      fixedSource(tcpEndpoint(options.host ?? 'localhost', options.port ?? 6379, options.connectTimeoutMs));
    this.#warn = surroundings.warn ?? (() => {});
    const common = { label: this.#source.label, clock: this.#clock };
    const route: SingleRouteSettings = {
      label: this.#source.label,
      cannotFence: (refusal) => this.#cannotFence(refusal),
      open: async (signal) => this.#pooledWriter() ?? (await this.#open(signal)),
    };
    this.#channel = new OrderedChannel({
      ...common,
      retryTimeoutMs: options.retryTimeoutMs,
      stats: this.stats,
      route: (user) => {
        this.#route = new SingleRoute(route, user);
        return this.#route;
      },
    });
    this.#pool = new ConnectionPool({
      ...common,
      limits: options.pool,
      open: (signal) => this.#openReader(signal),
    });
  }

  async connect(): Promise<void> {
    this.#assertOpen();
    const first = await this.#pool.borrow(this.#options.connectTimeoutMs);
    this.#pool.release(first);
    await this.#pool.fill();
    this.#source.watch((what) => this.#onChanged(what));
  }

  async pipeline(batch: CommandBatch): Promise<readonly Reply[]> {
    if (batch.count === 0) return [];
    this.#assertOpen();
    if (this.#channel.busy || !onlyReads(batch.names))
      return (await this.#channel.submit(batch, true)).replies;
    const read = readBatch(batch, {
      label: this.#source.label,
      clock: this.#clock,
      retryTimeoutMs: this.#options.retryTimeoutMs,
      stats: this.stats,
      pool: this.#pool,
      signal: this.#abort.signal,
    });
    this.#readsUnderWay.add(read);
    try {
      return await read;
    } finally {
      this.#readsUnderWay.delete(read);
    }
  }

  async write(batch: CommandBatch): Promise<WriteFailure | null> {
    if (batch.count === 0) return null;
    this.#assertOpen();
    return (await this.#channel.submit(batch, false)).failure;
  }

  async nodes(): Promise<readonly RedisNode[]> {
    return [await this.nodeOf()];
  }

  async nodeOf(): Promise<RedisNode> {
    this.#assertOpen();
    return {
      label: this.#source.current,
      pipeline: (batch) => this.pipeline(batch),
      open: () => this.#open(this.#abort.signal),
      openReader: () => this.#openReader(this.#abort.signal),
    };
  }

  async layout(): Promise<Layout> {
    return { version: '', moving: false };
  }

  async close(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const underWay = [this.#channel.idle(), ...this.#readsUnderWay];
    this.#abort.abort(portClosed(this.#source.label));
    await settledWithin(underWay, this.#options.socketTimeoutMs, this.#clock);
    this.#standIn?.cancel();
    this.#source.close();
    this.#channel.close();
    this.#pool.close();
  }

  #assertOpen(): void {
    this.#abort.signal.throwIfAborted();
  }

  #cannotFence(refusal: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#warn(unfenced(this.#source.label, refusal));
  }

  /** Another server is the master now: what the old one has not answered is sent to it. Reads find their servers anew. */
  #onChanged(what: 'master' | 'replicas'): void {
    if (what === 'master') this.#route?.leave(masterMoved(this.#source.label));
    this.#pool.renew();
  }

  /** A connection of the pool that can be used for changes at once. */
  #pooledWriter(): Connection | null {
    if (this.#source.readsFromReplicas) return null;
    const connection = this.#pool.detach();
    if (connection === null || fencesOf(connection.label).length === 0) return connection;
    connection.destroy(portClosed(this.#source.label));
    return null;
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    const endpoint = await this.#source.master(signal);
    const options: HandshakeOptions = this.#source.checksRole
      ? { ...this.#options, role: 'master' }
      : this.#options;
    const opened = await openConnection(endpoint, options, this.#clock, signal);
    if (opened.fenceRefusal !== null) this.#cannotFence(opened.fenceRefusal);
    return opened.connection;
  }

  async #openReader(signal: AbortSignal): Promise<Connection> {
    if (!this.#source.readsFromReplicas) return await this.#open(signal);
    const options: HandshakeOptions = { ...this.#options, role: 'up-to-date' };
    for (const endpoint of await this.#source.replicas(signal)) {
      try {
        return (await openConnection(endpoint, options, this.#clock, signal)).connection;
      } catch (error) {
        // The next one, then the master: that one's error is told.
        if (!(error instanceof ConnectorError) || !error.retryable || signal.aborted) throw error;
      }
    }
    const connection = await this.#open(signal);
    this.#lookForReplicasLater();
    return connection;
  }

  /** The master stands in for replicas that do not answer: not for ever. */
  #lookForReplicasLater(): void {
    this.#standIn ??= this.#clock.schedule(STAND_IN_MS, () => {
      this.#standIn = null;
      this.#pool.renew();
    });
  }
}
