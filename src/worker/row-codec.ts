// Rows and keys inside frames.
//
//   row  = u8 kind | u16 n | n x cell      kind as RowKind; n: columns of the table, DDL order
//   key  = u16 n | n x cell
//   cell = i32 len | bytes                 len -1: NULL; the bytes of a type: cell-types.ts

import { EncodedText } from '../types/encoded-text.ts';
import { type RawBuffer, raw } from '../types/raw-buffer.ts';
import type { Row, RowBatch } from '../types/row.ts';
import { type CellType, type NestedCell, readValue, valueBytes } from './cell-types.ts';
import { FrameType, HEADER_BYTES, writeHeader } from './frames.ts';

/** Reads the body of a WRITE frame: u32 n | n x row. ENCODED cells stay in `body`. @param ascii the frame says so of its STRING cells */
export function decodeRows(body: Buffer, types: readonly CellType[], ascii: boolean): RowBatch {
  const reader = new CellReader(body, types, ascii);
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
    rows[i] = reader.cells();
  }
  reader.end();
  return { rows, kinds };
}

/** Reads the body of a LOOKUP frame: u32 n | n x key. */
export function decodeKeys(body: Buffer, types: readonly CellType[], ascii: boolean): Row[] {
  const reader = new CellReader(body, types, ascii);
  const keys: Row[] = new Array(reader.count());
  for (let i = 0; i < keys.length; i++) keys[i] = reader.cells();
  reader.end();
  return keys;
}

class CellReader {
  readonly #body: RawBuffer;
  readonly #types: readonly CellType[];
  /** The whole body as text where all cells are ASCII (one decoding for all of them), else null. */
  readonly #text: string | null;
  #at = 0;

  constructor(body: Buffer, types: readonly CellType[], ascii: boolean) {
    this.#body = raw(body);
    this.#types = types;
    this.#text = ascii && types.includes('STRING') ? this.#body.latin1Slice(0, body.length) : null;
  }

  count(): number {
    const count = this.#body.readUInt32LE(0);
    this.#at = 4;
    // The smallest row or key has two bytes: no array is made for a number that cannot be true.
    if (count * 2 > this.#body.length) throw new Error(`${count} rows in ${this.#body.length} bytes.`);
    return count;
  }

  byte(): number {
    return this.#body.readUInt8(this.#at++);
  }

  cells(): Row {
    return this.#fields(this.#types);
  }

  #fields(types: readonly CellType[]): Row {
    const n = this.#body.readUInt16LE(this.#at);
    if (n !== types.length) throw new Error(`Row of ${n} cells for ${types.length} columns.`);
    this.#at += 2;
    const row: unknown[] = new Array(n);
    for (let i = 0; i < n; i++) row[i] = this.#cell(types[i]!);
    return row;
  }

  #cell(type: CellType): unknown {
    const body = this.#body;
    const length = body.readInt32LE(this.#at);
    const at = this.#at + 4;
    if (length < 0) {
      this.#at = at;
      return null;
    }
    if (at + length > body.length) throw new Error(`Cell of ${length} bytes at the frame's end.`);
    this.#at = at + length;
    if (type === 'STRING') {
      return this.#text === null ? body.utf8Slice(at, at + length) : this.#text.substring(at, at + length);
    }
    if (type === 'ENCODED') return new EncodedText(body, at, at + length);
    return typeof type === 'string' ? readValue(type, body, at, length) : this.#nested(type, at, length);
  }

  #nested(type: NestedCell, at: number, length: number): unknown {
    this.#at = at;
    const value = type.kind === 'ROW' ? this.#fields(type.fields) : this.#entries(type, length);
    if (this.#at !== at + length) throw new Error(`${type.kind} of ${length} bytes, read ${this.#at - at}.`);
    return value;
  }

  #entries(type: Exclude<NestedCell, { kind: 'ROW' }>, length: number): unknown {
    const n = this.#body.readUInt32LE(this.#at);
    // An element has at least its length field.
    if (n * 4 > length) throw new Error(`${n} elements in ${length} bytes.`);
    this.#at += 4;
    if (type.kind === 'ARRAY') return Array.from({ length: n }, () => this.#cell(type.element));
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < n; i++) {
      const key = this.#cell(type.key);
      map.set(key, this.#cell(type.value));
    }
    return map;
  }

  end(): void {
    if (this.#at !== this.#body.length)
      throw new Error(`${this.#body.length - this.#at} bytes behind the last row.`);
  }
}

/** Builds a ROWS frame: u32 n | n x (u32 m | m x row). */
export class RowsWriter {
  readonly #types: readonly CellType[];
  #bytes: RawBuffer = raw(Buffer.alloc(0));
  #end = 0;

  constructor(types: readonly CellType[]) {
    this.#types = types;
  }

  /**
   * A frame with answers to request `id`. It is the caller's: nothing of it is used again.
   * @param flags MORE_FLAG where those of other keys follow
   */
  write(channel: number, id: number, answers: readonly (readonly Row[])[], flags = 0): Buffer {
    this.#bytes = raw(Buffer.allocUnsafe(Math.max(1024, HEADER_BYTES + 4 + answers.length * 64)));
    this.#end = HEADER_BYTES;
    this.#u32(answers.length);
    for (const rows of answers) {
      this.#u32(rows.length);
      for (const row of rows) this.#row(row);
    }
    return writeHeader(this.#bytes, this.#end, FrameType.ROWS, channel, id, flags);
  }

  #u32(value: number): void {
    this.#ensure(4);
    this.#end = this.#bytes.writeUInt32LE(value, this.#end);
  }

  #row(row: Row): void {
    this.#ensure(1);
    this.#bytes[this.#end++] = 0;
    this.#fields(row, this.#types);
  }

  #fields(row: Row, types: readonly CellType[]): void {
    this.#ensure(2);
    this.#end = this.#bytes.writeUInt16LE(types.length, this.#end);
    for (let i = 0; i < types.length; i++) this.#cell(row[i], types[i]!);
  }

  #cell(value: unknown, type: CellType): void {
    if (value === null || value === undefined) {
      this.#ensure(4);
      this.#end = this.#bytes.writeInt32LE(-1, this.#end);
    } else if (type === 'STRING' || type === 'ENCODED') {
      const text = String(value);
      this.#ensure(4 + text.length * 3); // UTF-8 takes at most three bytes a UTF-16 unit
      const length = this.#bytes.utf8Write(text, this.#end + 4);
      this.#bytes.writeInt32LE(length, this.#end);
      this.#end += 4 + length;
    } else if (typeof type === 'string') {
      const bytes = valueBytes(type, value);
      this.#ensure(4 + bytes.length);
      this.#end = this.#bytes.writeInt32LE(bytes.length, this.#end);
      this.#end += bytes.copy(this.#bytes, this.#end);
    } else {
      this.#ensure(4);
      const begin = this.#end + 4;
      this.#end = begin;
      this.#nested(value, type);
      this.#bytes.writeInt32LE(this.#end - begin, begin - 4);
    }
  }

  #nested(value: unknown, type: NestedCell): void {
    if (type.kind === 'ROW') {
      this.#fields(value as Row, type.fields);
    } else if (type.kind === 'ARRAY') {
      const elements = value as readonly unknown[];
      this.#u32(elements.length);
      for (const element of elements) this.#cell(element, type.element);
    } else {
      const map = value as ReadonlyMap<unknown, unknown>;
      this.#u32(map.size);
      for (const [key, entry] of map) {
        this.#cell(key, type.key);
        this.#cell(entry, type.value);
      }
    }
  }

  #ensure(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const grown = raw(Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + more)));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }
}
