// Rows and keys inside frames.
//
//   row  = u8 kind | u16 n | n x cell      kind as RowKind; n: columns of the table, DDL order
//   key  = u16 n | n x cell
//   cell = i32 len | bytes                 the bytes of a type: cell-types.ts; len -1: NULL, -2: the text of the key that was asked
//                                          for (only in answers), -1 and -2 have no bytes
import { EncodedText } from '../types/encoded-text.ts';
import type { Row, RowBatch } from '../types/row.ts';
import { CellReader } from './cell-reader.ts';
import type { CellType } from './cell-types.ts';

/** A row that is used again. */
interface Reused {
  readonly cells: unknown[];
  /** By column: what an ENCODED cell is, unless it is NULL. */
  readonly texts: readonly EncodedText[];
}

/** Rows that are used again; those of larger frames are made anew. */
const KEPT_ROWS = 4096;
/** A larger frame, and the values in it, are not kept until the next one comes. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Reads WRITE frames: u32 n | n x row. ENCODED cells stay in the body. Rows and their texts are the same for each frame: a row and
 * two texts made anew were a tenth of what a row costs.
 */
export class RowsReader {
  readonly #types: readonly CellType[];
  readonly #reader: CellReader;
  readonly #kept: Reused[] = [];

  constructor(types: readonly CellType[]) {
    this.#types = types;
    this.#reader = new CellReader(types);
  }

  /** @returns rows that are good until the next call @param ascii the frame says so of its STRING cells */
  read(body: Buffer, ascii: boolean): RowBatch {
    const reader = body.length <= KEPT_BYTES ? this : new RowsReader(this.#types);
    return reader.#read(body, ascii);
  }

  #read(body: Buffer, ascii: boolean): RowBatch {
    const reader = this.#reader;
    reader.begin(body, ascii);
    const count = reader.count();
    const rows: Row[] = new Array(count);
    let kinds: Uint8Array | null = null;
    for (let i = 0; i < count; i++) {
      const kind = reader.byte();
      if (kind !== 0) {
        if (kind > 3) throw new Error(`Row kind ${kind}; 0 to 3 are possible.`);
        kinds ??= new Uint8Array(count);
        kinds[i] = kind;
      }
      const { cells, texts } = this.#row(i);
      reader.cellsInto(cells, texts);
      rows[i] = cells;
    }
    reader.end();
    return { rows, kinds };
  }

  #row(i: number): Reused {
    if (i < this.#kept.length) return this.#kept[i]!;
    const row = {
      cells: this.#types.map(() => null),
      texts: this.#types.map(() => new EncodedText(this.#reader.bytes, 0, 0)),
    };
    if (i < KEPT_ROWS) this.#kept.push(row);
    return row;
  }
}

/** Reads the body of a LOOKUP frame: u32 n | n x key. */
export function decodeKeys(body: Buffer, types: readonly CellType[], ascii: boolean): Row[] {
  const reader = new CellReader(types);
  reader.begin(body, ascii);
  const keys: Row[] = new Array(reader.count());
  for (let i = 0; i < keys.length; i++) keys[i] = reader.cells();
  reader.end();
  return keys;
}
