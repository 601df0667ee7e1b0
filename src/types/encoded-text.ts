// A text that is still UTF-8. Where a STRING is only passed on, from one wire to the other, making a JavaScript string of it
// and bytes of that again costs more than all the rest of a row.
import { bytesHash } from './hash.ts';
import { copyShort, MAX_SHORT_COPY, ViewedBytes } from './viewed-bytes.ts';

export class EncodedText {
  readonly bytes: ViewedBytes;
  #start: number;
  #end: number;

  /** @param bytes its bytes are those from `start` to `end`; nobody writes into them any more */
  constructor(bytes: ViewedBytes, start: number, end: number) {
    this.bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Becomes another text of the same bytes: for whoever made it, and knows that nobody has it any more. */
  move(start: number, end: number): void {
    this.#start = start;
    this.#end = end;
  }

  /** With bytes of its own. */
  copy(): EncodedText {
    const { length } = this;
    return new EncodedText(
      new ViewedBytes(Buffer.from(this.bytes.buffer.subarray(this.start, this.end))),
      0,
      length,
    );
  }

  /** In bytes. */
  get length(): number {
    return this.end - this.start;
  }

  /** Writes its bytes to `at`, where there is room for them. @param view of `target` */
  copyTo(target: Buffer, view: DataView, at: number): void {
    const { length } = this;
    if (length <= MAX_SHORT_COPY) copyShort(this.bytes.view, this.start, length, view, at);
    else this.bytes.buffer.copy(target, at, this.start, this.end);
  }

  equals(other: EncodedText): boolean {
    const { length } = this;
    if (other.length !== length) return false;
    const { buffer } = this.bytes;
    const { buffer: others } = other.bytes;
    for (let i = 0; i < length; i++) {
      if (buffer[this.start + i] !== others[other.start + i]) return false;
    }
    return true;
  }

  /** @returns 0 to 2^32 - 1 */
  hash(): number {
    return bytesHash(this.bytes.view, this.start, this.end);
  }

  toString(): string {
    return this.bytes.buffer.utf8Slice(this.start, this.end);
  }
}

/** A STRING in the rows of a column that may be encoded. */
export type Text = string | EncodedText;

export function isText(value: unknown): value is Text {
  return typeof value === 'string' || value instanceof EncodedText;
}

/** Equal texts, or both NULL. */
export function sameText(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a instanceof EncodedText && b instanceof EncodedText && a.equals(b);
}
