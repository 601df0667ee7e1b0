// Rows and changelogs, with Flink's names and byte values (org.apache.flink.types.RowKind).
// A row is positional; column names live in the Schema only.

/** Kind of a change. The numbers are Flink's byte values: INSERT +I, UPDATE_BEFORE -U, UPDATE_AFTER +U, DELETE -D. */
export const RowKind = { INSERT: 0, UPDATE_BEFORE: 1, UPDATE_AFTER: 2, DELETE: 3 } as const;
export type RowKind = (typeof RowKind)[keyof typeof RowKind];

const SHORT_STRINGS = ['+I', '-U', '+U', '-D'] as const;
const NAMES = ['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'] as const;

/** `+I`, `-U`, `+U` or `-D`. */
export function rowKindShort(kind: number): string {
  return SHORT_STRINGS[kind] ?? `?${kind}`;
}

/** `INSERT`, `UPDATE_BEFORE`, `UPDATE_AFTER` or `DELETE`. */
export function rowKindName(kind: number): string {
  return NAMES[kind] ?? `?${kind}`;
}

/** One row, in the internal representation of `values.ts`; SQL NULL is `null`, never `undefined`. */
export type Row = readonly unknown[];

/**
 * Rows that travel together. `kinds[i]` is the RowKind of `rows[i]`; `null` means that every row is an INSERT.
 * Law: a -U and the +U that belongs to it are never split over two batches.
 */
export interface RowBatch {
  readonly rows: readonly Row[];
  readonly kinds: Uint8Array | null;
}

export const EMPTY_BATCH: RowBatch = { rows: [], kinds: null };

/** Kind of row `i` of a batch. */
export function kindAt(batch: RowBatch, i: number): RowKind {
  return batch.kinds === null ? RowKind.INSERT : (batch.kinds[i] as RowKind);
}
