// ROWS frames: rows as rows-reader.ts has them.
import { isUtf8 } from 'node:buffer';
import { EncodedText } from '../types/encoded-text.ts';
import type { Row } from '../types/row.ts';
import { isAscii, ViewedBytes } from '../types/viewed-bytes.ts';
import { type CellType, type NestedCell, valueBytes } from './cell-types.ts';
import { FrameType, HEADER_BYTES, writeHeader } from './frames.ts';

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
