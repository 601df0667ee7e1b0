// A Redis structure as a table sees it. A mode does no I/O: it checks columns, encodes changes into commands, and turns
// replies into rows. Nothing outside this folder asks which mode it has.
import type { Row } from '../../../types/row.ts';
import type { ObjectIdentifier, PhysicalSchema } from '../../../types/schema.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import type { Reply } from '../client/port.ts';

export interface TableContext {
  readonly table: ObjectIdentifier;
  readonly schema: PhysicalSchema;
}

/** Options that say how rows are written. */
export interface SinkModeSettings {
  /** `key-prefix` with its delimiter; '' for none. */
  readonly keyPrefix: string;
  readonly flattenHash: boolean;
  readonly ignoreDelete: boolean;
  /** 0: no time to live. */
  readonly expirationMs: number;
  readonly expirationPolicy: 'every-write' | 'first-write';
  readonly nullValue: 'fail' | 'skip' | 'delete';
  readonly deleteScope: 'primary-key' | 'key' | 'element';
}

/** Options that say how rows are read. */
export interface LookupModeSettings {
  readonly keyPrefix: string;
  readonly hashName: string | undefined;
}

export interface RedisMode {
  readonly name: string;
  /** For docs and help: columns and command. */
  readonly doc: string;
  /** @throws ValidationError about columns, primary key or options */
  bindSink(context: TableContext, settings: SinkModeSettings): BoundSink;
  /** @throws ValidationError */
  bindLookup?(context: TableContext, settings: LookupModeSettings): BoundLookup;
}

export interface BoundSink {
  /** Attributes for EXPLAIN. */
  readonly explain: readonly string[];
  /** @param targetColumns columns that the INSERT names; null: all */
  createEncoder(targetColumns: readonly number[] | null): ChangeEncoder;
}

/** Encodes changes of rows, straight into the batch. Throws a DataError for a row that cannot be written. */
export interface ChangeEncoder {
  /** +I, +U */
  upsert(row: Row, out: CommandBatch): void;
  /** -D, and a -U that no +U follows */
  delete(row: Row, out: CommandBatch): void;
  /** Whether deleting `before` would delete what `after` stands for: then -U before, +U after is the writing of `after`. */
  sameTarget(before: Row, after: Row): boolean;
}

export interface BoundLookup {
  /** Column of the primary key: its value is what is asked for. */
  readonly keyColumn: number;
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  /** Appends the commands that ask for `keys` (distinct, at least one). */
  encode(keys: readonly string[], out: CommandBatch): void;
  /** The row of each key, null for a miss. `replies` are those of `encode`'s commands, no error among them. */
  decode(keys: readonly string[], replies: readonly Reply[]): (Row | null)[];
}
