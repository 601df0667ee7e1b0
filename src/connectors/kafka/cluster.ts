// The brokers of one cluster as a source or sink sees them: who they are, who leads which partition, connections to them.
// Long polls go over a lane of their own, because a broker answers the requests of a connection one by one.
import type { ConnectionOptions } from 'node:tls';
import type { Logger } from '../../connector/runtime-context.ts';
import type { Clock } from '../../types/clock.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { KafkaClientConfig } from './client-config.ts';
import { Backoff, retrying } from './retry.ts';
import { type BrokerAddress, BrokerConnection } from './wire/broker-connection.ts';
import { BrokerError, NetworkError } from './wire/broker-errors.ts';
import { type ClusterInfo, fetchMetadata } from './wire/metadata.ts';
import {
  commitOffsets,
  fetchCommittedOffsets,
  findCoordinator,
  type IsolationLevel,
  listOffsets,
  type PartitionOffset,
  partitionName,
  type TopicPartition,
} from './wire/offsets.ts';

/** `data`: fetches, `control`: everything else. */
export type Lane = 'data' | 'control';

/** How long the first contact may take before the job fails; later on brokers are waited for without end. */
const FIRST_CONTACT_MS = 10_000;

export class KafkaCluster {
  readonly config: KafkaClientConfig;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  readonly #brokers = new Map<number, BrokerAddress>();
  readonly #leaders = new Map<string, number>();
  #tls: Promise<ConnectionOptions> | null = null;
  #coordinator: BrokerAddress | null = null;
  #turn = 0;

  constructor(config: KafkaClientConfig, clock: Clock, logger: Logger) {
    this.config = config;
    this.#clock = clock;
    this.#logger = logger;
    if (config.ignored.length > 0) {
      logger.debug(
        `Kafka client properties that have no effect in Drey: ${config.ignored.map((k) => `properties.${k}`).join(', ')}`,
      );
    }
  }

  /** Aborted by `close`. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * The first contact.
   * @param topics null: all
   * @throws ConnectorError when no broker answers within 10 s, or one refuses the login
   */
  async connect(topics: readonly string[] | null, autoCreate = false): Promise<ClusterInfo> {
    let warned = false;
    try {
      return await this.#retrying(
        Math.min(FIRST_CONTACT_MS, this.config.connectTimeoutMs),
        (remainingMs) => this.refresh(topics, autoCreate, remainingMs),
        (error) => {
          if (!warned) this.#logger.warn(`${textOf(error)}; trying again`);
          warned = true;
        },
      );
    } catch (error) {
      if (!(error instanceof NetworkError) || !error.retryable) throw error;
      const servers = this.config.bootstrap.map((b) => `${b.host}:${b.port}`).join(',');
      throw new ConnectorError(`Cannot connect to Kafka at '${servers}'.`, {
        cause: error,
        hint: "Is 'properties.bootstrap.servers' right, and does the broker want TLS or SASL ('properties.security.protocol')?",
      });
    }
  }

  /** Asks any broker for metadata and remembers brokers and leaders. */
  async refresh(
    topics: readonly string[] | null,
    autoCreate = false,
    limitMs = this.config.connectTimeoutMs,
  ): Promise<ClusterInfo> {
    const connection = await this.#any(limitMs);
    const info = await fetchMetadata(connection, topics, autoCreate);
    if (info.brokers.size > 0) {
      this.#brokers.clear();
      for (const [node, address] of info.brokers) this.#brokers.set(node, address);
    }
    for (const { topic, partitions } of info.topics.values()) {
      for (const { partition, leader } of partitions) {
        this.#leaders.set(partitionName({ topic, partition }), info.brokers.has(leader) ? leader : -1);
      }
    }
    return info;
  }

  /** Node id of the leader as last heard, -1 where unknown. */
  leaderOf(partition: TopicPartition): number {
    return this.#leaders.get(partitionName(partition)) ?? -1;
  }

  /** @throws NetworkError when the broker is unknown or cannot be reached */
  broker(node: number, lane: Lane): Promise<BrokerConnection> {
    const address = this.#brokers.get(node);
    if (address === undefined) return Promise.reject(new NetworkError(`Kafka broker ${node} is not known`));
    return this.#connection(address, lane);
  }

  /** Offsets of the log by `partitionName`. @param time milliseconds, LATEST or EARLIEST; -1: no record so late */
  async listOffsets(
    partitions: readonly TopicPartition[],
    time: number,
    isolation: IsolationLevel,
  ): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let first = true;
    await this.#retrying(this.config.requestTimeoutMs, async () => {
      if (!first) await this.refresh([...new Set(partitions.map((p) => p.topic))]);
      first = false;
      const missing = partitions.filter((p) => !found.has(partitionName(p)));
      const byLeader = Map.groupBy(missing, (p) => this.leaderOf(p));
      const lists = [...byLeader].map(async ([leader, items]) =>
        listOffsets(await this.broker(leader, 'control'), items, time, isolation),
      );
      for (const item of (await Promise.all(lists)).flat()) {
        const name = partitionName(item);
        if (item.errorCode !== 0) throw new BrokerError(item.errorCode, `Reading offsets of ${name}`);
        found.set(name, item.offset);
      }
    });
    return found;
  }

  /** The group's offsets by `partitionName`; partitions without one are left out. */
  async committedOffsets(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    const offsets = await this.#atCoordinator(this.config.requestTimeoutMs, (coordinator) =>
      fetchCommittedOffsets(coordinator, this.config.groupId, partitions),
    );
    return new Map(offsets.map((item) => [partitionName(item), item.offset]));
  }

  /** @param limitMs how long to try */
  async commit(offsets: readonly PartitionOffset[], limitMs: number): Promise<void> {
    await this.#atCoordinator(limitMs, (coordinator) =>
      commitOffsets(coordinator, this.config.groupId, offsets),
    );
  }

  close(): void {
    this.#stop.abort(new ConnectorError('The Kafka client has been closed.'));
    for (const opening of this.#connections.values()) {
      // One that never opened has told its failure to whoever opened it.
      opening.then(
        (connection) => connection.close(),
        () => undefined,
      );
    }
    this.#connections.clear();
  }

  #atCoordinator<T>(limitMs: number, call: (coordinator: BrokerConnection) => Promise<T>): Promise<T> {
    return this.#retrying(limitMs, async (remainingMs) => {
      try {
        this.#coordinator ??= await findCoordinator(await this.#any(remainingMs), this.config.groupId);
        return await call(await this.#connection(this.#coordinator, 'control', remainingMs));
      } catch (error) {
        this.#coordinator = null;
        throw error;
      }
    });
  }

  #retrying<T>(
    limitMs: number,
    attempt: (remainingMs: number) => Promise<T>,
    onRetry?: (error: unknown) => void,
  ): Promise<T> {
    return retrying(
      {
        clock: this.#clock,
        backoff: new Backoff(this.config.reconnectBackoffMs, this.config.reconnectBackoffMaxMs),
        limitMs,
        signal: this.#stop.signal,
        ...(onRetry === undefined ? {} : { onRetry }),
      },
      attempt,
    );
  }

  /** A connection to whichever broker answers: known ones in turn, then those to begin with. */
  async #any(limitMs: number): Promise<BrokerConnection> {
    const known = [...this.#brokers.values()];
    const turn = known.length === 0 ? 0 : this.#turn++ % known.length;
    const candidates = [...known.slice(turn), ...known.slice(0, turn), ...this.config.bootstrap];
    let last: unknown = null;
    for (const address of candidates) {
      try {
        return await this.#connection(address, 'control', limitMs);
      } catch (error) {
        if (!(error instanceof NetworkError) || this.#stop.signal.aborted) throw error;
        last = error;
      }
    }
    throw last;
  }

  #connection(
    address: BrokerAddress,
    lane: Lane,
    limitMs = this.config.connectTimeoutMs,
  ): Promise<BrokerConnection> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason);
    const key = `${address.host}:${address.port}/${lane}`;
    const open = this.#connections.get(key);
    if (open !== undefined) return open;
    const opening = this.#open(address, Math.min(limitMs, this.config.connectTimeoutMs));
    this.#connections.set(key, opening);
    const forget = () => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
    };
    opening.then((connection) => connection.onClosed(forget), forget);
    return opening;
  }

  async #open(address: BrokerAddress, connectTimeoutMs: number): Promise<BrokerConnection> {
    const { clientId, sasl, requestTimeoutMs, tls } = this.config;
    if (tls !== null) this.#tls ??= import('./tls.ts').then(({ loadTls }) => loadTls(tls));
    const connection = await BrokerConnection.open({
      ...address,
      clientId,
      sasl,
      connectTimeoutMs,
      requestTimeoutMs,
      tls: this.#tls === null ? null : await this.#tls,
      clock: this.#clock,
    });
    if (!this.#stop.signal.aborted) return connection;
    connection.close();
    throw this.#stop.signal.reason;
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
