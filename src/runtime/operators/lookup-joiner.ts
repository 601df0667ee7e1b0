// Puts the rows of a stream and of a dimension table together.
import { compilePredicate } from '../../plan/compile/expression.ts';
import type { LookupJoinNode } from '../../plan/nodes.ts';
import type { EvalContext } from '../../plan/rex.ts';
import type { Row, RowBatch } from '../../types/row.ts';

/** The rows of each key that was asked for. */
export type Matches = readonly (readonly Row[])[];

/** Which rows of a batch were asked for, in the order of the keys; null: all. */
export type Asked = Int32Array | null;

const NO_ROWS: readonly Row[] = [];

/** Joins batches and applies what is left of the join condition. */
export class LookupJoiner {
  readonly #condition: ((row: Row) => boolean) | null;
  readonly #padding: Row | null;
  readonly #leftWidth: number;
  readonly #columns: Int32Array;

  constructor(node: LookupJoinNode, columns: readonly number[] | null, context: EvalContext) {
    this.#condition = node.condition === null ? null : compilePredicate(node.condition, context);
    this.#padding = node.joinType === 'LEFT' ? node.dimension.fields.map(() => null) : null;
    this.#leftWidth = node.input.schema.fields.length;
    const width = this.#leftWidth + node.dimension.fields.length;
    this.#columns = Int32Array.from(columns ?? Array.from({ length: width }, (_, i) => i));
  }

  batch(batch: RowBatch, asked: Asked, matches: Matches): RowBatch {
    const rows: Row[] = [];
    const from: number[] | null = batch.kinds === null ? null : [];
    let next = 0;
    for (let i = 0; i < batch.rows.length; i++) {
      const wasAsked = asked === null || (next < asked.length && asked[next] === i);
      const found = wasAsked ? matches[next++]! : NO_ROWS;
      this.#row(batch.rows[i]!, found, rows);
      if (from !== null) while (from.length < rows.length) from.push(batch.kinds![i]!);
    }
    return { rows, kinds: from === null ? null : Uint8Array.from(from) };
  }

  #row(left: Row, found: readonly Row[], out: Row[]): void {
    let matched = false;
    for (let i = 0; i < found.length; i++) {
      const right = found[i]!;
      if (this.#condition !== null && !this.#condition([...left, ...right])) continue;
      matched = true;
      out.push(this.#put(left, right));
    }
    if (!matched && this.#padding !== null) out.push(this.#put(left, this.#padding));
  }

  /** The columns that are handed on. */
  #put(left: Row, right: Row): Row {
    const columns = this.#columns;
    const leftWidth = this.#leftWidth;
    const row = new Array<unknown>(columns.length);
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      row[i] = column < leftWidth ? left[column] : right[column - leftWidth];
    }
    return row;
  }
}
