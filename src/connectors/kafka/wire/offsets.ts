// Offsets of partitions: of their log (ListOffsets v4) and of a group (OffsetFetch v5, OffsetCommit v6).
import { FIND_COORDINATOR, LIST_OFFSETS, OFFSET_COMMIT, OFFSET_FETCH } from './apis.ts';
import type { BrokerAddress, BrokerConnection } from './broker-connection.ts';
import { throwIfError } from './broker-errors.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** What ListOffsets takes instead of a time. */
export const LATEST = -1;
export const EARLIEST = -2;

export const READ_UNCOMMITTED = 0;
export const READ_COMMITTED = 1;
export type IsolationLevel = typeof READ_UNCOMMITTED | typeof READ_COMMITTED;

/** `t-0`, as Kafka's own tools print it. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

export function groupByTopic<T extends TopicPartition>(items: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const list = topics.get(item.topic);
    if (list === undefined) topics.set(item.topic, [item]);
    else list.push(item);
  }
  return [...topics];
}

export interface ListedOffset extends TopicPartition {
  readonly errorCode: number;
  /** -1: no record at or behind the time that was asked for. */
  readonly offset: number;
}

/** Asks the leader of `partitions`. @param time milliseconds, LATEST or EARLIEST */
export function listOffsets(
  leader: BrokerConnection,
  partitions: readonly TopicPartition[],
  time: number,
  isolation: IsolationLevel,
): Promise<ListedOffset[]> {
  return leader.request(LIST_OFFSETS, {
    write(writer) {
      writer.int32(-1).int8(isolation);
      writer.array(groupByTopic(partitions), (w, [topic, items]) => {
        w.string(topic).array(items, (p, { partition }) => {
          p.int32(partition).int32(-1).int64(time);
        });
      });
    },
    read(reader) {
      reader.int32(); // throttle
      return reader
        .array((r) => {
          const topic = r.string();
          return r.array((p) => {
            const partition = p.int32();
            const errorCode = p.int16();
            p.int64(); // time of the record
            const offset = p.int64();
            p.int32(); // leader epoch
            return { topic, partition, errorCode, offset };
          });
        })
        .flat();
    },
  });
}

/** @throws BrokerError while there is no coordinator */
export function findCoordinator(
  connection: BrokerConnection,
  group: string,
): Promise<{ readonly node: number } & BrokerAddress> {
  return connection.request(FIND_COORDINATOR, {
    write: (writer) => writer.string(group).int8(0),
    read(reader) {
      reader.int32(); // throttle
      throwIfError(
        reader.int16(),
        `Finding the coordinator of group '${group}'`,
        reader.nullableString() ?? null,
      );
      return { node: reader.int32(), host: reader.string(), port: reader.int32() };
    },
  });
}

/** The group's committed offsets; partitions without one are left out. */
export function fetchCommittedOffsets(
  coordinator: BrokerConnection,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<PartitionOffset[]> {
  const doing = `Reading the committed offsets of group '${group}'`;
  return coordinator.request(OFFSET_FETCH, {
    write(writer) {
      writer.string(group).array(groupByTopic(partitions), (w, [topic, items]) => {
        w.string(topic).array(items, (p, { partition }) => p.int32(partition));
      });
    },
    read(reader) {
      reader.int32(); // throttle
      const found = reader
        .array((r) => {
          const topic = r.string();
          return r.array((p) => {
            const item = { topic, partition: p.int32(), offset: p.int64() };
            p.int32(); // leader epoch
            p.nullableString(); // metadata
            throwIfError(p.int16(), doing);
            return item;
          });
        })
        .flat();
      throwIfError(reader.int16(), doing);
      return found.filter((item) => item.offset >= 0);
    },
  });
}

/** Commits outside of group membership (generation -1), as a consumer with assigned partitions does. */
export function commitOffsets(
  coordinator: BrokerConnection,
  group: string,
  offsets: readonly PartitionOffset[],
): Promise<void> {
  return coordinator.request(OFFSET_COMMIT, {
    write(writer) {
      writer.string(group).int32(-1).string('');
      writer.array(groupByTopic(offsets), (w, [topic, items]) => {
        w.string(topic).array(items, (p, { partition, offset }) => {
          p.int32(partition).int64(offset).int32(-1).nullableString('');
        });
      });
    },
    read(reader) {
      reader.int32(); // throttle
      reader.array((r) => {
        const topic = r.string();
        r.array((p) => {
          const partition = p.int32();
          throwIfError(
            p.int16(),
            `Committing the offset of ${partitionName({ topic, partition })} for group '${group}'`,
          );
        });
      });
    },
  });
}
