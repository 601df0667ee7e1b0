// Reads the partitions of a Kafka table. Partitions are assigned, not negotiated: no group membership, as in Flink; the group is
// only where offsets are committed to.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Counter } from '../../connector/metrics.ts';
import { type RuntimeContext, type Subtask, subtaskOf } from '../../connector/runtime-context.ts';
import type { Position, SourceProgress, SourceReader } from '../../connector/source.ts';
import { WaitingPoll } from '../../connector/waiting-poll.ts';
import type { Timer } from '../../types/clock.ts';
import { ConnectorError, DataError } from '../../types/errors.ts';
import type { RowBatch } from '../../types/row.ts';
import { KafkaCluster, textOf } from './cluster.ts';
import { type FetchedChunk, Fetcher } from './fetch/fetcher.ts';
import { PartitionState } from './fetch/partition-state.ts';
import { collectOffsets, type KafkaPosition, readPosition } from './position.ts';
import type { RecordDecoder } from './record-decoder.ts';
import type { KafkaScan } from './source.ts';
import { offsetResetOf, startOffsets, stopOffsets } from './start-offsets.ts';
import { discoverPartitions, isSubscribed, ownerOf } from './subscription.ts';
import { EARLIEST, type PartitionOffset, partitionName, READ_UNCOMMITTED } from './wire/offsets.ts';

/** A commit only shows progress: a checkpoint must not wait long for it. */
const COMMIT_LIMIT_MS = 5000;

export class KafkaSourceReader implements SourceReader {
  readonly #scan: KafkaScan;
  readonly #decoder: RecordDecoder;
  readonly #context: RuntimeContext;
  readonly #subtask: Subtask;
  readonly #cluster: KafkaCluster;
  readonly #fetcher: Fetcher;
  readonly #partitions: PartitionState[] = [];
  readonly #commitsSucceeded: Counter;
  readonly #commitsFailed: Counter;
  readonly #committed = new Map<string, number>();
  readonly #out = new BatchBuilder();
  #chunk: FetchedChunk | null = null;
  readonly #polls = new WaitingPoll((max) => this.#read(max));
  #failure: Error | null = null;
  #discovery: Timer | null = null;
  #commitWarned = false;

  constructor(scan: KafkaScan, decoder: RecordDecoder, context: RuntimeContext) {
    this.#scan = scan;
    this.#decoder = decoder;
    this.#context = context;
    this.#subtask = subtaskOf(context);
    const { clock, logger, metrics } = context;
    this.#cluster = new KafkaCluster(scan.client, clock, logger);
    this.#fetcher = new Fetcher(
      this.#cluster,
      offsetResetOf(scan.startup.mode, scan.client.autoOffsetReset),
      clock,
      logger,
      { onChunk: () => this.#polls.lookAgain(), onFailure: (error) => this.#fail(error) },
    );
    const group = metrics.group('KafkaSourceReader');
    this.#commitsSucceeded = group.counter('commitsSucceeded');
    this.#commitsFailed = group.counter('commitsFailed');
    metrics.gauge('pendingRecords', () => this.#pending());
    metrics.total('numBytesIn', () => this.#fetcher.bytesIn);
  }

  async open(restored: Position | null): Promise<void> {
    const { subscription, startup, end } = this.#scan;
    const position = restored === null ? null : readPosition(restored);
    const all = await discoverPartitions(this.#cluster, subscription, true);
    if (position !== null) this.#warnOfStrangers(position, new Set(all.map(partitionName)));
    const found = all.filter((p) => this.#owns(p));
    const known = position === null ? [] : found.filter((p) => offsetIn(position, p) !== undefined);
    const fresh = found.filter((p) => !known.includes(p));
    const stops = await this.#stopsFor(position, found, end);
    const starts =
      position === null
        ? await startOffsets(this.#cluster, fresh, startup)
        : await this.#cluster.listOffsets(fresh, EARLIEST, READ_UNCOMMITTED);
    this.#add([
      ...known.map((p) => this.#state(p, position === null ? 0 : (offsetIn(position, p) ?? 0), stops)),
      ...fresh.map((p) => this.#state(p, starts.get(partitionName(p)) ?? 0, stops)),
    ]);
    if (end.mode === 'unbounded') this.#scheduleDiscovery();
  }

  #owns(partition: { topic: string; partition: number }): boolean {
    const { index, parallelism } = this.#subtask;
    return parallelism === 1 || ownerOf(partition, parallelism) === index;
  }

  /** A restored bounded reader ends where it was to end at first, whatever has been written since. */
  async #stopsFor(
    position: KafkaPosition | null,
    found: readonly { topic: string; partition: number }[],
    end: KafkaScan['end'],
  ): Promise<ReadonlyMap<string, number> | null> {
    if (end.mode === 'unbounded') return null;
    const stops = new Map<string, number>();
    for (const partition of found) {
      const stop = position?.stops?.[partition.topic]?.[partition.partition];
      if (stop !== undefined) stops.set(partitionName(partition), stop);
    }
    const rest = found.filter((p) => !stops.has(partitionName(p)));
    for (const [name, stop] of (await stopOffsets(this.#cluster, rest, end)) ?? []) stops.set(name, stop);
    return stops;
  }

  #state(
    partition: { topic: string; partition: number },
    offset: number,
    stops: ReadonlyMap<string, number> | null,
  ): PartitionState {
    return new PartitionState(partition, offset, offset, stops?.get(partitionName(partition)) ?? null);
  }

  #add(partitions: readonly PartitionState[]): void {
    const group = this.#context.metrics.group('KafkaSourceReader').group('topic');
    for (const partition of partitions) {
      this.#partitions.push(partition);
      const metrics = group.group(partition.topic).group('partition').group(String(partition.partition));
      metrics.gauge('currentOffset', () => partition.position - 1);
      metrics.gauge('committedOffset', () => this.#committed.get(partition.name) ?? -1);
    }
    this.#fetcher.add(partitions);
  }

  /** One reader says it for all. */
  #warnOfStrangers(position: KafkaPosition, found: ReadonlySet<string>): void {
    if (this.#subtask.index > 0) return;
    for (const [topic, offsets] of Object.entries(position.offsets)) {
      for (const partition of Object.keys(offsets)) {
        const name = partitionName({ topic, partition: Number(partition) });
        if (found.has(name)) continue;
        const why = isSubscribed(this.#scan.subscription, topic)
          ? 'does not exist any more'
          : 'is not part of the table any more';
        this.#context.logger.warn(`The checkpoint holds a position of ${name}, which ${why}: it is left out`);
      }
    }
  }

  #scheduleDiscovery(): void {
    const interval = this.#scan.discoveryIntervalMs;
    if (interval <= 0 || this.#cluster.signal.aborted) return;
    this.#discovery = this.#context.clock.schedule(interval, () => {
      void this.#discover().finally(() => this.#scheduleDiscovery());
    });
  }

  async #discover(): Promise<void> {
    try {
      const found = await discoverPartitions(this.#cluster, this.#scan.subscription, false);
      const names = new Set(this.#partitions.map((p) => p.name));
      const fresh = found.filter((p) => this.#owns(p) && !names.has(partitionName(p)));
      if (fresh.length === 0) return;
      // From their beginning: they came into being while we were reading.
      const starts = await this.#cluster.listOffsets(fresh, EARLIEST, READ_UNCOMMITTED);
      if (this.#cluster.signal.aborted) return;
      this.#context.logger.info(`New Kafka partitions: ${fresh.map(partitionName).join(', ')}`);
      this.#add(fresh.map((p) => this.#state(p, starts.get(partitionName(p)) ?? 0, null)));
    } catch (error) {
      if (this.#cluster.signal.aborted) return;
      this.#context.logger.warn(`Looking for new Kafka partitions failed: ${textOf(error)}`);
    }
  }

  poll(max: number): RowBatch | null | Promise<RowBatch | null> {
    return this.#polls.poll(max);
  }

  wakeUp(): void {
    this.#polls.wakeUp();
  }

  /** Rows at hand; null at the end; undefined when there is nothing yet. A failure comes after the rows before it. */
  #read(max: number): RowBatch | null | undefined {
    const out = this.#out;
    while (out.length < max && this.#failure === null) {
      this.#chunk ??= this.#fetcher.take() ?? null;
      if (this.#chunk === null) break;
      try {
        this.#readChunk(this.#chunk, out, max);
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    if (out.length > 0) return out.take();
    if (this.#failure !== null) throw this.#failure;
    const bounded = this.#scan.end.mode !== 'unbounded';
    return bounded && this.#chunk === null && this.#partitions.every((p) => p.done) ? null : undefined;
  }

  #readChunk(chunk: FetchedChunk, out: BatchBuilder, max: number): void {
    const { partition: state, records } = chunk;
    const { topic, partition } = state;
    const stop = state.stop ?? Number.POSITIVE_INFINITY;
    const decoder = this.#decoder;
    while (out.length < max) {
      if (!records.next()) {
        state.position = Math.min(stop, Math.max(state.position, chunk.nextOffset));
        this.#finish(chunk);
        return;
      }
      if (records.offset >= stop) {
        state.position = stop;
        this.#finish(chunk);
        return;
      }
      const before = out.length;
      try {
        decoder.decode(records, topic, partition, out);
      } catch (cause) {
        out.truncate(before);
        throw new DataError(
          `Failed to deserialize the record at offset ${records.offset} of partition ${partition} of Kafka topic '${topic}'.`,
          { cause },
        );
      }
      state.position = records.offset + 1;
    }
  }

  #finish(chunk: FetchedChunk): void {
    this.#chunk = null;
    this.#fetcher.release(chunk);
  }

  position(): Position {
    const bounded = this.#partitions.filter((p) => p.stop !== null);
    return {
      offsets: collectOffsets(this.#partitions.map((p) => ({ ...plain(p), offset: p.position }))),
      ...(bounded.length === 0
        ? {}
        : { stops: collectOffsets(bounded.map((p) => ({ ...plain(p), offset: p.stop ?? 0 }))) }),
    };
  }

  /** Never fails: the checkpoint holds the position, the group's offsets only show it to others. */
  async commit(position: Position): Promise<void> {
    if (!this.#scan.client.commitOnCheckpoint) return;
    const offsets: PartitionOffset[] = [];
    for (const [topic, partitions] of Object.entries(readPosition(position).offsets)) {
      for (const [partition, offset] of Object.entries(partitions)) {
        const item = { topic, partition: Number(partition), offset };
        if (this.#committed.get(partitionName(item)) !== offset) offsets.push(item);
      }
    }
    if (offsets.length === 0) return;
    try {
      await this.#cluster.commit(offsets, COMMIT_LIMIT_MS);
      for (const item of offsets) this.#committed.set(partitionName(item), item.offset);
      this.#commitsSucceeded.value++;
      this.#commitWarned = false;
    } catch (error) {
      this.#commitsFailed.value++;
      if (this.#commitWarned) return;
      this.#commitWarned = true;
      this.#context.logger.warn(
        `Committing offsets to group '${this.#scan.client.groupId}' failed: ${textOf(error)}. The job goes on from its checkpoints.`,
      );
    }
  }

  progress(): SourceProgress {
    const pending = this.#pending();
    if (this.#scan.end.mode === 'unbounded') return { pending };
    let total = 0;
    let read = 0;
    for (const { start, stop, position } of this.#partitions) {
      if (stop === null || stop <= start) continue;
      total += stop - start;
      read += Math.min(position, stop) - start;
    }
    return { pending, fraction: total === 0 ? 1 : read / total };
  }

  #pending(): number {
    let pending = 0;
    for (const partition of this.#partitions) pending += partition.pending;
    return pending;
  }

  /** The next `poll` throws it, behind the rows that came before. */
  #fail(error: Error): void {
    this.#failure ??= error;
    this.#polls.lookAgain();
  }

  async close(): Promise<void> {
    this.#discovery?.cancel();
    this.#cluster.close();
    this.#failure ??= new ConnectorError('The Kafka reader has been closed.');
    this.#polls.lookAgain();
  }
}

function plain({ topic, partition }: PartitionState): { topic: string; partition: number } {
  return { topic, partition };
}

function offsetIn(position: KafkaPosition, p: { topic: string; partition: number }): number | undefined {
  return position.offsets[p.topic]?.[p.partition];
}
