// Builds one record batch: records are appended to a growing buffer behind room for the header.
import { COMPRESSION_TYPES, type CompressionType, compress } from '../codecs/codecs.ts';
import { crc32c } from '../crc32c.ts';
import { writeInt64 } from '../wire/byte-writer.ts';
import * as format from './batch-format.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Who writes, for batches that the broker writes only once; null: unknown to it. */
export interface ProducerIdentity {
  readonly id: number;
  readonly epoch: number;
}

const FIRST_CAPACITY = 4096;
/** More than a record's lengths, times and offsets can take. */
const OVERHEAD = 48;

export class BatchWriter {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = format.BATCH_HEADER;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes so far, header included, before compression. */
  get size(): number {
    return this.#length;
  }

  /** At least what the record would add. */
  static sizeOf(
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] | null,
  ): number {
    let size = OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
    for (const header of headers ?? []) size += 10 + header.key.length * 3 + (header.value?.length ?? 0);
    return size;
  }

  /** @param timestamp milliseconds */
  append(
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number,
    headers: readonly RecordHeader[] | null,
  ): void {
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    this.#maxTimestamp = this.#count === 0 ? timestamp : Math.max(this.#maxTimestamp, timestamp);
    const delta = timestamp - this.#baseTimestamp;
    const body = bodySize(delta, this.#count, key, value, headers);
    this.#reserve(body + 5);
    const bytes = this.#bytes;
    let at = writeVarint(bytes, this.#length, body);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, delta);
    at = writeVarint(bytes, at, this.#count);
    at = writeNullable(bytes, at, key);
    at = writeNullable(bytes, at, value);
    at = writeVarint(bytes, at, headers?.length ?? 0);
    for (const header of headers ?? []) {
      const size = Buffer.byteLength(header.key);
      at = writeVarint(bytes, at, size);
      at += bytes.write(header.key, at, 'utf8');
      at = writeNullable(bytes, at, header.value);
    }
    this.#length = at;
    this.#count++;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  /** The finished batch. @param sequence of the first record, -1 without a producer identity */
  finish(compression: CompressionType, producer: ProducerIdentity | null, sequence: number): Buffer {
    const batch = this.#compressed(compression);
    const packed = batch !== null;
    const bytes = batch ?? this.#bytes.subarray(0, this.#length);
    writeInt64(bytes, 0, format.BASE_OFFSET);
    bytes.writeInt32BE(bytes.length - format.BATCH_PREFIX, format.BATCH_LENGTH);
    bytes.writeInt32BE(-1, format.LEADER_EPOCH);
    bytes[format.MAGIC] = 2;
    bytes.writeInt16BE(packed ? COMPRESSION_TYPES.indexOf(compression) : 0, format.ATTRIBUTES);
    bytes.writeInt32BE(this.#count - 1, format.LAST_OFFSET_DELTA);
    writeInt64(bytes, this.#baseTimestamp, format.BASE_TIMESTAMP);
    writeInt64(bytes, this.#maxTimestamp, format.MAX_TIMESTAMP);
    writeInt64(bytes, producer?.id ?? -1, format.PRODUCER_ID);
    bytes.writeInt16BE(producer?.epoch ?? -1, format.PRODUCER_EPOCH);
    bytes.writeInt32BE(producer === null ? -1 : sequence, format.BASE_SEQUENCE);
    bytes.writeInt32BE(this.#count, format.RECORD_COUNT);
    bytes.writeUInt32BE(crc32c(bytes.subarray(format.ATTRIBUTES)), format.CRC);
    return bytes;
  }

  #compressed(compression: CompressionType): Buffer | null {
    if (compression === 'none') return null;
    const packed = compress(compression, this.#bytes.subarray(format.BATCH_HEADER, this.#length));
    const batch = Buffer.allocUnsafe(format.BATCH_HEADER + packed.length);
    packed.copy(batch, format.BATCH_HEADER);
    return batch;
  }
}

function bodySize(
  delta: number,
  index: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly RecordHeader[] | null,
): number {
  let size = 1 + varlongSize(delta) + varintSize(index) + nullableSize(key) + nullableSize(value);
  size += varintSize(headers?.length ?? 0);
  for (const header of headers ?? []) {
    const keySize = Buffer.byteLength(header.key);
    size += varintSize(keySize) + keySize + nullableSize(header.value);
  }
  return size;
}

function nullableSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x200000 ? 3 : zigzag < 0x10000000 ? 4 : 5;
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; zigzag >= 0x80; zigzag >>>= 7) bytes[at++] = (zigzag & 127) | 128;
  bytes[at++] = zigzag;
  return at;
}

function zigzagLong(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function varlongSize(value: number): number {
  let size = 1;
  for (let zigzag = zigzagLong(value); zigzag >= 128; zigzag = Math.floor(zigzag / 128)) size++;
  return size;
}

function writeVarlong(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let zigzag = zigzagLong(value);
  for (; zigzag >= 128; zigzag = Math.floor(zigzag / 128)) bytes[at++] = (zigzag % 128) | 128;
  bytes[at++] = zigzag;
  return at;
}

function writeNullable(bytes: Buffer, start: number, value: Uint8Array | null): number {
  if (value === null) return writeVarint(bytes, start, -1);
  const at = writeVarint(bytes, start, value.length);
  bytes.set(value, at);
  return at + value.length;
}
