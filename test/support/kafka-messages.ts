// Messages into a real Kafka, in large batches.
import { Producer, stringSerializers } from '@platformatic/kafka';

export interface TestMessage {
  readonly key?: string;
  /** Null: a message without a value. */
  readonly value: string | null;
  readonly partition?: number;
}

/** A broker takes 1 MB a request by default. */
const BATCH_BYTES = 700_000;

/** Produces all messages in order (partition 0 unless said) and waits until the broker has them. */
export async function produce(
  brokers: string,
  topic: string,
  messages: Iterable<string | TestMessage>,
): Promise<void> {
  const producer = new Producer({
    clientId: 'drey-test',
    bootstrapBrokers: [brokers],
    serializers: stringSerializers,
    acks: 1,
  });
  try {
    let batch: { topic: string; key?: string; value: string | null; partition: number }[] = [];
    let bytes = 0;
    const send = async () => {
      // A request of which one partition was refused, as those of a new topic may be, is sent again as a whole: with others in
      // it they would have their messages twice.
      for (const messages of Map.groupBy(batch, (message) => message.partition).values()) {
        // The library's types do not know of null, its writer does.
        await producer.send({ messages: messages as { topic: string; value: string }[] });
      }
      batch = [];
      bytes = 0;
    };
    for (const message of messages) {
      const { key, value, partition = 0 } = typeof message === 'string' ? { value: message } : message;
      batch.push({ topic, value, partition, ...(key === undefined ? {} : { key }) });
      bytes += 30 + Buffer.byteLength(value ?? '') + (key?.length ?? 0);
      if (bytes >= BATCH_BYTES) await send();
    }
    await send();
  } finally {
    await producer.close();
  }
}
