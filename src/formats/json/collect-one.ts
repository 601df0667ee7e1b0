// One message's row, out of a decoder that appends to batches.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder } from '../../connector/format.ts';
import type { Row } from '../../types/row.ts';

export class CollectOne {
  readonly #batch = new BatchBuilder();

  /** The message's first row, or null where it makes none. */
  read(decoder: Decoder, bytes: Buffer, start: number, end: number): Row | null {
    this.#batch.truncate(0);
    decoder.decode(bytes, start, end, this.#batch);
    return this.#batch.length === 0 ? null : this.#batch.rowAt(0);
  }
}
