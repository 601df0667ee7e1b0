// Which topics there are, how many partitions they have, and which broker leads each (Metadata v7).
import { METADATA } from './apis.ts';
import type { BrokerAddress, BrokerConnection } from './broker-connection.ts';
import type { ByteReader } from './byte-reader.ts';

export interface PartitionInfo {
  readonly partition: number;
  /** Node id, or -1 while there is none. */
  readonly leader: number;
}

export interface TopicInfo {
  readonly topic: string;
  /** 0, or why the topic cannot be used. */
  readonly errorCode: number;
  readonly internal: boolean;
  /** Ascending by partition. */
  readonly partitions: readonly PartitionInfo[];
}

export interface ClusterInfo {
  /** By node id. */
  readonly brokers: ReadonlyMap<number, BrokerAddress>;
  readonly topics: ReadonlyMap<string, TopicInfo>;
}

/** @param topics null: all */
export function fetchMetadata(
  connection: BrokerConnection,
  topics: readonly string[] | null,
  autoCreate: boolean,
): Promise<ClusterInfo> {
  return connection.request(METADATA, {
    write(writer) {
      if (topics === null) writer.int32(-1);
      else writer.array(topics, (w, topic) => w.string(topic));
      writer.boolean(autoCreate);
    },
    read(reader) {
      reader.int32(); // throttle
      const brokers = new Map<number, BrokerAddress>();
      reader.array((r) => {
        brokers.set(r.int32(), { host: r.string(), port: r.int32() });
        r.nullableString(); // rack
      });
      reader.nullableString(); // cluster id
      reader.int32(); // controller
      const found = reader.array(readTopic);
      return { brokers, topics: new Map(found.map((t) => [t.topic, t])) };
    },
  });
}

function readTopic(reader: ByteReader): TopicInfo {
  const errorCode = reader.int16();
  const topic = reader.string();
  const internal = reader.boolean();
  const partitions = reader.array((r) => {
    r.int16(); // without a leader: LEADER_NOT_AVAILABLE
    const info = { partition: r.int32(), leader: r.int32() };
    r.int32(); // leader epoch
    for (let lists = 0; lists < 3; lists++) r.array((item) => item.int32()); // replicas, in sync, offline
    return info;
  });
  partitions.sort((a, b) => a.partition - b.partition);
  return { topic, errorCode, internal, partitions };
}
