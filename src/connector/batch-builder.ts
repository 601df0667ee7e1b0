// Collects rows into a batch without an object a row; `kinds` comes into being with the first row that is no INSERT.
import type { Row, RowBatch, RowKind } from '../types/row.ts';

export class BatchBuilder {
  #rows: Row[] = [];
  #kinds: Uint8Array | null = null;

  get length(): number {
    return this.#rows.length;
  }

  /** Appends an INSERT. */
  add(row: Row): void {
    if (this.#kinds !== null) this.addKind(row, 0);
    else this.#rows.push(row);
  }

  addKind(row: Row, kind: RowKind): void {
    const i = this.#rows.push(row) - 1;
    if (this.#kinds === null) {
      if (kind === 0) return;
      this.#kinds = new Uint8Array(Math.max(16, i * 2));
    } else if (i >= this.#kinds.length) {
      const grown = new Uint8Array(this.#kinds.length * 2);
      grown.set(this.#kinds);
      this.#kinds = grown;
    }
    this.#kinds[i] = kind;
  }

  /** Takes back the rows behind the first `length`: a message that failed half way. */
  truncate(length: number): void {
    this.#rows.length = length;
    this.#kinds?.fill(0, length);
  }

  /** The row at `i`, to put metadata behind its columns. */
  rowAt(i: number): Row {
    return this.#rows[i]!;
  }

  replaceRow(i: number, row: Row): void {
    this.#rows[i] = row;
  }

  /** Hands the batch over and starts a new one. */
  take(): RowBatch {
    const rows = this.#rows;
    const kinds = this.#kinds;
    this.#rows = [];
    this.#kinds = null;
    return { rows, kinds: kinds === null ? null : kinds.subarray(0, rows.length) };
  }
}
