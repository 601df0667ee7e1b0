// What a statement gives back.
import type { JobHandle } from '../runtime/job.ts';
import { kindAt, type Row, type RowBatch, rowKindShort } from '../types/row.ts';
import type { Field } from '../types/schema.ts';

export type ExecutionResult =
  /** Done, nothing to show. */
  | { readonly kind: 'ok' }
  /** A finished result: SHOW, DESCRIBE, SET. `text`: one cell that is shown as it is (EXPLAIN, SHOW CREATE). */
  | {
      readonly kind: 'table';
      readonly columns: readonly Field[];
      readonly rows: readonly Row[];
      readonly text: boolean;
    }
  /** A SELECT: its job runs while the rows are taken. */
  | {
      readonly kind: 'query';
      readonly columns: readonly Field[];
      readonly batches: AsyncIterable<RowBatch>;
      readonly job: JobHandle;
    }
  /** An INSERT or a statement set. */
  | { readonly kind: 'job'; readonly job: JobHandle; readonly sinks: readonly string[] };

/** One change of a result: `+I`, `-U`, `+U` or `-D`, and the row in the representation of `types/values.ts`. */
export interface ChangelogRow {
  readonly kind: string;
  readonly row: Row;
}

/** The result of `executeSql`. */
export interface TableResult {
  /** `job` for INSERT, `query` for SELECT, `table` for SHOW and the like, `ok` for statements without a result. */
  readonly kind: ExecutionResult['kind'];
  /** Columns of `rows`, with their types. */
  readonly columns: readonly Field[];
  /**
   * The changes of a SELECT as they come, or the rows of a finished result; none otherwise. Can be iterated once. Leaving
   * the loop early cancels the job; an error of the job is thrown here.
   */
  readonly rows: AsyncIterable<ChangelogRow>;
  /** The job of an INSERT or a SELECT. */
  readonly job: JobHandle | null;
}

export function toTableResult(result: ExecutionResult): TableResult {
  const { kind } = result;
  switch (result.kind) {
    case 'ok':
      return { kind, columns: [], rows: insertsOf([]), job: null };
    case 'table':
      return { kind, columns: result.columns, rows: insertsOf(result.rows), job: null };
    case 'query':
      return { kind, columns: result.columns, rows: changesOf(result.batches), job: result.job };
    case 'job':
      return { kind, columns: [], rows: insertsOf([]), job: result.job };
  }
}

async function* insertsOf(rows: readonly Row[]): AsyncIterable<ChangelogRow> {
  for (const row of rows) yield { kind: '+I', row };
}

async function* changesOf(batches: AsyncIterable<RowBatch>): AsyncIterable<ChangelogRow> {
  for await (const batch of batches) {
    for (let i = 0; i < batch.rows.length; i++) {
      yield { kind: rowKindShort(kindAt(batch, i)), row: batch.rows[i]! };
    }
  }
}
