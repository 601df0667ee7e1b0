// Which partition a message goes to (`sink.partitioner`).
import { murmur2 } from '../murmur2.ts';

export interface Partitioner {
  /** @param count of the topic's partitions, at least 1 */
  partition(topic: string, key: Uint8Array | null, count: number): number;
  /** A batch of `topic` has been closed: messages without a key may go elsewhere now. */
  onBatchClosed(topic: string): void;
}

export const PARTITIONERS = ['default', 'fixed', 'round-robin'] as const;
export type PartitionerName = (typeof PARTITIONERS)[number];

/** @param task number of the writer */
export function createPartitioner(name: PartitionerName, task: number): Partitioner {
  switch (name) {
    case 'default':
    // Flink's "round-robin" is the client's own choice for messages without a key: a partition for a batch, then the next.
    case 'round-robin':
      return new KeyPartitioner();
    case 'fixed':
      // FlinkFixedPartitioner
      return { partition: (_topic, _key, count) => task % count, onBatchClosed: () => {} };
  }
}

/** Java's default: the key's hash; without a key all into one partition until its batch is full. */
class KeyPartitioner implements Partitioner {
  readonly #sticky = new Map<string, number>();

  partition(topic: string, key: Uint8Array | null, count: number): number {
    if (key !== null) return (murmur2(key) & 0x7fffffff) % count;
    let chosen = this.#sticky.get(topic);
    if (chosen === undefined) {
      chosen = Math.floor(Math.random() * count);
      this.#sticky.set(topic, chosen);
    }
    return chosen % count;
  }

  onBatchClosed(topic: string): void {
    const chosen = this.#sticky.get(topic);
    if (chosen !== undefined) this.#sticky.set(topic, chosen + 1);
  }
}
