// A Redis structure as a table sees it. A mode does no I/O: it checks columns, encodes changes into commands, and turns
// replies into rows. Nothing outside this folder asks which mode it has.
import type { Texts } from '../../../connector/caches/compact-table.ts';
import type { DecodingFormat, EncodingFormat } from '../../../connector/format.ts';
import type { Text } from '../../../types/encoded-text.ts';
import type { Row } from '../../../types/row.ts';
import type { ObjectIdentifier, PhysicalSchema } from '../../../types/schema.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import type { Reply } from '../client/port.ts';
import type { TemplatePart } from './key-template.ts';

export interface TableContext {
  readonly table: ObjectIdentifier;
  readonly schema: PhysicalSchema;
}

/** Options that say which columns do what. */
export interface TableModeSettings {
  /** `key-prefix` with its delimiter; '' for none. */
  readonly keyPrefix: string;
  readonly keyTemplate: readonly TemplatePart[] | undefined;
  /** Whether `value.format` is set. */
  readonly formatsValue: boolean;
  readonly expirationColumn: string | undefined;
}

/** Options that say how rows are written. */
export interface SinkModeSettings extends TableModeSettings {
  readonly flattenHash: boolean;
  readonly ignoreDelete: boolean;
  /** 0: no time to live. */
  readonly expirationMs: number;
  readonly expirationPolicy: 'every-write' | 'first-write';
  readonly nullValue: 'fail' | 'skip' | 'delete';
  readonly deleteScope: 'primary-key' | 'key' | 'element';
  readonly listDirection: 'left' | 'right';
  /** Elements that a list keeps; undefined: all. */
  readonly listMaxLength: number | undefined;
  readonly valueFormat: EncodingFormat | null;
}

/** Options that say how rows are read. */
export interface LookupModeSettings extends TableModeSettings {
  readonly hashName: string | undefined;
  readonly valueFormat: {
    readonly name: string;
    readonly format: DecodingFormat;
    readonly timeZone: string;
  } | null;
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

/** What the plan will send. */
export interface EncoderTarget {
  /** Columns that the INSERT names; null: all. */
  readonly columns: readonly number[] | null;
  /** Where in a row its time to live stands (behind the physical columns for a metadata column); null: nowhere. */
  readonly ttlColumn: number | null;
}

export interface BoundSink {
  /** Attributes for EXPLAIN. */
  readonly explain: readonly string[];
  /** Columns of the Redis key: rows that are equal in them must stay in order. */
  readonly keyColumns: readonly number[];
  createEncoder(target: EncoderTarget): ChangeEncoder;
}

/** Encodes changes of rows, straight into the batch. Throws a DataError for a row that cannot be written. */
export interface ChangeEncoder {
  /** Columns whose STRINGs may be EncodedText. */
  readonly encoded: readonly number[];
  /** +I, +U */
  upsert(row: Row, out: CommandBatch): void;
  /** -D, and a -U that no +U follows */
  delete(row: Row, out: CommandBatch): void;
  /** Whether writing `after` does all that deleting `before` first would: then -U before, +U after is the writing of `after`. */
  sameTarget(before: Row, after: Row): boolean;
}

/** The texts of an id; null for those that are missing. EncodedText only where replies may have it. */
export type FoundTexts = readonly (Text | null)[];

export interface BoundLookup {
  /** Columns that a row is asked for by, ascending: the primary key. */
  readonly keyColumns: readonly number[];
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  /** Keys may have EncodedText: it is then what stands for them. */
  readonly passesKeys: boolean;
  /** What stands for the values of `keyColumns` in commands and caches. EncodedText only where the key has it. */
  idOf(key: Row): Text;
  /** Appends the commands that ask for `ids` (distinct, at least one). */
  encode(ids: readonly Text[], out: CommandBatch): void;
  /**
   * What was found for the id at a position, null for a miss. `replies` are those of `encode`'s commands. An error among
   * them is a miss (a whole table is read so; a lookup has looked for errors before).
   */
  foundAt(position: number, replies: readonly Reply[]): FoundTexts | null;
  /** The rows of what was found. @throws DataError when `value.format` cannot read it */
  rows(key: Row, found: FoundTexts): readonly Row[];
  /**
   * Both in one, which spares a lookup a list for each value: the rows of the key whose id is at a position; none for a miss.
   * @throws DataError as `rows` does
   */
  rowsAt(key: Row, position: number, replies: readonly Reply[]): readonly Row[];
  /** What was found becomes columns as it is: it may be EncodedText. */
  readonly passesTexts: boolean;
  /** Present where several keys have one id: the same rows, with this key in their key columns. */
  withKey?(key: Row, rows: readonly Row[]): readonly Row[];
  readonly scan: BoundScan;
}

/** How a whole table is read, a step at a time, and how a change of a Redis key concerns it. */
export interface BoundScan {
  /** SCAN, on every master; or HSCAN of one key. */
  readonly kind: 'keys' | 'hash';
  /** What the Redis keys of the table begin with; for `hash` the key. */
  readonly prefix: string;
  /**
   * Appends the command of one step.
   * @param typed false for servers whose SCAN knows no TYPE
   */
  encodeStep(cursor: string, count: number, typed: boolean, out: CommandBatch): void;
  /** `found`: null where `encode` has to ask for the values. */
  readStep(reply: Reply): ScanStep;
  /** The id of a Redis key; null when it is not one of the table's. Only for `keys`. */
  idOfKey(redisKey: string): string | null;
}

export interface ScanStep {
  /** '0': the end. */
  readonly cursor: string;
  readonly ids: readonly string[];
  readonly found: readonly Texts[] | null;
}
