// The JVM's side of the frame protocol, written as plainly as it can be: what the worker is tested against.
import type { Row } from '../../src/types/row.ts';
import type { CellType } from '../../src/worker/cell-types.ts';

export interface Encoded {
  readonly body: Buffer;
  /** All STRING cells are ASCII. */
  readonly ascii: boolean;
}

const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const i32 = (value: number) => Buffer.from(Int32Array.of(value).buffer);

function cell(type: CellType, value: unknown): Buffer[] {
  if (value === null) return [i32(-1)];
  if (type === 'DOUBLE') return [i32(8), Buffer.from(Float64Array.of(value as number).buffer)];
  const bytes = Buffer.from(value as string);
  return [i32(bytes.length), bytes];
}

const cells = (types: readonly CellType[], row: Row) => [
  u16(types.length),
  ...types.flatMap((type, i) => cell(type, row[i])),
];

const isAscii = (rows: readonly Row[]) =>
  rows.every((row) => row.every((c) => typeof c !== 'string' || Buffer.from(c).every((b) => b < 128)));

/** Body of WRITE. */
export function encodeRows(
  types: readonly CellType[],
  rows: readonly Row[],
  kinds: readonly number[],
): Encoded {
  const parts = rows.flatMap((row, i) => [Buffer.from([kinds[i] ?? 0]), ...cells(types, row)]);
  return { body: Buffer.concat([u32(rows.length), ...parts]), ascii: isAscii(rows) };
}

/** Body of LOOKUP. */
export function encodeKeys(types: readonly CellType[], keys: readonly Row[]): Encoded {
  const parts = keys.flatMap((key) => cells(types, key));
  return { body: Buffer.concat([u32(keys.length), ...parts]), ascii: isAscii(keys) };
}

/**
 * Body of ROWS.
 * @param asked the keys that it answers, from the first on; and the columns of their cells
 */
export function decodeAnswers(
  types: readonly CellType[],
  body: Buffer,
  asked: { readonly keys: readonly Row[]; readonly columns: readonly number[] },
): Row[][] {
  let at = 4;
  const read = (type: CellType, column: number, key: Row) => {
    const length = body.readInt32LE(at);
    at += 4;
    if (length === -1) return null;
    if (length === -2) return key[asked.columns.indexOf(column)];
    const value = type === 'DOUBLE' ? body.readDoubleLE(at) : body.toString('utf8', at, at + length);
    at += length;
    return value;
  };
  return Array.from({ length: body.readUInt32LE(0) }, (_, i) => {
    const count = body.readUInt32LE(at);
    at += 4;
    return Array.from({ length: count }, () => {
      at += 3;
      return types.map((type, column) => read(type, column, asked.keys[i]!));
    });
  });
}
