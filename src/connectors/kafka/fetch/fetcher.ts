// Keeps chunks of records at hand: one request at a time to each broker that leads partitions of ours, the next one sent while
// the chunks before are read. Bounded: at most two chunks a partition and so many bytes altogether wait to be read.
// Brokers that are gone, leaders that have moved: asked for again, without end, until the reader is closed.
import type { Logger } from '../../../connector/runtime-context.ts';
import type { Clock } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import type { OffsetReset } from '../client-config.ts';
import { type KafkaCluster, textOf } from '../cluster.ts';
import { completeBatches, RecordChunk } from '../records/record-chunk.ts';
import { Backoff, isRetryable } from '../retry.ts';
import { BrokerError, OFFSET_OUT_OF_RANGE, remedyOf } from '../wire/broker-errors.ts';
import { EARLIEST, LATEST, READ_COMMITTED, READ_UNCOMMITTED } from '../wire/offsets.ts';
import { type FetchedPartition, type FetchLimits, fetchRecords } from './fetch-request.ts';
import type { PartitionState } from './partition-state.ts';

const CHUNKS_A_PARTITION = 2;
const WARN_EVERY_MS = 10_000;

export interface FetchedChunk {
  readonly partition: PartitionState;
  readonly records: RecordChunk;
  /** Offset behind the chunk's last batch. */
  readonly nextOffset: number;
}

export interface FetcherEvents {
  /** A chunk has come, or nothing more will come. */
  onChunk(): void;
  onFailure(error: Error): void;
}

export class Fetcher {
  readonly #cluster: KafkaCluster;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: FetcherEvents;
  readonly #limits: FetchLimits;
  readonly #reset: OffsetReset;
  readonly #partitions: PartitionState[] = [];
  readonly #byName = new Map<string, PartitionState>();
  readonly #loops = new Map<number, { wake: (() => void) | null }>();
  readonly #backoff: Backoff;
  readonly #chunks: FetchedChunk[] = [];
  #waitingBytes = 0;
  #lookingForLeaders = false;
  #troubleSince: number | null = null;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #turn = 0;
  /** Bytes of record batches that have been fetched. */
  bytesIn = 0;

  constructor(
    cluster: KafkaCluster,
    reset: OffsetReset,
    clock: Clock,
    logger: Logger,
    events: FetcherEvents,
  ) {
    this.#cluster = cluster;
    this.#reset = reset;
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
    const { config } = cluster;
    this.#backoff = new Backoff(config.reconnectBackoffMs, config.reconnectBackoffMaxMs);
    this.#limits = {
      maxWaitMs: config.fetchMaxWaitMs,
      minBytes: config.fetchMinBytes,
      maxBytes: config.fetchMaxBytes,
      maxBytesPerPartition: config.fetchMaxBytesPerPartition,
      isolation: config.readCommitted ? READ_COMMITTED : READ_UNCOMMITTED,
    };
    cluster.signal.addEventListener('abort', () => this.#wakeLoops(), { once: true });
  }

  /** Starts fetching `partitions` too. */
  add(partitions: readonly PartitionState[]): void {
    for (const partition of partitions) {
      this.#partitions.push(partition);
      this.#byName.set(partition.name, partition);
      partition.leader = this.#cluster.leaderOf(partition);
    }
    this.#assign();
  }

  /** The oldest chunk that has not been taken, or undefined. */
  take(): FetchedChunk | undefined {
    return this.#chunks.shift();
  }

  /** The chunk has been read to its end (or need not be). */
  release({ partition, records }: FetchedChunk): void {
    partition.queued--;
    this.#waitingBytes -= records.size;
    this.#wakeLoops();
  }

  #wakeLoops(): void {
    for (const loop of this.#loops.values()) loop.wake?.();
  }

  /** Every partition with a leader has a loop that asks it; the others get their leader looked up. */
  #assign(): void {
    for (const { leader, fetched } of this.#partitions) {
      if (leader < 0 || fetched) continue;
      const loop = this.#loops.get(leader);
      if (loop !== undefined) {
        loop.wake?.();
        continue;
      }
      this.#loops.set(leader, { wake: null });
      void this.#run(leader);
    }
    if (this.#partitions.some((p) => p.leader < 0 && !p.fetched)) void this.#findLeaders();
  }

  /** What to ask `node` for now, each time beginning with another partition: a full response starves the last ones. */
  #wanted(node: number): PartitionState[] {
    const { maxBytes } = this.#limits;
    if (this.#waitingBytes >= 2 * maxBytes) return [];
    const wanted = this.#partitions.filter(
      (p) => p.leader === node && p.queued < CHUNKS_A_PARTITION && !p.fetched,
    );
    const turn = wanted.length === 0 ? 0 : this.#turn++ % wanted.length;
    return turn === 0 ? wanted : [...wanted.slice(turn), ...wanted.slice(0, turn)];
  }

  async #run(node: number): Promise<void> {
    const loop = this.#loops.get(node);
    try {
      while (!this.#cluster.signal.aborted && this.#partitions.some((p) => p.leader === node && !p.fetched)) {
        const wanted = this.#wanted(node);
        if (wanted.length > 0) await this.#fetchOnce(node, wanted);
        else if (loop !== undefined) {
          await new Promise<void>((resolve) => {
            loop.wake = resolve;
          });
          loop.wake = null;
        }
      }
    } catch (error) {
      if (!this.#cluster.signal.aborted) {
        this.#events.onFailure(error instanceof Error ? error : new Error(String(error)));
      }
      return;
    } finally {
      this.#loops.delete(node);
    }
    if (!this.#cluster.signal.aborted) this.#assign();
  }

  async #fetchOnce(node: number, wanted: readonly PartitionState[]): Promise<void> {
    let fetched: FetchedPartition[];
    try {
      const connection = await this.#cluster.broker(node, 'data');
      fetched = await fetchRecords(
        connection,
        wanted.map(({ topic, partition, fetchOffset }) => ({ topic, partition, offset: fetchOffset })),
        this.#limits,
      );
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#trouble(error);
      for (const partition of this.#partitions) if (partition.leader === node) partition.leader = -1;
      return;
    }
    let failed = false;
    for (const part of fetched) {
      const partition = this.#byName.get(`${part.topic}-${part.partition}`);
      if (partition === undefined) continue;
      if (part.errorCode === 0) this.#enqueue(partition, part);
      else {
        failed = true;
        await this.#partitionFailed(partition, part.errorCode);
      }
    }
    if (failed) await this.#clock.sleep(this.#backoff.next(), this.#cluster.signal);
    else this.#recovered();
  }

  #enqueue(partition: PartitionState, part: FetchedPartition): void {
    partition.end = this.#limits.isolation === READ_COMMITTED ? part.lastStableOffset : part.highWatermark;
    if (part.records === null || part.records.length === 0) return;
    const from = partition.fetchOffset;
    const { end, nextOffset } = completeBatches(part.records, from);
    if (end === 0) return;
    const { config } = this.#cluster;
    const records = new RecordChunk(part.records.subarray(0, end), {
      partition: partition.name,
      from,
      aborted: config.readCommitted ? part.aborted : null,
      checkCrc: config.checkCrcs,
    });
    partition.fetchOffset = nextOffset;
    partition.queued++;
    this.#waitingBytes += end;
    this.bytesIn += end;
    this.#chunks.push({ partition, records, nextOffset });
    this.#events.onChunk();
  }

  /** @throws ConnectorError when it will not get better */
  async #partitionFailed(partition: PartitionState, code: number): Promise<void> {
    if (code === OFFSET_OUT_OF_RANGE) {
      await this.#resetOffset(partition);
      return;
    }
    const error = new BrokerError(code, `Fetching ${partition.name}`);
    const remedy = remedyOf(code);
    if (remedy === 'fail') throw error;
    this.#trouble(error);
    if (remedy === 'leader') partition.leader = -1;
  }

  /** The records are gone (retention), or the log is shorter than it was (an unclean election). */
  async #resetOffset(partition: PartitionState): Promise<void> {
    const lost = `Fetch position ${partition.fetchOffset} is out of range for partition ${partition.name}`;
    if (this.#reset === 'none') {
      throw new ConnectorError(`${lost}, and no reset policy says where to go on.`, {
        retryable: false,
        hint: "Set 'properties.auto.offset.reset' to earliest or latest, or another 'scan.startup.mode'.",
      });
    }
    const time = this.#reset === 'earliest' ? EARLIEST : LATEST;
    const offsets = await this.#cluster.listOffsets([partition], time, this.#limits.isolation);
    const offset = offsets.get(partition.name) ?? partition.fetchOffset;
    this.#logger.warn(`${lost}; going on at the ${this.#reset} offset, ${offset}`);
    partition.fetchOffset = offset;
    if (partition.queued === 0) partition.position = offset;
    // A bounded partition may have nothing left.
    this.#events.onChunk();
  }

  async #findLeaders(): Promise<void> {
    if (this.#lookingForLeaders) return;
    this.#lookingForLeaders = true;
    const { signal } = this.#cluster;
    try {
      for (;;) {
        const lost = this.#partitions.filter((p) => p.leader < 0 && !p.fetched);
        if (lost.length === 0 || signal.aborted) break;
        await this.#clock.sleep(this.#backoff.next(), signal);
        await this.#lookUp(lost);
      }
    } catch (error) {
      if (!signal.aborted) this.#events.onFailure(error instanceof Error ? error : new Error(String(error)));
      return;
    } finally {
      this.#lookingForLeaders = false;
    }
    if (!signal.aborted) this.#assign();
  }

  async #lookUp(lost: readonly PartitionState[]): Promise<void> {
    try {
      await this.#cluster.refresh([...new Set(lost.map((p) => p.topic))]);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#trouble(error);
      return;
    }
    for (const partition of lost) partition.leader = this.#cluster.leaderOf(partition);
    const without = lost.filter((p) => p.leader < 0);
    if (without.length > 0) {
      this.#trouble(new ConnectorError(`No leader for ${without.map((p) => p.name).join(', ')}`));
    }
  }

  /** Says it once, and every ten seconds that it goes on. */
  #trouble(error: unknown): void {
    const now = this.#clock.monotonic();
    this.#troubleSince ??= now;
    if (now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    this.#logger.warn(`${textOf(error)}; reading goes on when the broker is back`);
  }

  #recovered(): void {
    this.#backoff.reset();
    if (this.#troubleSince === null) return;
    const seconds = ((this.#clock.monotonic() - this.#troubleSince) / 1000).toFixed(1);
    this.#troubleSince = null;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#logger.info(`Kafka answers again after ${seconds} s`);
  }
}
