// Fetch v10/v11: the record batches come back as slices of the response.
import type { AbortedTransaction } from '../records/record-chunk.ts';
import { FETCH } from '../wire/apis.ts';
import type { BrokerConnection } from '../wire/broker-connection.ts';
import { throwIfError } from '../wire/broker-errors.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { groupByTopic, type IsolationLevel, type PartitionOffset } from '../wire/offsets.ts';

export interface FetchLimits {
  /** How long a broker without news waits before it answers. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Of a response. */
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  readonly isolation: IsolationLevel;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one possibly cut off. */
  readonly records: Buffer | null;
}

export function fetchRecords(
  leader: BrokerConnection,
  partitions: readonly PartitionOffset[],
  limits: FetchLimits,
): Promise<FetchedPartition[]> {
  return leader.request(
    FETCH,
    {
      write(writer, version) {
        writer.int32(-1).int32(limits.maxWaitMs).int32(limits.minBytes).int32(limits.maxBytes);
        writer.int8(limits.isolation);
        writer.int32(0).int32(-1); // no fetch session
        writer.array(groupByTopic(partitions), (w, [topic, items]) => {
          w.string(topic).array(items, (p, { partition, offset }) => {
            p.int32(partition).int32(-1).int64(offset).int64(-1).int32(limits.maxBytesPerPartition);
          });
        });
        writer.int32(0); // nothing forgotten
        if (version >= 11) writer.string(''); // no rack
      },
      read(reader, version) {
        reader.int32(); // throttle
        throwIfError(reader.int16(), 'Fetching records');
        reader.int32(); // session
        return reader
          .array((r) => {
            const topic = r.string();
            return r.array((p) => readPartition(p, topic, version));
          })
          .flat();
      },
    },
    limits.maxWaitMs,
  );
}

function readPartition(reader: ByteReader, topic: string, version: number): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  reader.int64(); // log start
  const aborted = reader.array((r) => ({ producerId: r.int64(), firstOffset: r.int64() }));
  if (version >= 11) reader.int32(); // preferred replica
  const records = reader.nullableBytes();
  aborted.sort((a, b) => a.firstOffset - b.firstOffset);
  return { topic, partition, errorCode, highWatermark, lastStableOffset, aborted, records };
}
