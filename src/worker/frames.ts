// Frames between a Flink TaskManager and its worker: docs/flink.md, "Frame protocol". All integers are little endian.
//
//   u32 len      bytes after this field, 12 <= len <= 513 MiB
//   u8  type     u8 flags        u16 reserved (0)
//   u32 channel  0: the connection; else one operator subtask, given by the JVM, never used twice
//   u32 id       request number of the channel, from 1, rising; the reply carries the same; 0: no reply is expected

import { FrameMemory } from './frame-memory.ts';

/** Both ends speak exactly these versions. */
export const MIN_VERSION = 1;
export const MAX_VERSION = 1;

export const FrameType = {
  HELLO: 1,
  OPEN: 2,
  OPENED: 3,
  WRITE: 4,
  ACK: 5,
  LOOKUP: 6,
  ROWS: 7,
  CLOSE: 10,
  ERROR: 12,
  PING: 13,
  PONG: 14,
  DESCRIBE: 15,
  DESCRIBED: 16,
} as const;

/** Flag of WRITE and LOOKUP frames: every STRING cell is pure ASCII. The JVM sees it while it copies; finding out here costs more. */
export const ASCII_FLAG = 1;
/** Flag of ROWS frames: the rows of the request's next keys follow in another frame. */
export const MORE_FLAG = 2;

/** Bytes before the body, the length field included. */
export const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;
export const MIN_LENGTH = HEADER_BYTES - LENGTH_BYTES;
/** A row with the largest value that Redis takes (512 MB) fits. Four characters of text, taken for a length, are more. */
export const MAX_LENGTH = 513 * 1024 * 1024;

/** @param body the receiver's: nobody writes into it any more */
export type OnFrame = (type: number, channel: number, id: number, body: Buffer, flags: number) => void;

/** Puts frames together from chunks that may be cut anywhere. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  readonly #memory: FrameMemory;
  /** A frame (or its length field) that has not arrived as a whole. */
  #partial: Buffer | null = null;
  #filled = 0;

  /** @param memory where frames are put */
  constructor(onFrame: OnFrame, memory: FrameMemory = new FrameMemory()) {
    this.#onFrame = onFrame;
    this.#memory = memory;
  }

  /** @throws Error when a length is out of range: the other side is no TaskManager, or out of step */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#partial === null ? this.#fresh(chunk, at) : this.#resume(chunk, at);
  }

  /** Whether the input may end here. */
  get isBetweenFrames(): boolean {
    return this.#partial === null;
  }

  #fresh(chunk: Buffer, at: number): number {
    if (chunk.length - at < LENGTH_BYTES) return this.#startPartial(chunk, at, LENGTH_BYTES);
    const end = at + LENGTH_BYTES + checkedLength(chunk.readUInt32LE(at));
    if (end > chunk.length) return this.#startPartial(chunk, at, end - at);
    const bytes = this.#memory.take(end - at); // the chunk's memory is used again
    chunk.copy(bytes, 0, at, end);
    this.#emit(bytes, 0, bytes.length);
    return end;
  }

  #startPartial(chunk: Buffer, at: number, size: number): number {
    this.#partial = this.#memory.take(size);
    this.#filled = chunk.copy(this.#partial, 0, at);
    return chunk.length;
  }

  #resume(chunk: Buffer, at: number): number {
    const partial = this.#partial!;
    const copied = chunk.copy(partial, this.#filled, at, at + partial.length - this.#filled);
    this.#filled += copied;
    if (this.#filled < partial.length) return chunk.length;
    if (partial.length === LENGTH_BYTES) {
      this.#partial = this.#memory.take(LENGTH_BYTES + checkedLength(partial.readUInt32LE(0)));
      partial.copy(this.#partial);
    } else {
      this.#partial = null;
      this.#emit(partial, 0, partial.length);
    }
    return at + copied;
  }

  #emit(bytes: Buffer, at: number, end: number): void {
    this.#onFrame(
      bytes[at + 4]!,
      bytes.readUInt32LE(at + 8),
      bytes.readUInt32LE(at + 12),
      bytes.subarray(at + HEADER_BYTES, end),
      bytes[at + 5]!,
    );
  }
}

function checkedLength(length: number): number {
  if (length >= MIN_LENGTH && length <= MAX_LENGTH) return length;
  throw new Error(`Frame of ${length} bytes; ${MIN_LENGTH} to ${MAX_LENGTH} are possible.`);
}

/** One frame, ready to be sent. */
export function frame(type: number, channel: number, id: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  body.copy(bytes, HEADER_BYTES);
  return writeHeader(bytes, bytes.length, type, channel, id);
}

/** Fills the header of a frame whose body is already in place. @param end its length, header included */
export function writeHeader(
  bytes: Buffer,
  end: number,
  type: number,
  channel: number,
  id: number,
  flags = 0,
): Buffer {
  if (end - LENGTH_BYTES > MAX_LENGTH) {
    throw new Error(`Answer of ${end} bytes; a frame takes ${MAX_LENGTH}.`);
  }
  bytes.writeUInt32LE(end - LENGTH_BYTES, 0);
  bytes.writeUInt32LE(type | (flags << 8), 4); // type, flags and reserved bytes at once
  bytes.writeUInt32LE(channel, 8);
  bytes.writeUInt32LE(id, 12);
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}
