// Reads Kafka's primitive types (big endian) from a response. Reading past the end throws: the response is not what the
// request's version promises.
import { readInt64 } from './byte-writer.ts';

export class ByteReader {
  readonly bytes: Buffer;
  position: number;

  constructor(bytes: Buffer, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  #skip(count: number): number {
    const at = this.position;
    if (at + count > this.bytes.length) {
      throw new RangeError(`A Kafka response ends at byte ${this.bytes.length}, within a field at ${at}`);
    }
    this.position = at + count;
    return at;
  }

  int8(): number {
    return this.bytes.readInt8(this.#skip(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#skip(4));
  }

  int64(): number {
    return readInt64(this.bytes, this.#skip(8));
  }

  nullableString(): string | null {
    const size = this.int16();
    if (size < 0) return null;
    const at = this.#skip(size);
    return this.bytes.toString('utf8', at, at + size);
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  /** A view, not a copy; null when absent. */
  nullableBytes(): Buffer | null {
    const size = this.int32();
    if (size < 0) return null;
    const at = this.#skip(size);
    return this.bytes.subarray(at, at + size);
  }

  array<T>(read: (reader: this) => T): T[] {
    const count = this.int32();
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(this));
    return items;
  }
}
