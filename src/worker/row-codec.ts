// Rows and keys inside frames.
//
//   row  = u8 kind | u16 n | n x cell      kind as RowKind; n: columns of the table, DDL order
//   key  = u16 n | n x cell
//   cell = i32 len | bytes                 the bytes of a type: cell-types.ts; len -1: NULL, -2: the text of the key that was asked
//                                          for (only in answers), -1 and -2 have no bytes

import { isUtf8 } from 'node:buffer';
import { EncodedText } from '../types/encoded-text.ts';
import type { RawBuffer } from '../types/raw-buffer.ts';
import type { Row, RowBatch } from '../types/row.ts';
import { isAscii, ViewedBytes } from '../types/viewed-bytes.ts';
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
  readonly #bytes: ViewedBytes;
  readonly #body: RawBuffer;
  readonly #view: DataView;
  readonly #types: readonly CellType[];
  /** The whole body as text where all cells are ASCII (one decoding for all of them), else null. */
  readonly #text: string | null;
  #at = 0;

  constructor(body: Buffer, types: readonly CellType[], ascii: boolean) {
    this.#bytes = new ViewedBytes(body);
    this.#body = this.#bytes.buffer;
    this.#view = this.#bytes.view;
    this.#types = types;
    this.#text = ascii && types.includes('STRING') ? this.#body.latin1Slice(0, body.length) : null;
  }

  count(): number {
    const count = this.#view.getUint32(0, true);
    this.#at = 4;
    // The smallest row or key has two bytes: no array is made for a number that cannot be true.
    if (count * 2 > this.#body.length) throw new Error(`${count} rows in ${this.#body.length} bytes.`);
    return count;
  }

  byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  cells(): Row {
    return this.#fields(this.#types);
  }

  #fields(types: readonly CellType[]): Row {
    const n = this.#view.getUint16(this.#at, true);
    if (n !== types.length) throw new Error(`Row of ${n} cells for ${types.length} columns.`);
    this.#at += 2;
    const row: unknown[] = new Array(n);
    for (let i = 0; i < n; i++) row[i] = this.#cell(types[i]!);
    return row;
  }

  #cell(type: CellType): unknown {
    const body = this.#body;
    const length = this.#view.getInt32(this.#at, true);
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
    if (type === 'ENCODED') return new EncodedText(this.#bytes, at, at + length);
    return typeof type === 'string' ? readValue(type, body, at, length) : this.#nested(type, at, length);
  }

  #nested(type: NestedCell, at: number, length: number): unknown {
    this.#at = at;
    const value = type.kind === 'ROW' ? this.#fields(type.fields) : this.#entries(type, length);
    if (this.#at !== at + length) throw new Error(`${type.kind} of ${length} bytes, read ${this.#at - at}.`);
    return value;
  }

  #entries(type: Exclude<NestedCell, { kind: 'ROW' }>, length: number): unknown {
    const n = this.#view.getUint32(this.#at, true);
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

/** A cell that is the same as the one of the key. */
const AS_ASKED = -2;
/** A row of short texts, with the number of rows before it. */
const ROW_BYTES = 48;
const MIN_BYTES = 1024;
/** Shorter ASCII texts are written by a loop: a call of Buffer's encoder costs more. */
const SHORT_TEXT = 48;

/** Builds a ROWS frame: u32 n | n x (u32 m | m x row). */
export class RowsWriter {
  readonly #types: readonly CellType[];
  /** By column, its place in a key; -1 for those that keys do not have, or have as something else than text. */
  readonly #keyPlaces: Int8Array;
  #bytes: ViewedBytes = new ViewedBytes(Buffer.alloc(0));
  #view: DataView = this.#bytes.view;
  #end = 0;

  /** @param keys the columns that a key has, in its order */
  constructor(types: readonly CellType[], keys: readonly number[]) {
    this.#types = types;
    this.#keyPlaces = Int8Array.from(types, (type, i) => (type === 'STRING' ? keys.indexOf(i) : -1));
  }

  /**
   * A frame with answers to request `id`. It is the caller's: nothing of it is used again.
   * @param keys what each answer belongs to
   * @param flags MORE_FLAG where those of other keys follow
   */
  write(
    channel: number,
    id: number,
    keys: readonly Row[],
    answers: readonly (readonly Row[])[],
    flags = 0,
  ): Buffer {
    this.#setBytes(Buffer.allocUnsafe(Math.max(MIN_BYTES, HEADER_BYTES + 4 + answers.length * ROW_BYTES)));
    this.#end = HEADER_BYTES;
    this.#u32(answers.length);
    for (let i = 0; i < answers.length; i++) {
      const rows = answers[i]!;
      this.#u32(rows.length);
      for (let j = 0; j < rows.length; j++) this.#row(rows[j]!, keys[i]!);
    }
    return writeHeader(this.#bytes.buffer, this.#end, FrameType.ROWS, channel, id, flags);
  }

  #setBytes(bytes: Buffer): void {
    this.#bytes = new ViewedBytes(bytes);
    this.#view = this.#bytes.view;
  }

  #u32(value: number): void {
    this.#ensure(4);
    this.#view.setUint32(this.#end, value, true);
    this.#end += 4;
  }

  #i32(value: number): void {
    this.#ensure(4);
    this.#view.setInt32(this.#end, value, true);
    this.#end += 4;
  }

  #row(row: Row, key: Row): void {
    const types = this.#types;
    this.#ensure(3);
    this.#view.setUint8(this.#end, 0);
    this.#view.setUint16(this.#end + 1, types.length, true);
    this.#end += 3;
    for (let i = 0; i < types.length; i++) {
      const place = this.#keyPlaces[i]!;
      if (place >= 0 && row[i] === key[place]) this.#i32(AS_ASKED);
      else this.#cell(row[i], types[i]!);
    }
  }

  #cell(value: unknown, type: CellType): void {
    if (value === null || value === undefined) {
      this.#i32(-1);
    } else if (type === 'STRING' || type === 'ENCODED') {
      if (value instanceof EncodedText) this.#encoded(value);
      else this.#text(String(value));
    } else if (typeof type === 'string') {
      const bytes = valueBytes(type, value);
      this.#i32(bytes.length);
      this.#ensure(bytes.length);
      this.#end += bytes.copy(this.#bytes.buffer, this.#end);
    } else {
      this.#i32(0);
      const begin = this.#end;
      this.#nested(value, type);
      this.#view.setInt32(begin - 4, this.#end - begin, true);
    }
  }

  #encoded(text: EncodedText): void {
    const { bytes, start, end, length } = text;
    if (!isAscii(bytes.view, start, end) && !isUtf8(bytes.buffer.subarray(start, end))) {
      this.#text(String(text)); // U+FFFD for what is no UTF-8, as everywhere
      return;
    }
    this.#i32(length);
    this.#ensure(length);
    text.copyTo(this.#bytes.buffer, this.#view, this.#end);
    this.#end += length;
  }

  #text(text: string): void {
    this.#ensure(4 + text.length * 3); // UTF-8 takes at most three bytes a UTF-16 unit
    const at = this.#end + 4;
    const length =
      text.length <= SHORT_TEXT && this.#isWrittenAsAscii(text, at)
        ? text.length
        : this.#bytes.buffer.utf8Write(text, at);
    this.#view.setInt32(this.#end, length, true);
    this.#end = at + length;
  }

  #isWrittenAsAscii(text: string, at: number): boolean {
    const { buffer } = this.#bytes;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      buffer[at + i] = code;
    }
    return true;
  }

  #nested(value: unknown, type: NestedCell): void {
    if (type.kind === 'ROW') {
      this.#ensure(2);
      this.#view.setUint16(this.#end, type.fields.length, true);
      this.#end += 2;
      for (let i = 0; i < type.fields.length; i++) this.#cell((value as Row)[i], type.fields[i]!);
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
    const bytes = this.#bytes.buffer;
    if (this.#end + more <= bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(bytes.length * 2, this.#end + more));
    bytes.copy(grown, 0, 0, this.#end);
    this.#setBytes(grown);
  }
}
