// The port to one Redis server.
//
// Changes go over one connection, in the order of the calls (ordered-channel.ts). Batches that only read borrow a connection
// of the pool, so that a slow one holds up no other, unless a change is under way: then they follow it, and see it.
//
// Back-pressure is the caller's: a call beyond what may be in flight waits unsent in memory. Await earlier calls before
// making more than a few at a time.
import { type Clock, systemClock } from '../../../types/clock.ts';
import type { CommandBatch } from './command-batch.ts';
import { isReadCommand } from './command-keys.ts';
import type { ClientIdentity, Connection } from './connection.ts';
import { portClosed } from './connection-errors.ts';
import { type Endpoint, tcpEndpoint } from './endpoint.ts';
import { openConnection } from './handshake.ts';
import { OrderedChannel } from './ordered-channel.ts';
import { ConnectionPool } from './pool.ts';
import type { PortOptions, PortStats, RedisNode, RedisPort, Reply, WriteFailure } from './port.ts';
import { readBatch } from './reader.ts';
import { SingleRoute, type SingleRouteSettings } from './single-route.ts';

export interface PortSurroundings {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: TCP to the options' host and port. */
  readonly endpoint?: Endpoint;
  /** Told, once each, what a user should know and no error says. Default: nobody. */
  readonly warn?: (message: string) => void;
}

export class SingleServerPort implements RedisPort {
  readonly stats: PortStats = {
    bytesSent: 0,
    commandsSent: 0,
    reconnects: 0,
    resentCommands: 0,
    redirects: 0,
    lastRoundTripMs: 0,
  };
  readonly #options: PortOptions;
  readonly #clock: Clock;
  readonly #endpoint: Endpoint;
  readonly #warn: (message: string) => void;
  readonly #channel: OrderedChannel;
  readonly #pool: ConnectionPool;
  readonly #abort = new AbortController();
  readonly #readsUnderWay = new Set<Promise<readonly Reply[]>>();
  #warned = false;

  constructor(options: PortOptions, surroundings: PortSurroundings = {}) {
    this.#options = options;
    this.#clock = surroundings.clock ?? systemClock;
    this.#endpoint =
      surroundings.endpoint ?? tcpEndpoint(options.host, options.port, options.connectTimeoutMs);
    this.#warn = surroundings.warn ?? (() => {});
    const common = { label: this.#endpoint.label, clock: this.#clock };
    const route: SingleRouteSettings = {
      label: this.#endpoint.label,
      cannotFence: (refusal) => this.#cannotFence(refusal),
      open: async (fence, signal) =>
        (fence === null ? this.#pool.detach() : null) ?? (await this.#open(fence, signal)),
    };
    this.#channel = new OrderedChannel({
      ...common,
      retryTimeoutMs: options.retryTimeoutMs,
      stats: this.stats,
      route: (user) => new SingleRoute(route, user),
    });
    this.#pool = new ConnectionPool({
      ...common,
      limits: options.pool,
      open: (signal) => this.#open(null, signal),
    });
  }

  async connect(): Promise<void> {
    this.#assertOpen();
    const first = await this.#pool.borrow(this.#options.connectTimeoutMs);
    this.#pool.release(first);
    await this.#pool.fill();
  }

  async pipeline(batch: CommandBatch): Promise<readonly Reply[]> {
    if (batch.count === 0) return [];
    this.#assertOpen();
    if (this.#channel.busy || !onlyReads(batch)) return (await this.#channel.submit(batch, true)).replies;
    const read = readBatch(batch, {
      label: this.#endpoint.label,
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
    this.#assertOpen();
    return [
      {
        label: this.#endpoint.label,
        pipeline: (batch) => this.pipeline(batch),
        open: () => this.#open(null, this.#abort.signal),
      },
    ];
  }

  async close(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const limit = new AbortController();
    const done = Promise.allSettled([this.#channel.idle(), ...this.#readsUnderWay]);
    this.#abort.abort(portClosed(this.#endpoint.label));
    const timeout = this.#clock.sleep(this.#options.socketTimeoutMs, limit.signal).catch(() => {
      // cancelled below: nothing is left to wait for
    });
    await Promise.race([done, timeout]);
    limit.abort();
    this.#channel.close();
    this.#pool.close();
  }

  #assertOpen(): void {
    this.#abort.signal.throwIfAborted();
  }

  #cannotFence(refusal: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#warn(
      `Redis at ${this.#endpoint.label} does not let this user run CLIENT (${refusal}): commands that are still in the buffers ` +
        'of a broken connection may be executed after newer ones',
    );
  }

  async #open(fence: ClientIdentity | null, signal: AbortSignal): Promise<Connection> {
    const opened = await openConnection(this.#endpoint, this.#options, this.#clock, fence, signal);
    if (opened.fenceRefusal !== null) this.#cannotFence(opened.fenceRefusal);
    return opened.connection;
  }
}

function onlyReads(batch: CommandBatch): boolean {
  for (const name of batch.names) if (!isReadCommand(name)) return false;
  return true;
}
