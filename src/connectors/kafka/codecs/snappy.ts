// Snappy's block format, alone or in the framing of Java's SnappyOutputStream ("xerial"), which is what Kafka's own clients
// write. https://github.com/google/snappy/blob/main/format_description.txt

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;
const XERIAL_BLOCK = 32 * 1024;

export function snappyDecompress(input: Buffer): Buffer {
  if (!input.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return decompressBlock(input);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER; at < input.length; ) {
    const size = input.readInt32BE(at);
    at += 4;
    if (size < 0 || at + size > input.length) throw new Error('snappy: a block is longer than its batch');
    blocks.push(decompressBlock(input.subarray(at, at + size)));
    at += size;
  }
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
}

/** In the framing that Java clients expect. */
export function snappyCompress(input: Buffer): Buffer {
  const header = Buffer.alloc(XERIAL_HEADER);
  XERIAL_MAGIC.copy(header);
  header.writeInt32BE(1, 8);
  header.writeInt32BE(1, 12);
  const parts: Buffer[] = [header];
  for (let at = 0; at < input.length; at += XERIAL_BLOCK) {
    const block = compressBlock(input.subarray(at, at + XERIAL_BLOCK));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

function decompressBlock(input: Buffer): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = byteAt(input, at++);
    size += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
    if (shift > 28) throw new Error('snappy: the length is no varint');
  }
  // 64 bytes out of 3 is the most that a copy gives.
  if (size > input.length * 32) throw new Error(`snappy: ${size} bytes out of ${input.length} cannot be`);
  const output = Buffer.allocUnsafe(size);
  let out = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let length = tag >>> 2;
      if (length >= 60) {
        const bytes = length - 59;
        if (at + bytes > input.length) throw new Error('snappy: a literal ends early');
        length = input.readUIntLE(at, bytes);
        at += bytes;
      }
      length++;
      if (at + length > input.length || out + length > size) throw new Error('snappy: a literal is too long');
      input.copy(output, out, at, at + length);
      at += length;
      out += length;
      continue;
    }
    let length: number;
    let offset: number;
    if ((tag & 3) === 1) {
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | byteAt(input, at++);
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      if (at + bytes > input.length) throw new Error('snappy: a copy ends early');
      length = (tag >>> 2) + 1;
      offset = input.readUIntLE(at, bytes);
      at += bytes;
    }
    out = copyMatch(output, out, offset, length, 'snappy');
  }
  if (out !== size) throw new Error(`snappy: ${out} bytes instead of ${size}`);
  return output;
}

/** Repeats `length` bytes that stand `offset` before `out`; they may overlap what is written. Answers the new end. */
export function copyMatch(
  output: Buffer,
  out: number,
  offset: number,
  length: number,
  codec: string,
): number {
  const end = out + length;
  if (offset === 0 || offset > out || end > output.length)
    throw new Error(`${codec}: a copy is out of range`);
  if (offset >= length && length > 16) {
    output.copyWithin(out, out - offset, out - offset + length);
    return end;
  }
  for (let to = out, from = out - offset; to < end; to++, from++) output[to] = output[from]!;
  return end;
}

function byteAt(input: Buffer, at: number): number {
  const byte = input[at];
  if (byte === undefined) throw new Error('snappy: the input ends early');
  return byte;
}

const HASH_BITS = 14;

/** Greedy matches of four bytes or more, found through a hash table; blocks are at most 32 KiB, so offsets fit two bytes. */
function compressBlock(input: Buffer): Buffer {
  const output = Buffer.allocUnsafe(32 + input.length + Math.ceil(input.length / 6));
  let out = 0;
  for (let rest = input.length; ; rest >>>= 7) {
    output[out++] = rest >= 128 ? (rest & 127) | 128 : rest;
    if (rest < 128) break;
  }
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  let literal = 0;
  let at = 0;
  while (at + 4 <= input.length) {
    const word = input.readInt32LE(at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = at;
    if (candidate < 0 || input.readInt32LE(candidate) !== word) {
      at++;
      continue;
    }
    let end = at + 4;
    while (end < input.length && input[end] === input[candidate + end - at]) end++;
    out = writeLiteral(input, literal, at, output, out);
    out = writeCopies(output, out, at - candidate, end - at);
    at = end;
    literal = end;
  }
  out = writeLiteral(input, literal, input.length, output, out);
  return output.subarray(0, out);
}

function writeLiteral(input: Buffer, start: number, end: number, output: Buffer, at: number): number {
  const length = end - start;
  if (length === 0) return at;
  let out = at;
  const n = length - 1;
  if (n < 60) {
    output[out++] = n << 2;
  } else if (n < 256) {
    output[out++] = 60 << 2;
    output[out++] = n;
  } else {
    output[out++] = 61 << 2;
    output[out++] = n & 255;
    output[out++] = n >>> 8;
  }
  input.copy(output, out, start, end);
  return out + length;
}

function writeCopies(output: Buffer, at: number, offset: number, length: number): number {
  let out = at;
  for (let left = length; left > 0; ) {
    const part = Math.min(left, 64);
    output[out++] = ((part - 1) << 2) | 2;
    output[out++] = offset & 255;
    output[out++] = offset >>> 8;
    left -= part;
  }
  return out;
}
