// The port to a Redis Cluster.
//
// Changes go over one connection to each master, every key's in the order of the calls (cluster-route.ts). Batches that only
// read borrow connections of each server's pool, unless a change is under way: then they follow it, and see it.
import { type Clock, systemClock } from '../../../../types/clock.ts';
import { ConnectorError } from '../../../../types/errors.ts';
import { CommandBatch } from '../command-batch.ts';
import { onlyReads } from '../command-keys.ts';
import type { Connection } from '../connection.ts';
import { portClosed, unfenced } from '../connection-errors.ts';
import { hostAndPortLabel, type Network, tcpEndpoint } from '../endpoint.ts';
import { type HandshakeOptions, openConnection } from '../handshake.ts';
import { OrderedChannel } from '../ordered-channel.ts';
import {
  type CommonPortOptions,
  type Layout,
  newPortStats,
  type PortStats,
  type RedisNode,
  type RedisPort,
  type Reply,
  type WriteFailure,
} from '../port.ts';
import { readBatch } from '../reader.ts';
import { settledWithin } from '../settled-within.ts';
import { ClusterNode } from './cluster-node.ts';
import { readFromCluster } from './cluster-reader.ts';
import { ClusterRoute } from './cluster-route.ts';
import { layoutOf } from './layout.ts';
import { slotOfKey } from './slots.ts';
import { splitBySlot } from './split.ts';
import { type HostAndPort, Topology } from './topology.ts';

export interface ClusterPortOptions extends CommonPortOptions {
  /** Servers to ask for the layout, at least one; the others are learned. */
  readonly seeds: readonly HostAndPort[];
  /** Reads are answered by replicas, where a master has any. */
  readonly readsFromReplicas?: boolean;
}

export interface ClusterSurroundings {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: TCP. */
  readonly network?: Network;
  /** Told, once each, what a user should know and no error says. Default: nobody. */
  readonly warn?: (message: string) => void;
}

export class ClusterPort implements RedisPort {
  readonly stats: PortStats = newPortStats();
  readonly #options: ClusterPortOptions;
  /** How connections that only read are opened. */
  readonly #readerOptions: HandshakeOptions;
  readonly #label: string;
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #warn: (message: string) => void;
  readonly #topology: Topology;
  readonly #channel: OrderedChannel;
  readonly #abort = new AbortController();
  readonly #readsUnderWay = new Set<Promise<readonly Reply[]>>();
  #warned = false;

  constructor(options: ClusterPortOptions, surroundings: ClusterSurroundings = {}) {
    this.#options = options;
    this.#readerOptions =
      options.readsFromReplicas === true
        ? { ...options, readsFromReplica: true, role: 'up-to-date' }
        : options;
    this.#clock = surroundings.clock ?? systemClock;
    this.#network =
      surroundings.network ?? ((host, port) => tcpEndpoint(host, port, options.connectTimeoutMs));
    this.#warn = surroundings.warn ?? (() => {});
    this.#label = `the cluster of ${options.seeds.map((s) => hostAndPortLabel(s.host, s.port)).join(', ')}`;
    this.#topology = new Topology({
      label: this.#label,
      clock: this.#clock,
      seeds: options.seeds,
      connectTimeoutMs: options.connectTimeoutMs,
      makeNode: (index, at) => this.#makeNode(index, at),
    });
    this.#channel = new OrderedChannel({
      label: this.#label,
      clock: this.#clock,
      retryTimeoutMs: options.retryTimeoutMs,
      stats: this.stats,
      route: (user) =>
        new ClusterRoute(
          {
            label: this.#label,
            topology: this.#topology,
            cannotFence: (node, refusal) => this.#cannotFence(node.label, refusal),
          },
          user,
        ),
    });
  }

  async connect(): Promise<void> {
    this.#assertOpen();
    await this.#topology.refresh();
    if (this.#options.pool.minIdle === 0) return;
    // A master that cannot be reached now is told by the first batch that needs it.
    await Promise.allSettled(this.#topology.masters.map((node) => node.pool.fill()));
  }

  async pipeline(batch: CommandBatch): Promise<readonly Reply[]> {
    if (batch.count === 0) return [];
    this.#assertOpen();
    const split = splitBySlot(batch);
    const replies = await this.#replies(split?.batch ?? batch);
    return split === null ? replies : split.join(replies);
  }

  async #replies(batch: CommandBatch): Promise<readonly Reply[]> {
    if (this.#channel.busy || !onlyReads(batch.names))
      return (await this.#channel.submit(batch, true)).replies;
    return await this.#reading(
      readFromCluster(batch, {
        label: this.#label,
        clock: this.#clock,
        retryTimeoutMs: this.#options.retryTimeoutMs,
        stats: this.stats,
        topology: this.#topology,
        fromReplica: this.#options.readsFromReplicas ?? false,
        signal: this.#abort.signal,
      }),
    );
  }

  async write(batch: CommandBatch): Promise<WriteFailure | null> {
    if (batch.count === 0) return null;
    this.#assertOpen();
    const split = splitBySlot(batch);
    if (split === null) return (await this.#channel.submit(batch, false)).failure;
    const { failure } = await this.#channel.submit(split.batch, false);
    return failure === null ? null : { ...failure, index: split.origins[failure.index]! };
  }

  async nodes(): Promise<readonly RedisNode[]> {
    this.#assertOpen();
    if (!this.#topology.loaded) await this.#topology.refresh();
    return this.#topology.masters.map((node) => this.#redisNode(node));
  }

  async nodeOf(key: string): Promise<RedisNode> {
    const question = new CommandBatch(64);
    question.add(['EXISTS', key]);
    await this.pipeline(question); // redirections on the way tell who has the key by now
    const slot = slotOfKey(key);
    const node = this.#topology.readerOf(slot, false);
    if (node !== null) return this.#redisNode(node);
    throw new ConnectorError(`No server of ${this.#label} serves slot ${slot}`, { retryable: true });
  }

  async layout(): Promise<Layout> {
    const question = new CommandBatch(64);
    question.add(['CLUSTER', 'NODES']);
    const nodes = await this.nodes();
    return layoutOf(await Promise.all(nodes.map(async (node) => (await node.pipeline(question))[0]!)));
  }

  async close(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const underWay = [this.#channel.idle(), ...this.#readsUnderWay];
    this.#abort.abort(portClosed(this.#label));
    await settledWithin(underWay, this.#options.socketTimeoutMs, this.#clock);
    this.#channel.close();
    this.#topology.close();
  }

  #redisNode(node: ClusterNode): RedisNode {
    const settings = {
      label: node.label,
      clock: this.#clock,
      retryTimeoutMs: this.#options.retryTimeoutMs,
      stats: this.stats,
      pool: node.pool,
      signal: this.#abort.signal,
    };
    return {
      label: node.label,
      pipeline: async (batch) => {
        if (batch.count === 0) return [];
        this.#assertOpen();
        if (onlyReads(batch.names)) return await this.#reading(readBatch(batch, settings));
        return (await this.#channel.submit(batch, true, node.index)).replies;
      },
      open: () => this.#open(node, this.#options, this.#abort.signal),
      openReader: () => this.#openReader(node),
    };
  }

  async #openReader(master: ClusterNode): Promise<Connection> {
    const { signal } = this.#abort;
    const replicas = this.#options.readsFromReplicas === true ? this.#topology.replicasOf(master) : [];
    this.#topology.nextTurn();
    for (const replica of replicas) {
      try {
        return await this.#open(replica, this.#readerOptions, signal);
      } catch (error) {
        // The next one, then the master: that one's error is told.
        if (!(error instanceof ConnectorError) || !error.retryable || signal.aborted) throw error;
        replica.suspect = true;
      }
    }
    return await this.#open(master, this.#options, signal);
  }

  async #reading(read: Promise<readonly Reply[]>): Promise<readonly Reply[]> {
    this.#readsUnderWay.add(read);
    try {
      return await read;
    } finally {
      this.#readsUnderWay.delete(read);
    }
  }

  #makeNode(index: number, at: HostAndPort): ClusterNode {
    return new ClusterNode(index, {
      ...at,
      pool: { clock: this.#clock, limits: this.#options.pool },
      poolTakesChanges: this.#options.readsFromReplicas !== true,
      openReader: (signal) => this.#open(at, this.#readerOptions, signal),
      openWriter: (signal) => this.#open(at, this.#options, signal),
    });
  }

  async #open(at: HostAndPort, options: HandshakeOptions, signal: AbortSignal): Promise<Connection> {
    const endpoint = this.#network(at.host, at.port);
    const opened = await openConnection(endpoint, options, this.#clock, signal);
    if (opened.fenceRefusal !== null) this.#cannotFence(endpoint.label, opened.fenceRefusal);
    return opened.connection;
  }

  #cannotFence(label: string, refusal: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#warn(unfenced(label, refusal));
  }

  #assertOpen(): void {
    this.#abort.signal.throwIfAborted();
  }
}
