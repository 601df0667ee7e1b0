import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPRESSION_TYPES, type CompressionType } from '../../../../src/connectors/kafka/codecs/codecs.ts';
import { crc32c } from '../../../../src/connectors/kafka/crc32c.ts';
import * as format from '../../../../src/connectors/kafka/records/batch-format.ts';
import { BatchWriter, type RecordHeader } from '../../../../src/connectors/kafka/records/batch-writer.ts';
import {
  type AbortedTransaction,
  completeBatches,
  RecordChunk,
} from '../../../../src/connectors/kafka/records/record-chunk.ts';
import { writeInt64 } from '../../../../src/connectors/kafka/wire/byte-writer.ts';

interface TestRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: readonly RecordHeader[];
}

interface BatchOptions {
  readonly codec?: CompressionType;
  readonly producer?: number;
  readonly attributes?: number;
}

function batchOf(baseOffset: number, records: readonly TestRecord[], options: BatchOptions = {}): Buffer {
  const writer = new BatchWriter();
  for (const r of records) writer.append(r.key, r.value, r.timestamp, r.headers);
  const { codec = 'none', producer, attributes = 0 } = options;
  const identity = producer === undefined ? null : { id: producer, epoch: 0 };
  const bytes = Buffer.from(writer.finish(codec, identity, 0));
  writeInt64(bytes, baseOffset, 0);
  bytes.writeInt16BE(bytes.readInt16BE(format.ATTRIBUTES) | attributes, format.ATTRIBUTES);
  bytes.writeUInt32BE(crc32c(bytes.subarray(format.ATTRIBUTES)), format.CRC);
  return bytes;
}

const text = (value: string): TestRecord => ({
  key: null,
  value: Buffer.from(value),
  timestamp: 0,
  headers: [],
});

function chunkOf(
  batches: Buffer,
  { from = 0, aborted = null }: { from?: number; aborted?: AbortedTransaction[] | null } = {},
): RecordChunk {
  return new RecordChunk(batches, { partition: 't-0', from, aborted, checkCrc: true });
}

function readRecords(chunk: RecordChunk): (TestRecord & { offset: number })[] {
  const slice = (start: number, length: number) =>
    length < 0 ? null : Buffer.from(chunk.bytes.subarray(start, start + length));
  const records = [];
  while (chunk.next()) {
    const headers: RecordHeader[] = [];
    chunk.headers((key, start, length) => headers.push({ key, value: slice(start, length) }));
    records.push({
      offset: chunk.offset,
      key: slice(chunk.keyStart, chunk.keyLength),
      value: slice(chunk.valueStart, chunk.valueLength),
      timestamp: chunk.timestamp(),
      headers,
    });
  }
  return records;
}

const valuesOf = (chunk: RecordChunk) => readRecords(chunk).map((r) => r.value?.toString());

const buffer = fc.uint8Array({ maxLength: 300 }).map((a) => Buffer.from(a));
const record: fc.Arbitrary<TestRecord> = fc.record({
  key: fc.option(buffer),
  value: fc.option(buffer),
  timestamp: fc.integer({ min: -1, max: 4_102_444_800_000 }),
  headers: fc.array(fc.record({ key: fc.string(), value: fc.option(buffer) }), { maxLength: 3 }),
});

describe('record batches', () => {
  test('what is written is read, in every codec, from any offset on', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.array(record, { minLength: 1, maxLength: 20 }), fc.constantFrom(...COMPRESSION_TYPES)),
          {
            maxLength: 4,
          },
        ),
        fc.integer({ min: 0, max: 2 ** 52 }),
        fc.nat(80),
        (batches, base, skip) => {
          let offset = base;
          const bytes: Buffer[] = [];
          const expected: (TestRecord & { offset: number })[] = [];
          for (const [records, codec] of batches) {
            bytes.push(batchOf(offset, records, { codec }));
            for (const r of records) expected.push({ ...r, offset: offset++ });
          }
          const chunk = chunkOf(Buffer.concat(bytes), { from: base + skip });
          expect(readRecords(chunk)).toEqual(expected.slice(skip));
        },
      ),
    );
  });

  test('sizes are never underestimated', () => {
    fc.assert(
      fc.property(record, (r) => {
        const writer = new BatchWriter();
        const before = writer.size;
        writer.append(r.key, r.value, r.timestamp, r.headers);
        expect(writer.size - before).toBeLessThanOrEqual(BatchWriter.sizeOf(r.key, r.value, r.headers));
      }),
    );
  });

  test('the last batch may be cut off anywhere', () => {
    const [one, two] = [batchOf(5, [text('a'), text('b')]), batchOf(7, [text('c')])];
    const both = Buffer.concat([one, two]);
    for (let cut = 0; cut < both.length; cut++) {
      const complete = completeBatches(both.subarray(0, cut), 5);
      expect(complete).toEqual(
        cut < one.length ? { end: 0, nextOffset: 5 } : { end: one.length, nextOffset: 7 },
      );
    }
    expect(completeBatches(both, 5)).toEqual({ end: both.length, nextOffset: 8 });
  });

  test('a flipped bit is found', () => {
    const batch = batchOf(3, [text('some value')]);
    for (let at = format.ATTRIBUTES; at < batch.length; at += 7) {
      const damaged = Buffer.from(batch);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      expect(() => readRecords(chunkOf(damaged))).toThrow(
        'Kafka partition t-0: the record batch at offset 3 is corrupt: its checksum is',
      );
    }
  });

  test('the old message format is named', () => {
    const batch = batchOf(0, [text('a')]);
    batch[format.MAGIC] = 1;
    expect(() => readRecords(chunkOf(batch))).toThrow('holds messages of format 1 at offset 0');
  });

  test("the broker's time", () => {
    const records = [1000, 2000].map((timestamp) => ({ ...text('x'), timestamp }));
    const chunk = chunkOf(batchOf(0, records, { attributes: format.LOG_APPEND_TIME }));
    expect(readRecords(chunk).map((r) => r.timestamp)).toEqual([2000, 2000]);
    expect(chunk.logAppendTime).toBe(true);
  });
});

describe('transactions', () => {
  const marker = (offset: number, producer: number, commit: boolean) => {
    const key = Buffer.from([0, 0, 0, commit ? 1 : 0]);
    const attributes = format.CONTROL | format.TRANSACTIONAL;
    const control = { key, value: Buffer.alloc(6), timestamp: 0, headers: [] };
    return batchOf(offset, [control], { producer, attributes });
  };
  const part = (offset: number, producer: number, ...values: string[]) =>
    batchOf(offset, values.map(text), { producer, attributes: format.TRANSACTIONAL });
  const log = Buffer.concat([
    part(0, 1, 'a1', 'a2'),
    part(2, 2, 'x1'),
    part(3, 1, 'a3'),
    batchOf(4, [text('plain')]),
    marker(5, 2, false),
    part(6, 2, 'b1'),
    marker(7, 1, true),
    marker(8, 2, true),
    part(9, 1, 'y1', 'y2'),
    marker(11, 1, false),
    part(12, 1, 'c1'),
    marker(13, 1, true),
  ]);
  const aborted = [
    { producerId: 2, firstOffset: 2 },
    { producerId: 1, firstOffset: 9 },
  ];

  test('control records are never given out', () => {
    expect(valuesOf(chunkOf(log))).toEqual(['a1', 'a2', 'x1', 'a3', 'plain', 'b1', 'y1', 'y2', 'c1']);
  });

  test('given-up records are left out when committed ones are asked for', () => {
    expect(valuesOf(chunkOf(log, { aborted }))).toEqual(['a1', 'a2', 'a3', 'plain', 'b1', 'c1']);
  });

  test('a fetch that begins within a given-up transaction', () => {
    const rest = log.subarray(part(0, 1, 'a1', 'a2').length);
    expect(valuesOf(chunkOf(rest, { aborted, from: 2 }))).toEqual(['a3', 'plain', 'b1', 'c1']);
    expect(valuesOf(chunkOf(log, { aborted, from: 10 }))).toEqual(['c1']);
  });
});
