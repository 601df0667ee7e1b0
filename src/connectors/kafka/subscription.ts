// Which partitions a table reads: those of its topics, or of the topics that match its pattern.
import { ConnectorError } from '../../types/errors.ts';
import { javaHash } from '../../types/text/java-hash.ts';
import type { KafkaCluster } from './cluster.ts';
import type { Subscription } from './source.ts';
import { BrokerError, remedyOf, UNKNOWN_TOPIC_OR_PARTITION } from './wire/broker-errors.ts';
import type { ClusterInfo, TopicInfo } from './wire/metadata.ts';
import type { TopicPartition } from './wire/offsets.ts';

export function isSubscribed(subscription: Subscription, topic: string): boolean {
  return 'topics' in subscription ? subscription.topics.includes(topic) : subscription.pattern.test(topic);
}

/**
 * Which of `readers` readers has a partition: those of a topic one after the other, beginning at a place that its name
 * decides (org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumerator).
 */
export function ownerOf({ topic, partition }: TopicPartition, readers: number): number {
  const first = ((javaHash(topic) * 31) & 0x7fffffff) % readers;
  return (first + partition) % readers;
}

/**
 * @param first the first contact, which may wait for brokers; later calls fail at once
 * @throws ConnectorError when a topic does not exist or may not be read
 */
export async function discoverPartitions(
  cluster: KafkaCluster,
  subscription: Subscription,
  first: boolean,
): Promise<TopicPartition[]> {
  const names = 'topics' in subscription ? subscription.topics : null;
  const info = first ? await cluster.connect(names) : await cluster.refresh(names);
  const topics =
    'topics' in subscription ? requested(info, subscription.topics) : matching(info, subscription.pattern);
  return topics.flatMap(({ topic, partitions }) => partitions.map(({ partition }) => ({ topic, partition })));
}

function requested(info: ClusterInfo, names: readonly string[]): TopicInfo[] {
  return names.map((name) => {
    const found = info.topics.get(name);
    const code = found === undefined ? UNKNOWN_TOPIC_OR_PARTITION : found.errorCode;
    if (found !== undefined && code === 0) return found;
    const missing = code === UNKNOWN_TOPIC_OR_PARTITION;
    throw new ConnectorError(`Failed to get metadata for topics [${names.join(', ')}].`, {
      cause: new BrokerError(code, `Kafka topic '${name}'`),
      retryable: remedyOf(code) !== 'fail',
      ...(missing ? { hint: `Create topic '${name}', or correct its name in the option 'topic'.` } : {}),
    });
  });
}

/** Topics that cannot be read just now are met again at the next discovery. */
function matching(info: ClusterInfo, pattern: RegExp): TopicInfo[] {
  return [...info.topics.values()]
    .filter((t) => !t.internal && t.errorCode === 0 && pattern.test(t.topic))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
