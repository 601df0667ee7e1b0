// Writing a table (org.apache.flink.table.connector.sink.DynamicTableSink).
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { RowBatch } from '../types/row.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** What the plan will write: rows of all physical columns, then the `metadata` columns. */
export interface SinkTarget {
  /** Indexes of the physical columns that the INSERT names; null: all. Others arrive as NULL. */
  readonly targetColumns: readonly number[] | null;
  /** Writable metadata keys, with the type that the table declares for them. */
  readonly metadata: readonly { readonly key: string; readonly type: LogicalType }[];
}

/** Planning object of a table that can be written. */
export interface DynamicTableSink {
  readonly kind: 'sink';
  /** What the sink takes, given what the query would send. @throws ValidationError */
  changelogMode(requested: ChangelogMode): ChangelogMode;
  readonly writableMetadata: ReadonlyMap<string, LogicalType>;
  /** Attributes for EXPLAIN, such as `delete=[DEL key]`. */
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  /** How many writers there are to be (`sink.parallelism`); undefined: as many as what comes before has. */
  readonly parallelism?: number | undefined;
  createWriter(target: SinkTarget, context: RuntimeContext): SinkWriter;
}

export interface SinkWriter {
  /** Columns whose STRINGs may come as EncodedText; none without it. */
  readonly encodedColumns?: readonly number[];
  open(): Promise<void>;
  /**
   * Takes rows over, in order. Answers at once (undefined) while there is room in its buffers; a promise settles when
   * there is room again: this is the back-pressure. Then the EncodedText of the rows may become other texts: what a writer keeps
   * longer, it copies. An error of an earlier write is thrown here or by `flush`, and
   * reported at once through `RuntimeContext.fail`.
   */
  write(batch: RowBatch): void | Promise<void>;
  /** Resolves when everything taken over is acknowledged by the external system. */
  flush(endOfInput: boolean): Promise<void>;
  /** Lets go of everything; flushes nothing. */
  close(): Promise<void>;
}
