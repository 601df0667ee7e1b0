// Messages to rows (org.apache.flink.formats.json.JsonParserRowDataDeserializationSchema): an object is a row, an array of
// objects several; an empty message none; what stands behind the value is left alone.
import type { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder } from '../../connector/format.ts';
import { DataError } from '../../types/errors.ts';
import type { Field } from '../../types/schema.ts';
import type { JsonDecodeOptions } from './options.ts';
import { rowReader } from './readers.ts';
import type { JsonRowReader } from './row-reader.ts';
import { JsonScanner } from './scanner.ts';
import { ShapedReader } from './shaped-reader.ts';
import { isDefect, JsonSyntaxError } from './syntax.ts';

const SHOWN_BYTES = 4000;

export class JsonDecoder implements Decoder {
  readonly #objects: ShapedReader;
  readonly #ignoreParseErrors: boolean;
  readonly #scanner = new JsonScanner();

  /**
   * @param fields what a row holds, in this order
   * @param reader reads an object as such a row; absent: as SQL reads it
   */
  constructor(
    fields: readonly Field[],
    options: JsonDecodeOptions,
    reader: JsonRowReader = rowReader(fields, options),
  ) {
    this.#objects = new ShapedReader(reader);
    this.#ignoreParseErrors = options.ignoreParseErrors;
  }

  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void {
    if (start >= end) return;
    const s = this.#scanner;
    s.reset(bytes, start, end);
    const before = out.length;
    try {
      if (bytes[start] === 123) out.add(this.#objects.read(s));
      else this.#decodeAny(out);
    } catch (error) {
      if (this.#ignoreParseErrors && !isDefect(error)) return;
      out.truncate(before);
      throw corrupt(bytes, start, end, error);
    }
  }

  #decodeAny(out: BatchBuilder): void {
    const s = this.#scanner;
    skipByteOrderMark(s);
    const c = s.peek();
    if (c === 123) out.add(this.#objects.read(s));
    else if (c === 91) this.#readArray(out);
    else {
      if (c !== -1) s.skipValue();
      throw new Error(
        'No content to map due to end-of-input: a JSON object or an array of objects is expected.',
      );
    }
  }

  #readArray(out: BatchBuilder): void {
    const s = this.#scanner;
    let c = s.enter();
    if (c === 93) {
      s.pos++;
      return;
    }
    do {
      if (c === 110) s.literal('null');
      else this.#readElement(out);
      c = s.next(93);
    } while (c !== -1);
  }

  #readElement(out: BatchBuilder): void {
    const s = this.#scanner;
    const from = s.pos;
    try {
      out.add(this.#objects.read(s));
    } catch (error) {
      if (!this.#ignoreParseErrors || error instanceof JsonSyntaxError || isDefect(error)) throw error;
      s.pos = from;
      s.skipValue();
    }
  }
}

function skipByteOrderMark(s: JsonScanner): void {
  const { bytes, pos } = s;
  if (bytes[pos] === 0xef && bytes[pos + 1] === 0xbb && bytes[pos + 2] === 0xbf) s.pos += 3;
}

function corrupt(bytes: Buffer, start: number, end: number, cause: unknown): DataError {
  return new DataError(`Failed to deserialize JSON '${messageText(bytes, start, end)}'.`, { cause });
}

/** The message for an error's text, cut where it is long. */
export function messageText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + SHOWN_BYTES));
  return end - start <= SHOWN_BYTES ? text : `${text}… (${end - start} bytes)`;
}
