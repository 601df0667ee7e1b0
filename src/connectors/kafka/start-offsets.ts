// Startup and bounded modes to offsets (org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer).
import { ConnectorError } from '../../types/errors.ts';
import type { OffsetReset } from './client-config.ts';
import type { KafkaCluster } from './cluster.ts';
import type { BoundedMode, StartupMode } from './options.ts';
import {
  EARLIEST,
  LATEST,
  partitionName,
  READ_COMMITTED,
  READ_UNCOMMITTED,
  type TopicPartition,
} from './wire/offsets.ts';

export interface OffsetRule<Mode> {
  readonly mode: Mode;
  /** Of the table's only topic, by partition; for `specific-offsets`. */
  readonly specific: ReadonlyMap<number, number>;
  /** For `timestamp`. */
  readonly timestamp: number;
}

/** What `auto.offset.reset` is for a startup mode: the user's own word counts for group offsets only. */
export function offsetResetOf(mode: StartupMode, configured: OffsetReset | undefined): OffsetReset {
  switch (mode) {
    case 'earliest-offset':
    case 'specific-offsets':
      return 'earliest';
    case 'latest-offset':
    case 'timestamp':
      return 'latest';
    case 'group-offsets':
      return configured ?? 'none';
  }
}

type Offsets = ReadonlyMap<string, number>;

/** Where to begin, by `partitionName`. */
export async function startOffsets(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  rule: OffsetRule<StartupMode>,
): Promise<Offsets> {
  if (partitions.length === 0) return new Map();
  const reset = offsetResetOf(rule.mode, cluster.config.autoOffsetReset);
  switch (rule.mode) {
    case 'earliest-offset':
      return atTime(cluster, partitions, EARLIEST);
    case 'latest-offset':
      return atTime(cluster, partitions, LATEST);
    case 'timestamp':
      return atTimestamp(cluster, partitions, rule.timestamp);
    case 'group-offsets':
      return withCommitted(cluster, partitions, new Map(), reset);
    case 'specific-offsets':
      return withCommitted(cluster, partitions, rule.specific, reset);
  }
}

/**
 * Where to end, by `partitionName`; null for `unbounded`. Partitions left out of specific offsets end at the group's
 * offset, without one at their beginning.
 */
export async function stopOffsets(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  rule: OffsetRule<BoundedMode>,
): Promise<Offsets | null> {
  if (rule.mode === 'unbounded') return null;
  if (partitions.length === 0) return new Map();
  switch (rule.mode) {
    case 'latest-offset':
      return atTime(cluster, partitions, LATEST);
    case 'timestamp':
      return atTimestamp(cluster, partitions, rule.timestamp);
    case 'specific-offsets':
      return withCommitted(cluster, partitions, rule.specific, 'earliest');
    case 'group-offsets': {
      const committed = await cluster.committedOffsets(partitions);
      for (const partition of partitions) {
        if (committed.has(partitionName(partition))) continue;
        throw new ConnectorError(
          `Partition ${partitionName(partition)} should stop at committed offset. But there is no committed offset of this partition for group ${cluster.config.groupId}`,
          { retryable: false },
        );
      }
      return committed;
    }
  }
}

function atTime(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  time: number,
): Promise<Map<string, number>> {
  const isolation = cluster.config.readCommitted ? READ_COMMITTED : READ_UNCOMMITTED;
  return cluster.listOffsets(partitions, time, isolation);
}

/** The first record at or behind the time; without one the end of the log, asked for first so that nothing is missed. */
async function atTimestamp(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<Offsets> {
  const ends = await atTime(cluster, partitions, LATEST);
  const found = await atTime(cluster, partitions, timestamp);
  for (const [name, offset] of found) if (offset >= 0) ends.set(name, offset);
  return ends;
}

/** `specific` where given, else the group's offset, else what the reset policy says. */
async function withCommitted(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  specific: ReadonlyMap<number, number>,
  reset: OffsetReset,
): Promise<Offsets> {
  const offsets = new Map<string, number>();
  for (const partition of partitions) {
    const offset = specific.get(partition.partition);
    if (offset !== undefined) offsets.set(partitionName(partition), offset);
  }
  const unspecified = partitions.filter((p) => !offsets.has(partitionName(p)));
  if (unspecified.length === 0) return offsets;
  for (const [name, offset] of await cluster.committedOffsets(unspecified)) offsets.set(name, offset);
  const rest = unspecified.filter((p) => !offsets.has(partitionName(p)));
  if (rest.length === 0) return offsets;
  if (reset === 'none') {
    throw new ConnectorError(
      `Undefined offset with no reset policy for partitions: [${rest.map(partitionName).join(', ')}]`,
      {
        retryable: false,
        hint: `Group '${cluster.config.groupId}' has no committed offset there. Set 'properties.auto.offset.reset' to earliest or latest, or 'scan.startup.mode' to earliest-offset.`,
      },
    );
  }
  for (const [name, offset] of await atTime(cluster, rest, reset === 'earliest' ? EARLIEST : LATEST)) {
    offsets.set(name, offset);
  }
  return offsets;
}
