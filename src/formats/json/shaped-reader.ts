// Reads objects by the shape of the one before, and the general way where that does not fit. Objects inside of others have
// readers of their own: a change event's two rows have their shapes, whichever of them is there.
import type { Row } from '../../types/row.ts';
import type { JsonRowReader } from './row-reader.ts';
import type { JsonScanner } from './scanner.ts';
import { readShape, type Shape, ShapeRecorder } from './shape.ts';

/** A hit earns 1, a miss costs 4; at nothing left, shapes are given up for a while: the objects look too different. */
const CREDIT = 32;
const MISS = 4;
const PAUSE = 1000;

export class ShapedReader {
  readonly #reader: JsonRowReader;
  readonly #recorder = new ShapeRecorder();
  #shape: Shape | null = null;
  #credit = CREDIT;

  constructor(reader: JsonRowReader) {
    this.#reader = reader;
  }

  /** The object at the cursor. */
  read(s: JsonScanner): Row {
    if (this.#shape !== null) {
      const from = s.pos;
      const row = readShape(s, this.#shape, this.#reader);
      if (row !== null) {
        if (this.#credit < CREDIT) this.#credit++;
        return row;
      }
      s.pos = from;
      this.#credit -= MISS;
      if (this.#credit <= 0) this.#giveUpShape();
    }
    return this.#readAny(s);
  }

  #giveUpShape(): void {
    this.#shape = null;
    this.#credit = -PAUSE;
  }

  #readAny(s: JsonScanner): Row {
    if (this.#credit <= 0) {
      if (++this.#credit > 0) this.#credit = CREDIT;
      return this.#reader.read(s);
    }
    this.#recorder.begin(s);
    const row = this.#reader.read(s, this.#recorder);
    this.#shape = this.#recorder.shape();
    return row;
  }
}
