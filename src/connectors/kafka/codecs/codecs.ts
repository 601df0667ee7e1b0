// The five compression types of record batches; the number is what a batch's attributes hold.
import process from 'node:process';
import { lz4Compress, lz4Decompress } from './lz4.ts';
import { snappyCompress, snappyDecompress } from './snappy.ts';

/** Loaded with the first batch that needs it: most topics need none of it, and a job is to start fast. */
const zlib = () => process.getBuiltinModule('node:zlib');

export const COMPRESSION_TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionType = (typeof COMPRESSION_TYPES)[number];

export function compress(type: CompressionType, bytes: Buffer): Buffer {
  switch (type) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib().gzipSync(bytes);
    case 'snappy':
      return snappyCompress(bytes);
    case 'lz4':
      return lz4Compress(bytes);
    case 'zstd':
      return zlib().zstdCompressSync(bytes);
  }
}

/** @param code as in a batch's attributes. @throws Error when the bytes are not what they should be */
export function decompress(code: number, bytes: Buffer): Buffer {
  switch (COMPRESSION_TYPES[code]) {
    case 'none':
      return bytes;
    case 'gzip':
      return zlib().gunzipSync(bytes);
    case 'snappy':
      return snappyDecompress(bytes);
    case 'lz4':
      return lz4Decompress(bytes);
    case 'zstd':
      return zlib().zstdDecompressSync(bytes);
    default:
      throw new Error(`unknown compression type ${code}`);
  }
}
