// Sends messages: a batch a partition is filled while the one before is on its way. One request at a time to each broker, a
// batch of each of its partitions in it, so that the order of a partition holds through every retry.
import type { Logger } from '../../../connector/runtime-context.ts';
import type { Clock } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import { type KafkaCluster, textOf } from '../cluster.ts';
import { BATCH_HEADER } from '../records/batch-format.ts';
import { BatchWriter, type ProducerIdentity, type RecordHeader } from '../records/batch-writer.ts';
import { Backoff, isRetryable, retrying } from '../retry.ts';
import {
  BrokerError,
  CLUSTER_AUTHORIZATION_FAILED,
  DUPLICATE_SEQUENCE_NUMBER,
  NetworkError,
  remedyOf,
  throwIfError,
  UNKNOWN_TOPIC_OR_PARTITION,
} from '../wire/broker-errors.ts';
import { partitionName, type TopicPartition } from '../wire/offsets.ts';
import { initProducerId, type ProduceResult, produce } from '../wire/produce.ts';
import type { Partitioner } from './partitioner.ts';

export interface ProducerEvents {
  /** Bytes have left the buffer, or the producer has failed. */
  onProgress(): void;
  onFailure(error: Error): void;
}

interface SealedBatch {
  readonly bytes: Buffer;
  readonly count: number;
  /** Counted against `buffer.memory`. */
  readonly size: number;
  /** When the first try was made; null before. */
  since: number | null;
}

interface Destination extends TopicPartition {
  open: BatchWriter;
  readonly sealed: SealedBatch[];
  /** Sequence number of the next batch's first record. */
  sequence: number;
  /** Its oldest sealed batch is on its way. */
  inFlight: boolean;
}

/** Sequence numbers wrap around. */
const SEQUENCES = 2 ** 31;
const WARN_EVERY_MS = 10_000;

export class KafkaProducer {
  readonly #cluster: KafkaCluster;
  readonly #partitioner: Partitioner;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: ProducerEvents;
  readonly #topics = new Map<string, Destination[]>();
  readonly #sending = new Set<number>();
  readonly #backoff: Backoff;
  #identity: ProducerIdentity | null = null;
  #bufferedBytes = 0;
  #failure: Error | null = null;
  #refreshing: Promise<void> | null = null;
  #warnedAt = Number.NEGATIVE_INFINITY;
  /** Milliseconds that the last request took. */
  lastSendMs = 0;

  constructor(
    cluster: KafkaCluster,
    partitioner: Partitioner,
    clock: Clock,
    logger: Logger,
    events: ProducerEvents,
  ) {
    this.#cluster = cluster;
    this.#partitioner = partitioner;
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
    const { config } = cluster;
    this.#backoff = new Backoff(config.reconnectBackoffMs, config.reconnectBackoffMaxMs);
  }

  /** First contact. @param topics to write to, as far as they are known already */
  async open(topics: readonly string[]): Promise<void> {
    await this.#cluster.connect(topics, true);
    for (const topic of topics) await this.addTopic(topic);
    if (this.#cluster.config.producer.idempotent) this.#identity = await this.#identify();
  }

  async #identify(): Promise<ProducerIdentity | null> {
    try {
      return await this.#retrying(this.#cluster.config.requestTimeoutMs, async () => {
        const info = await this.#cluster.refresh([]);
        const node = [...info.brokers.keys()][0] ?? -1;
        return initProducerId(await this.#cluster.broker(node, 'control'));
      });
    } catch (error) {
      if (!(error instanceof BrokerError) || error.brokerCode !== CLUSTER_AUTHORIZATION_FAILED) throw error;
      this.#logger.warn(`${error.message} Writing goes on without idempotence: a retry may write twice.`);
      return null;
    }
  }

  /** Learns the topic's partitions; a topic that does not exist is created where the cluster does that. */
  async addTopic(topic: string): Promise<void> {
    const { maxBlockMs } = this.#cluster.config.producer;
    const count = await this.#retrying(maxBlockMs, async () => {
      const info = (await this.#cluster.refresh([topic], true)).topics.get(topic);
      throwIfError(info?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION, `Kafka topic '${topic}'`);
      return info?.partitions.length ?? 0;
    });
    this.#grow(topic, count);
  }

  #grow(topic: string, count: number): void {
    const partitions = this.#topics.get(topic) ?? [];
    this.#topics.set(topic, partitions);
    for (let partition = partitions.length; partition < count; partition++) {
      partitions.push({
        topic,
        partition,
        open: new BatchWriter(),
        sealed: [],
        sequence: 0,
        inFlight: false,
      });
    }
  }

  hasTopic(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** Takes a message over. @param topic one that `hasTopic`. @throws the failure of an earlier message */
  send(
    topic: string,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number,
    headers: readonly RecordHeader[] | null,
  ): void {
    if (this.#failure !== null) throw this.#failure;
    const partitions = this.#topics.get(topic) ?? [];
    const index = this.#partitioner.partition(topic, key, partitions.length);
    const destination = partitions[index];
    if (destination === undefined)
      throw new ConnectorError(`Kafka topic '${topic}' has no partition ${index}.`);
    const { batchSize, maxRequestSize } = this.#cluster.config.producer;
    const size = BatchWriter.sizeOf(key, value, headers);
    if (size > maxRequestSize) {
      throw new ConnectorError(
        `A message of ${size} bytes for Kafka topic '${topic}' is larger than 'properties.max.request.size' (${maxRequestSize}).`,
        { retryable: false },
      );
    }
    if (destination.open.count > 0 && destination.open.size + size > batchSize) this.#seal(destination);
    const before = destination.open.size;
    destination.open.append(key, value, timestamp, headers);
    this.#bufferedBytes += destination.open.size - before;
  }

  #seal(destination: Destination): void {
    const { open, sealed } = destination;
    const { compression } = this.#cluster.config.producer;
    const bytes = open.finish(compression, this.#identity, destination.sequence);
    destination.sequence = (destination.sequence + open.count) % SEQUENCES;
    sealed.push({ bytes, count: open.count, size: open.size - BATCH_HEADER, since: null });
    destination.open = new BatchWriter();
    this.#partitioner.onBatchClosed(destination.topic);
  }

  /** Bytes taken over and not yet acknowledged. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Sends what is at hand to every broker that is free. */
  kick(): void {
    if (this.#failure !== null || this.#cluster.signal.aborted) return;
    let leaderless = false;
    for (const partitions of this.#topics.values()) {
      for (const destination of partitions) {
        const idle = destination.sealed.length === 0 && destination.open.count === 0;
        if (idle || destination.inFlight) continue;
        const leader = this.#cluster.leaderOf(destination);
        if (leader < 0) leaderless = true;
        else if (!this.#sending.has(leader)) {
          this.#sending.add(leader);
          void this.#run(leader);
        }
      }
    }
    if (leaderless) void this.#refresh();
  }

  async #run(node: number): Promise<void> {
    try {
      for (;;) {
        const wanted = this.#take(node);
        if (wanted.length === 0 || this.#cluster.signal.aborted) break;
        for (const destination of wanted) destination.inFlight = true;
        const sent = await this.#sendOnce(node, wanted).finally(() => {
          for (const destination of wanted) destination.inFlight = false;
        });
        if (!sent) {
          await this.#clock.sleep(this.#backoff.next(), this.#cluster.signal);
          await this.#refresh();
        }
      }
    } catch (error) {
      if (!this.#cluster.signal.aborted) this.#fail(error);
    } finally {
      this.#sending.delete(node);
    }
    // Leaders may have moved while we sent.
    this.kick();
  }

  /** Partitions of `node` with a batch to send, each with its oldest sealed, as many as fit into one request. */
  #take(node: number): Destination[] {
    const wanted: Destination[] = [];
    let bytes = 0;
    for (const partitions of this.#topics.values()) {
      for (const destination of partitions) {
        if (destination.inFlight || this.#cluster.leaderOf(destination) !== node) continue;
        if (destination.sealed.length === 0 && destination.open.count > 0) this.#seal(destination);
        const batch = destination.sealed[0];
        if (batch === undefined) continue;
        bytes += batch.bytes.length;
        if (wanted.length > 0 && bytes > this.#cluster.config.producer.maxRequestSize) return wanted;
        wanted.push(destination);
      }
    }
    return wanted;
  }

  /** False when some of it has to be sent again. @throws ConnectorError when it cannot be */
  async #sendOnce(node: number, wanted: readonly Destination[]): Promise<boolean> {
    const { acks, deliveryTimeoutMs } = this.#cluster.config.producer;
    const { requestTimeoutMs } = this.#cluster.config;
    const now = this.#clock.monotonic();
    const batches = wanted.map(({ topic, partition, sealed }) => {
      const batch = sealed[0]!;
      batch.since ??= now;
      return { topic, partition, bytes: batch.bytes };
    });
    let results: ProduceResult[];
    try {
      const connection = await this.#cluster.broker(node, 'data');
      results = await produce(connection, batches, acks, requestTimeoutMs);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#checkTime(wanted, deliveryTimeoutMs, error);
      this.#warn(error);
      return false;
    }
    this.lastSendMs = this.#clock.monotonic() - now;
    const failed = new Map(results.filter((r) => !isWritten(r.errorCode)).map((r) => [partitionName(r), r]));
    for (const destination of wanted) {
      if (!failed.has(partitionName(destination))) this.#acknowledged(destination);
    }
    if (failed.size === 0) {
      this.#backoff.reset();
      this.#warnedAt = Number.NEGATIVE_INFINITY;
    }
    this.#events.onProgress();
    for (const [name, { errorCode }] of failed) {
      const error = new BrokerError(errorCode, `Writing to ${name}`);
      if (remedyOf(errorCode) === 'fail') throw error;
      this.#checkTime(wanted, deliveryTimeoutMs, error);
      this.#warn(error);
    }
    return failed.size === 0;
  }

  #acknowledged(destination: Destination): void {
    const batch = destination.sealed.shift();
    if (batch !== undefined) this.#bufferedBytes -= batch.size;
  }

  /** `delivery.timeout.ms` counts from the first try. */
  #checkTime(wanted: readonly Destination[], limitMs: number, cause: unknown): void {
    const now = this.#clock.monotonic();
    for (const { topic, partition, sealed } of wanted) {
      const batch = sealed[0];
      if (batch?.since === undefined || batch.since === null || now - batch.since < limitMs) continue;
      throw new ConnectorError(
        `Expiring ${batch.count} record(s) for ${partitionName({ topic, partition })}: ${limitMs} ms has passed since the first try ('properties.delivery.timeout.ms').`,
        { cause },
      );
    }
  }

  /** New leaders and new partitions. One refresh at a time. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    const { deliveryTimeoutMs } = this.#cluster.config.producer;
    try {
      await this.#retrying(deliveryTimeoutMs, async () => {
        const info = await this.#cluster.refresh([...this.#topics.keys()]);
        for (const { topic, partitions } of info.topics.values()) this.#grow(topic, partitions.length);
        if (this.#hasLeaderless()) throw new NetworkError('Some Kafka partitions have no leader');
      });
      // Next turn: kick() may have called us.
      queueMicrotask(() => this.kick());
    } catch (error) {
      if (!this.#cluster.signal.aborted) this.#fail(error);
    }
  }

  #hasLeaderless(): boolean {
    for (const partitions of this.#topics.values()) {
      for (const d of partitions) {
        if ((d.sealed.length > 0 || d.open.count > 0) && this.#cluster.leaderOf(d) < 0) return true;
      }
    }
    return false;
  }

  /** Looks for new partitions now and then (`metadata.max.age.ms`). */
  async refreshPartitions(): Promise<void> {
    try {
      const info = await this.#cluster.refresh([...this.#topics.keys()]);
      for (const { topic, partitions } of info.topics.values()) this.#grow(topic, partitions.length);
    } catch (error) {
      if (!this.#cluster.signal.aborted) this.#warn(error);
    }
  }

  #retrying<T>(limitMs: number, attempt: () => Promise<T>): Promise<T> {
    const { reconnectBackoffMs, reconnectBackoffMaxMs } = this.#cluster.config;
    return retrying(
      {
        clock: this.#clock,
        backoff: new Backoff(reconnectBackoffMs, reconnectBackoffMaxMs),
        limitMs,
        signal: this.#cluster.signal,
        onRetry: (error) => this.#warn(error),
      },
      attempt,
    );
  }

  #warn(error: unknown): void {
    const now = this.#clock.monotonic();
    if (now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    this.#logger.warn(`${textOf(error)}; trying again`);
  }

  get failure(): Error | null {
    return this.#failure;
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#events.onFailure(this.#failure);
    this.#events.onProgress();
  }
}

function isWritten(errorCode: number): boolean {
  return errorCode === 0 || errorCode === DUPLICATE_SEQUENCE_NUMBER;
}
