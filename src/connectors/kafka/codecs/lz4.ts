// LZ4's frame format, which Kafka uses since record batches have version 2.
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
import { copyMatch } from './snappy.ts';
import { xxhash32 } from './xxhash32.ts';

const MAGIC = 0x184d2204;
/** Skippable frames: 0x184D2A50 to 0x184D2A5F. */
const SKIPPABLE = 0x184d2a50;
const BLOCK_SIZES = [0, 0, 0, 0, 64 << 10, 256 << 10, 1 << 20, 4 << 20];

export function lz4Decompress(input: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < input.length) {
    const magic = input.readUInt32LE(at);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) at += 8 + input.readUInt32LE(at + 4);
    else if (magic === MAGIC) at = readFrame(input, at, parts);
    else throw new Error(`lz4: no frame begins with ${magic.toString(16)}`);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function readFrame(input: Buffer, start: number, parts: Buffer[]): number {
  const flags = input.readUInt8(start + 4);
  const largest = BLOCK_SIZES[(input.readUInt8(start + 5) >>> 4) & 7] ?? 0;
  if (flags >>> 6 !== 1 || largest === 0) throw new Error('lz4: unknown version or block size');
  if (flags & 1) throw new Error('lz4: dictionaries are not used by Kafka');
  const linked = (flags & 0x20) === 0;
  let at = start + 6 + (flags & 8 ? 8 : 0) + 1;
  const output = new GrowingOutput(largest);
  for (;;) {
    const word = input.readUInt32LE(at);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (at + size > input.length) throw new Error('lz4: a block is longer than its batch');
    const block = input.subarray(at, at + size);
    if (word >>> 31 === 1) output.appendPlain(block);
    else output.appendCompressed(block, linked);
    at += size + (flags & 0x10 ? 4 : 0);
  }
  parts.push(output.take());
  return at + (flags & 4 ? 4 : 0);
}

/** Blocks of a frame may refer to the bytes of the blocks before, so they are decompressed into one buffer. */
class GrowingOutput {
  readonly #largest: number;
  #bytes: Buffer;
  #length = 0;

  constructor(largest: number) {
    this.#largest = largest;
    this.#bytes = Buffer.allocUnsafe(largest);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#length + count, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  appendPlain(block: Buffer): void {
    this.#reserve(block.length);
    block.copy(this.#bytes, this.#length);
    this.#length += block.length;
  }

  appendCompressed(block: Buffer, linked: boolean): void {
    this.#reserve(this.#largest);
    const base = linked ? 0 : this.#length;
    const window = this.#bytes.subarray(base, this.#length + this.#largest);
    this.#length = base + decompressBlock(block, window, this.#length - base);
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Answers the end in `output`. */
function decompressBlock(input: Buffer, output: Buffer, start: number): number {
  let at = 0;
  let out = start;
  while (at < input.length) {
    const token = input[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; ) {
        byte = byteAt(input, at++);
        literals += byte;
      }
    }
    if (at + literals > input.length || out + literals > output.length) {
      throw new Error('lz4: literals are out of range');
    }
    input.copy(output, out, at, at + literals);
    at += literals;
    out += literals;
    if (at === input.length) break;
    const offset = byteAt(input, at) | (byteAt(input, at + 1) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      for (let byte = 255; byte === 255; ) {
        byte = byteAt(input, at++);
        length += byte;
      }
    }
    out = copyMatch(output, out, offset, length, 'lz4');
  }
  return out;
}

function byteAt(input: Buffer, at: number): number {
  const byte = input[at];
  if (byte === undefined) throw new Error('lz4: the input ends early');
  return byte;
}

const BLOCK = 64 << 10;
const HASH_BITS = 14;

/** One frame of independent 64 KiB blocks. */
export function lz4Compress(input: Buffer): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt32LE(MAGIC, 0);
  header[4] = 0x60; // version 1, blocks independent
  header[5] = 0x40; // 64 KiB
  header[6] = (xxhash32(header.subarray(4, 6)) >>> 8) & 255;
  const parts: Buffer[] = [header];
  for (let at = 0; at < input.length; at += BLOCK) {
    const plain = input.subarray(at, at + BLOCK);
    const packed = compressBlock(plain);
    const size = Buffer.alloc(4);
    const smaller = packed.length < plain.length;
    size.writeUInt32LE((smaller ? packed.length : (plain.length | 0x80000000) >>> 0) >>> 0);
    parts.push(size, smaller ? packed : plain);
  }
  parts.push(Buffer.alloc(4));
  return Buffer.concat(parts);
}

/** Greedy matches; the last five bytes are literals and no match begins within the last twelve, as the format demands. */
function compressBlock(input: Buffer): Buffer {
  const output = Buffer.allocUnsafe(input.length + Math.ceil(input.length / 255) + 16);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const lastMatch = input.length - 12;
  const lastByte = input.length - 5;
  let literal = 0;
  let at = 0;
  let out = 0;
  while (at < lastMatch) {
    const word = input.readInt32LE(at);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = at;
    if (candidate < 0 || input.readInt32LE(candidate) !== word) {
      at++;
      continue;
    }
    let end = at + 4;
    while (end < lastByte && input[end] === input[candidate + end - at]) end++;
    out = writeSequence(input, literal, at, at - candidate, end - at, output, out);
    at = end;
    literal = end;
  }
  out = writeSequence(input, literal, input.length, 0, 0, output, out);
  return output.subarray(0, out);
}

/** Literals, then a match; without a match (`offset` 0) at the end of a block. */
function writeSequence(
  input: Buffer,
  start: number,
  end: number,
  offset: number,
  match: number,
  output: Buffer,
  at: number,
): number {
  let out = at;
  const literals = end - start;
  const rest = offset === 0 ? 0 : match - 4;
  output[out++] = (Math.min(literals, 15) << 4) | Math.min(rest, 15);
  if (literals >= 15) out = writeLength(output, out, literals - 15);
  input.copy(output, out, start, end);
  out += literals;
  if (offset === 0) return out;
  output[out++] = offset & 255;
  output[out++] = offset >>> 8;
  if (rest >= 15) out = writeLength(output, out, rest - 15);
  return out;
}

function writeLength(output: Buffer, at: number, length: number): number {
  let out = at;
  let left = length;
  for (; left >= 255; left -= 255) output[out++] = 255;
  output[out++] = left;
  return out;
}
