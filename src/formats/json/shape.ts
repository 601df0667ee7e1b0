// The fast way through objects that all look alike: what stands between the values (`{"id":`, `, "name": ` … `}`) is
// compared with the last object's bytes instead of being parsed. Values are read by the same readers as on the general
// way, so both give the same row; anything else in between sends the object the general way.
import type { JsonRowReader } from './row-reader.ts';
import type { JsonScanner } from './scanner.ts';

/** Longer or wider objects are not worth the comparison. */
const MAX_FIELDS = 256;
const MAX_BYTES = 16_384;

export interface Shape {
  /** All that stands between values, one piece behind the other. */
  readonly literals: Uint8Array;
  /** Where piece `i` ends in `literals`; the last piece closes the object. */
  readonly ends: Int32Array;
  /** Which field value `i` is, -1 for one that nobody reads. */
  readonly slots: Int32Array;
}

/** Notes an object's shape while it is read the general way. */
export class ShapeRecorder {
  #from = 0;
  #valid = true;
  #pieces: Buffer[] = [];
  #slots: number[] = [];
  #size = 0;

  /** The cursor stands on the object. */
  begin(s: JsonScanner): void {
    this.#from = s.pos;
    this.#valid = true;
    this.#pieces = [];
    this.#slots = [];
    this.#size = 0;
  }

  /** The cursor stands on a value. @param slot its field, -1 for none, -2 for a repeated key */
  value(s: JsonScanner, slot: number): void {
    if (slot === -2 || this.#slots.length >= MAX_FIELDS) this.#valid = false;
    if (!this.#valid) return;
    this.#piece(s);
    this.#slots.push(slot);
  }

  behindValue(s: JsonScanner): void {
    this.#from = s.pos;
  }

  /** The cursor stands behind the object. */
  end(s: JsonScanner): void {
    if (this.#valid) this.#piece(s);
  }

  /** The shape, or null when there is none to go by. */
  shape(): Shape | null {
    if (!this.#valid || this.#slots.length === 0 || this.#pieces.length !== this.#slots.length + 1)
      return null;
    let end = 0;
    const ends = this.#pieces.map((piece) => {
      end += piece.length;
      return end;
    });
    return {
      literals: new Uint8Array(Buffer.concat(this.#pieces)),
      ends: Int32Array.from(ends),
      slots: Int32Array.from(this.#slots),
    };
  }

  #piece(s: JsonScanner): void {
    this.#size += s.pos - this.#from;
    if (this.#size > MAX_BYTES) this.#valid = false;
    else this.#pieces.push(Buffer.from(s.bytes.subarray(this.#from, s.pos)));
  }
}

/**
 * Reads the object at the cursor if it has this shape; null when it has another one (the cursor is then anywhere).
 * @throws as the general way does, when a value cannot be read
 */
export function readShape(s: JsonScanner, shape: Shape, reader: JsonRowReader): unknown[] | null {
  const { bytes, end } = s;
  const { literals, ends, slots } = shape;
  const { isString } = reader;
  const row = reader.emptyRow();
  const values = slots.length;
  let pos = s.pos;
  let literal = 0;
  for (let k = 0; ; k++) {
    const literalEnd = ends[k]!;
    if (pos + (literalEnd - literal) > end) return null;
    while (literal < literalEnd) if (bytes[pos++] !== literals[literal++]) return null;
    if (k === values) break;
    const slot = slots[k]!;
    if (bytes[pos] === 34 && (slot < 0 || isString[slot] === 1)) {
      // A string without escapes, the usual case, in place.
      const from = ++pos;
      let bits = 0;
      let c = 0;
      while (pos < end) {
        c = bytes[pos]!;
        if (c === 34 || c === 92) break;
        bits |= c;
        pos++;
      }
      if (c === 34 && pos < end) {
        if (slot >= 0) row[slot] = bits < 128 ? s.ascii(from, pos) : s.utf8(from, pos);
        pos++;
        continue;
      }
      pos = from - 1;
    }
    // White space before the value: it is no part of this shape.
    if (pos < end && bytes[pos]! <= 32) return null;
    s.pos = pos;
    if (slot >= 0) row[slot] = reader.readers[slot]!(s);
    else s.skipValue();
    pos = s.pos;
  }
  s.pos = pos;
  return row;
}
