// The record batches of one partition in one fetch response, read record by record where they arrived: no object and no copy
// a record. `next` moves on; the fields then say where key, value and headers stand in `bytes`.
import { ConnectorError } from '../../../types/errors.ts';
import { decompress } from '../codecs/codecs.ts';
import { crc32c } from '../crc32c.ts';
import { readInt64 } from '../wire/byte-writer.ts';
import * as format from './batch-format.ts';

/** A transaction that was given up: records of this producer from this offset on, up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ChunkOptions {
  /** `t-0`, for messages. */
  readonly partition: string;
  /** Only records from here on. */
  readonly from: number;
  /** Null: aborted records are read like others (read_uncommitted). */
  readonly aborted: readonly AbortedTransaction[] | null;
  readonly checkCrc: boolean;
}

/** Where the last whole batch ends, and the offset behind it (`from` when there is no whole batch). */
export function completeBatches(batches: Buffer, from: number): { end: number; nextOffset: number } {
  let end = 0;
  let nextOffset = from;
  while (end + format.BATCH_HEADER <= batches.length) {
    const size = format.BATCH_PREFIX + batches.readInt32BE(end + format.BATCH_LENGTH);
    if (size < format.BATCH_HEADER || end + size > batches.length) break;
    const last = batches.readInt32BE(end + format.LAST_OFFSET_DELTA);
    nextOffset = Math.max(nextOffset, readInt64(batches, end) + last + 1);
    end += size;
  }
  return { end, nextOffset };
}

// Where `varint` reads, and where it has left off: a number that is passed on, instead of a pair a call.
let at = 0;

function varint(bytes: Buffer): number {
  let byte = bytes[at++]!;
  if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
  let value = byte & 127;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return (value >>> 1) ^ -(value & 1);
  }
  throw new RangeError('a varint is longer than five bytes');
}

/** As a double: exact for what offsets and times need. */
function varlong(bytes: Buffer): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at++]!;
    value += (byte & 127) * scale;
    if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    scale *= 128;
  }
  throw new RangeError('a varlong is longer than ten bytes');
}

export class RecordChunk {
  /** Holds the current record: the response, or what has been decompressed. */
  bytes: Buffer;
  offset = -1;
  /** Start of the key; a length of -1 is NULL. */
  keyStart = 0;
  keyLength = -1;
  valueStart = 0;
  valueLength = -1;
  /** Leader epoch of the current batch, -1 where unknown. */
  leaderEpoch = -1;
  /** Whether the broker, not the producer, gave the times of the current batch. */
  logAppendTime = false;
  /** Record batches passed over or read so far, in bytes. */
  readonly size: number;
  readonly #batches: Buffer;
  readonly #options: ChunkOptions;
  readonly #aborting = new Set<number>();
  #nextAborted = 0;
  #batch = 0;
  #left = 0;
  #at = 0;
  #baseOffset = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  #timestampAt = 0;

  /** @param batches whole batches (see `completeBatches`) */
  constructor(batches: Buffer, options: ChunkOptions) {
    this.#batches = batches;
    this.bytes = batches;
    this.size = batches.length;
    this.#options = options;
  }

  /** Moves to the next record; false at the end. @throws ConnectorError when a batch is corrupt */
  next(): boolean {
    const from = this.#options.from;
    for (;;) {
      if (this.#left === 0) {
        if (!this.#nextBatch()) return false;
        continue;
      }
      this.#left--;
      this.#readRecord();
      if (this.offset >= from) return true;
    }
  }

  /** Milliseconds. */
  timestamp(): number {
    if (this.logAppendTime) return this.#maxTimestamp;
    at = this.#timestampAt;
    return this.#baseTimestamp + varlong(this.bytes);
  }

  /** Calls back with each header; a NULL value has a length of -1. */
  headers(each: (key: string, valueStart: number, valueLength: number) => void): void {
    at = this.valueStart + Math.max(this.valueLength, 0);
    const count = varint(this.bytes);
    for (let i = 0; i < count; i++) {
      const keyLength = varint(this.bytes);
      const key = this.bytes.toString('utf8', at, at + keyLength);
      at += keyLength;
      const valueLength = varint(this.bytes);
      const valueStart = at;
      at += Math.max(valueLength, 0);
      const resume = at;
      each(key, valueStart, valueLength);
      at = resume;
    }
  }

  #readRecord(): void {
    const bytes = this.bytes;
    at = this.#at;
    const length = varint(bytes);
    const end = at + length;
    if (length < 0 || end > bytes.length) throw this.#corrupt('a record is longer than its batch');
    at++; // attributes: unused
    this.#timestampAt = at;
    while (bytes[at++]! > 127);
    this.offset = this.#baseOffset + varint(bytes);
    const keyLength = varint(bytes);
    this.keyStart = at;
    this.keyLength = keyLength;
    if (keyLength > 0) at += keyLength;
    const valueLength = varint(bytes);
    this.valueStart = at;
    this.valueLength = valueLength;
    if (at + valueLength > end) throw this.#corrupt('a value is longer than its record');
    this.#at = end;
  }

  /** Opens the next batch that has records for us; control batches and given-up transactions are passed over. */
  #nextBatch(): boolean {
    const batches = this.#batches;
    while (this.#batch < batches.length) {
      const start = this.#batch;
      const end = start + format.BATCH_PREFIX + batches.readInt32BE(start + format.BATCH_LENGTH);
      this.#batch = end;
      this.#baseOffset = readInt64(batches, start);
      const lastOffset = this.#baseOffset + batches.readInt32BE(start + format.LAST_OFFSET_DELTA);
      if (lastOffset < this.#options.from && this.#options.aborted === null) continue;
      this.#check(batches, start, end);
      const attributes = batches.readInt16BE(start + format.ATTRIBUTES);
      if (!this.#isWanted(batches, start, attributes, lastOffset)) continue;
      this.#openBatch(batches, start, end, attributes);
      return true;
    }
    return false;
  }

  #openBatch(batches: Buffer, start: number, end: number, attributes: number): void {
    this.leaderEpoch = batches.readInt32BE(start + format.LEADER_EPOCH);
    this.logAppendTime = (attributes & format.LOG_APPEND_TIME) !== 0;
    this.#baseTimestamp = readInt64(batches, start + format.BASE_TIMESTAMP);
    this.#maxTimestamp = readInt64(batches, start + format.MAX_TIMESTAMP);
    this.#left = batches.readInt32BE(start + format.RECORD_COUNT);
    const codec = attributes & format.CODEC_MASK;
    if (codec === 0) {
      this.bytes = batches;
      this.#at = start + format.BATCH_HEADER;
      return;
    }
    try {
      this.bytes = decompress(codec, batches.subarray(start + format.BATCH_HEADER, end));
    } catch (error) {
      throw this.#corrupt('it cannot be decompressed', error);
    }
    this.#at = 0;
  }

  #check(batches: Buffer, start: number, end: number): void {
    const magic = batches[start + format.MAGIC];
    if (magic !== 2) {
      throw new ConnectorError(
        `Kafka partition ${this.#options.partition} holds messages of format ${magic} at offset ${this.#baseOffset}; only format 2 (written since Kafka 0.11) can be read`,
        { retryable: false },
      );
    }
    if (!this.#options.checkCrc) return;
    const expected = batches.readUInt32BE(start + format.CRC);
    const found = crc32c(batches.subarray(start + format.ATTRIBUTES, end));
    if (found !== expected) throw this.#corrupt(`its checksum is ${found} instead of ${expected}`);
  }

  #isWanted(batches: Buffer, start: number, attributes: number, lastOffset: number): boolean {
    const aborted = this.#options.aborted;
    if (aborted === null) return (attributes & format.CONTROL) === 0;
    for (; this.#nextAborted < aborted.length; this.#nextAborted++) {
      const { producerId, firstOffset } = aborted[this.#nextAborted]!;
      if (firstOffset > lastOffset) break;
      this.#aborting.add(producerId);
    }
    const producerId = readInt64(batches, start + format.PRODUCER_ID);
    if ((attributes & format.CONTROL) !== 0) {
      if (controlType(batches, start + format.BATCH_HEADER) === format.CONTROL_ABORT) {
        this.#aborting.delete(producerId);
      }
      return false;
    }
    return (attributes & format.TRANSACTIONAL) === 0 || !this.#aborting.has(producerId);
  }

  #corrupt(why: string, cause?: unknown): ConnectorError {
    const message = `Kafka partition ${this.#options.partition}: the record batch at offset ${this.#baseOffset} is corrupt: ${why}`;
    return new ConnectorError(message, cause === undefined ? {} : { cause });
  }
}

/** Key of a control record: version (int16), type (int16). */
function controlType(batches: Buffer, record: number): number {
  at = record;
  varint(batches); // length
  at++; // attributes
  varlong(batches); // timestamp
  varint(batches); // offset
  varint(batches); // key length
  return batches.readInt16BE(at + 2);
}
