// What can be read of a file besides its lines.
import { basename } from 'node:path';
import { BIGINT, type LogicalType, STRING, withNullable } from '../../types/logical-type.ts';
import { TimestampData } from '../../types/values.ts';
import type { InputFile } from './files.ts';

interface FileMetadata {
  readonly type: LogicalType;
  read(file: InputFile): unknown;
}

const FILE_METADATA: ReadonlyMap<string, FileMetadata> = new Map<string, FileMetadata>([
  ['file.path', { type: withNullable(STRING, false), read: (f) => f.path }],
  ['file.name', { type: withNullable(STRING, false), read: (f) => basename(f.path) }],
  ['file.size', { type: withNullable(BIGINT, false), read: (f) => BigInt(f.size) }],
  [
    'file.modification-time',
    {
      type: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false },
      read: (f) => new TimestampData(Math.floor(f.modified)),
    },
  ],
]);

export const FILE_METADATA_TYPES: ReadonlyMap<string, LogicalType> = new Map(
  [...FILE_METADATA].map(([key, { type }]) => [key, type]),
);

export function isFileMetadata(key: string): boolean {
  return FILE_METADATA.has(key);
}

export function readFileMetadata(keys: readonly string[], file: InputFile): readonly unknown[] {
  return keys.map((key) => FILE_METADATA.get(key)!.read(file));
}
