// Writing record batches (Produce v7) and being known to the brokers for it (InitProducerId).
import type { ProducerIdentity } from '../records/batch-writer.ts';
import { INIT_PRODUCER_ID, PRODUCE } from './apis.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { throwIfError } from './broker-errors.ts';
import type { ByteWriter } from './byte-writer.ts';
import { groupByTopic, type TopicPartition } from './offsets.ts';

export interface ProducedBatch extends TopicPartition {
  readonly bytes: Buffer;
}

export interface ProduceResult extends TopicPartition {
  readonly errorCode: number;
}

/** @param acks with 0 there is no answer: an empty list */
export async function produce(
  leader: BrokerConnection,
  batches: readonly ProducedBatch[],
  acks: -1 | 0 | 1,
  timeoutMs: number,
): Promise<ProduceResult[]> {
  const write = (writer: ByteWriter) => {
    writer.nullableString(null).int16(acks).int32(timeoutMs);
    writer.array(groupByTopic(batches), (w, [topic, items]) => {
      w.string(topic).array(items, (p, { partition, bytes }) => p.int32(partition).bytes(bytes));
    });
  };
  if (acks === 0) {
    await leader.sendOnly(PRODUCE, { write });
    return [];
  }
  return leader.request(PRODUCE, {
    write,
    read: (reader) =>
      reader
        .array((r) => {
          const topic = r.string();
          return r.array((p) => {
            const result = { topic, partition: p.int32(), errorCode: p.int16() };
            p.int64(); // base offset
            p.int64(); // log append time
            p.int64(); // log start
            return result;
          });
        })
        .flat(),
  });
}

/** An identity with which retries are recognised. @throws BrokerError */
export function initProducerId(connection: BrokerConnection): Promise<ProducerIdentity> {
  return connection.request(INIT_PRODUCER_ID, {
    write: (writer) => writer.nullableString(null).int32(60_000),
    read(reader) {
      reader.int32(); // throttle
      throwIfError(reader.int16(), 'Asking for a producer id');
      return { id: reader.int64(), epoch: reader.int16() };
    },
  });
}
