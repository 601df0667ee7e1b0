// Reads the cells of rows and keys, front to back.
import { EncodedText } from '../types/encoded-text.ts';
import type { RawBuffer } from '../types/raw-buffer.ts';
import type { Row } from '../types/row.ts';
import { ViewedBytes } from '../types/viewed-bytes.ts';
import { type CellType, type NestedCell, readValue } from './cell-types.ts';

export class CellReader {
  readonly bytes = new ViewedBytes(Buffer.alloc(0));
  #body: RawBuffer = this.bytes.buffer;
  #view: DataView = this.bytes.view;
  readonly #types: readonly CellType[];
  readonly #hasStrings: boolean;
  /** The whole body as text where all cells are ASCII (one decoding for all of them), else null. */
  #text: string | null = null;
  #at = 0;

  constructor(types: readonly CellType[]) {
    this.#types = types;
    this.#hasStrings = types.includes('STRING');
  }

  begin(body: Buffer, ascii: boolean): void {
    this.bytes.show(body);
    this.#body = this.bytes.buffer;
    this.#view = this.bytes.view;
    this.#text = ascii && this.#hasStrings ? this.#body.latin1Slice(0, body.length) : null;
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

  /** @param texts by column, what its ENCODED cell becomes */
  cellsInto(row: unknown[], texts: readonly EncodedText[]): void {
    const types = this.#types;
    const n = this.#columns(types);
    for (let i = 0; i < n; i++) {
      row[i] = types[i] === 'ENCODED' ? this.#moved(texts[i]!) : this.#cell(types[i]!);
    }
  }

  #moved(text: EncodedText): EncodedText | null {
    const length = this.#length();
    if (length < 0) return null;
    const at = this.#at;
    this.#at = at + length;
    text.move(at, at + length);
    return text;
  }

  #columns(types: readonly CellType[]): number {
    const n = this.#view.getUint16(this.#at, true);
    if (n !== types.length) throw new Error(`Row of ${n} cells for ${types.length} columns.`);
    this.#at += 2;
    return n;
  }

  #fields(types: readonly CellType[]): Row {
    const n = this.#columns(types);
    const row: unknown[] = new Array(n);
    for (let i = 0; i < n; i++) row[i] = this.#cell(types[i]!);
    return row;
  }

  /** Of the cell whose bytes follow; less than 0: NULL. */
  #length(): number {
    const length = this.#view.getInt32(this.#at, true);
    this.#at += 4;
    if (this.#at + length > this.#view.byteLength) {
      throw new Error(`Cell of ${length} bytes at the frame's end.`);
    }
    return length;
  }

  #cell(type: CellType): unknown {
    const length = this.#length();
    if (length < 0) return null;
    const body = this.#body;
    const at = this.#at;
    this.#at = at + length;
    if (type === 'STRING') {
      return this.#text === null ? body.utf8Slice(at, at + length) : this.#text.substring(at, at + length);
    }
    if (type === 'ENCODED') return new EncodedText(this.bytes, at, at + length);
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
