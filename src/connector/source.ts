// Reading a table from front to back (org.apache.flink.table.connector.source.ScanTableSource) and what reads it.
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { RowBatch } from '../types/row.ts';
import type { Field } from '../types/schema.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** What a scan has to produce: rows of `physical` columns followed by `metadata` columns, in this order. */
export interface ScanProjection {
  /** Indexes into the table's physical columns. Columns that nobody reads are left out. */
  readonly physical: readonly number[];
  /** Metadata keys (`METADATA FROM 'key'`) with the type that the table declares for them. */
  readonly metadata: readonly { readonly key: string; readonly type: LogicalType }[];
}

/** Planning object of a table that can be read from front to back. */
export interface ScanTableSource {
  readonly kind: 'scan';
  readonly changelogMode: ChangelogMode;
  /** Ends by itself. */
  readonly bounded: boolean;
  /** Metadata keys that can be read, with their types. */
  readonly readableMetadata: ReadonlyMap<string, LogicalType>;
  /** How many readers there are to be (`scan.parallelism`); undefined: as many as the job has. */
  readonly parallelism?: number | undefined;
  /**
   * For tables that several readers can share, each its part of it by `RuntimeContext.subtask`: makes one position of theirs.
   * `SourceReader.open` takes it, however many readers there are then. Absent: one reader reads it all.
   */
  mergePositions?(positions: readonly Position[]): Position;
  createReader(projection: ScanProjection, context: RuntimeContext): SourceReader;
}

/** Where a reader stands: plain JSON, kept in checkpoints. */
export type Position = { readonly [key: string]: unknown };

/** How far a reader is, for the status line and the metrics. */
export interface SourceProgress {
  /** Records not yet read, where known (`pendingRecords`). */
  readonly pending?: number;
  /** Share of a bounded source that has been read, 0..1. */
  readonly fraction?: number;
}

export interface SourceReader {
  /** Connects and goes to `restored`, or to the table's own start when null. */
  open(restored: Position | null): Promise<void>;
  /**
   * The next rows, at most about `max`; null at the end of a bounded source. Waits while there is nothing, until `wakeUp`
   * is called (then it answers with an empty batch); never more than one call at a time. A value that is not a promise
   * means that the rows were at hand.
   */
  poll(max: number): RowBatch | null | Promise<RowBatch | null>;
  /** Makes a waiting `poll` return at once: the driver wants to checkpoint or to stop. */
  wakeUp(): void;
  /** Behind the last row that `poll` returned. */
  position(): Position;
  /** Called after the checkpoint with this position is durable (Kafka: commits the group's offsets). */
  commit(position: Position): Promise<void>;
  progress(): SourceProgress;
  close(): Promise<void>;
}

/** The produced columns of a projection. */
export function projectedFields(physical: readonly Field[], projection: ScanProjection): Field[] {
  return [
    ...projection.physical.map((i) => physical[i]!),
    ...projection.metadata.map(({ key, type }) => ({ name: key, type })),
  ];
}
