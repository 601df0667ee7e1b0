// Canal's change events to rows (org.apache.flink.formats.json.canal.CanalJsonDeserializationSchema): `data` holds the rows,
// `old` what the changed columns were before; INSERT is +I of each row, UPDATE -U and +U of each, DELETE -D of each.
import type { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecoderContext } from '../../connector/format.ts';
import { DataError, ValidationError } from '../../types/errors.ts';
import { BOOLEAN, type LogicalType, STRING } from '../../types/logical-type.ts';
import { type Row, RowKind } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import { CollectOne } from '../json/collect-one.ts';
import { JsonDecoder, messageText } from '../json/decoder.ts';
import type { JsonDecodeOptions } from '../json/options.ts';
import { readerOf } from '../json/readers.ts';
import { JsonRowReader } from '../json/row-reader.ts';
import { isDefect } from '../json/syntax.ts';
import { beforeOf, changedColumnsReader } from './changed-columns.ts';
import { CanalFilter } from './filter.ts';
import { CANAL_METADATA, type CanalMetadata } from './metadata.ts';

export interface CanalDecodeOptions extends JsonDecodeOptions {
  /** Whole names; null: all. */
  readonly include: { readonly database: RegExp | null; readonly table: RegExp | null };
}

interface MetadataSlot {
  readonly metadata: CanalMetadata;
  readonly index: number;
}

const DATA = 0;
const OLD = 1;
const TYPE = 2;
const IS_DDL = 3;

export class CanalJsonDecoder implements Decoder {
  readonly #json: JsonDecoder;
  readonly #message = new CollectOne();
  readonly #options: CanalDecodeOptions;
  readonly #metadata: readonly MetadataSlot[];
  readonly #filter: CanalFilter | null;

  constructor({ schema, projection, metadata }: DecoderContext, options: CanalDecodeOptions) {
    this.#options = options;
    const { database, table } = options.include;
    this.#filter = database === null && table === null ? null : new CanalFilter(options.include, options);
    const columns = projection.map((i) => schema.fields[i]!);
    const row: LogicalType = { root: 'ROW', fields: columns, nullable: true };
    const rows: LogicalType = { root: 'ARRAY', element: row, nullable: true };
    const fields: Field[] = [
      { name: 'data', type: rows },
      { name: 'old', type: rows },
      { name: 'type', type: STRING },
      { name: 'isDdl', type: BOOLEAN },
    ];
    this.#metadata = metadata.map((key) => slotOf(key, fields));
    const readers = fields.map((f, i) =>
      i === OLD ? changedColumnsReader(columns, options) : readerOf(f.type, options),
    );
    this.#json = new JsonDecoder(fields, options, new JsonRowReader(fields, readers, false));
  }

  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void {
    if (start >= end) return;
    const before = out.length;
    try {
      if (this.#filter !== null && !this.#filter.includes(bytes, start, end)) return;
      const message = this.#message.read(this.#json, bytes, start, end);
      if (message !== null) this.#emit(message, out);
    } catch (cause) {
      out.truncate(before);
      if (this.#options.ignoreParseErrors && !isDefect(cause)) return;
      throw new DataError(`Corrupt Canal JSON message '${messageText(bytes, start, end)}'.`, { cause });
    }
  }

  #emit(message: Row, out: BatchBuilder): void {
    const type = message[TYPE] as string | null;
    switch (type) {
      case 'INSERT':
        for (const row of rowsOf(message, type)) out.add(this.#withMetadata(row, message));
        return;
      case 'UPDATE':
        this.#update(message, rowsOf(message, type), out);
        return;
      case 'DELETE':
        for (const row of rowsOf(message, type)) {
          out.addKind(this.#withMetadata(row, message), RowKind.DELETE);
        }
        return;
      case 'CREATE':
        return;
      default:
        // TRUNCATE takes rows away without naming them: to pass it over would keep them for ever.
        if (message[IS_DDL] === true && type !== 'TRUNCATE') return;
        throw new Error(
          type === null
            ? 'The "type" field is missing: this is no Canal message.'
            : `Unknown "type" value "${type}". Expected one of: INSERT, UPDATE, DELETE, or a DDL statement.`,
        );
    }
  }

  #update(message: Row, rows: readonly Row[], out: BatchBuilder): void {
    // Canal leaves `old` out when nothing has changed.
    const old = message[OLD] as readonly Row[] | null;
    if (old !== null && old.length !== rows.length) {
      throw new Error(
        `The "old" field of UPDATE message has ${old.length} rows, its "data" field ${rows.length}.`,
      );
    }
    for (const [i, after] of rows.entries()) {
      const before = old === null ? after : beforeOf(old[i]!, after);
      out.addKind(this.#withMetadata(before, message), RowKind.UPDATE_BEFORE);
      out.addKind(this.#withMetadata(after, message), RowKind.UPDATE_AFTER);
    }
  }

  #withMetadata(row: Row, message: Row): Row {
    if (this.#metadata.length === 0) return row;
    return [...row, ...this.#metadata.map(({ metadata, index }) => metadata.convert(message[index]))];
  }
}

function rowsOf(message: Row, type: string): readonly Row[] {
  const rows = message[DATA] as readonly (Row | null)[] | null;
  if (rows === null) throw new Error(`The "data" field of ${type} message is null.`);
  if (rows.includes(null)) throw new Error(`A row in the "data" field of ${type} message is null.`);
  return rows as readonly Row[];
}

/** Has the field of a metadata key read, and says where it will be. */
function slotOf(key: string, fields: Field[]): MetadataSlot {
  const metadata = CANAL_METADATA.get(key);
  if (metadata === undefined) {
    throw new ValidationError(
      `Unknown metadata key '${key}' of format 'canal-json'. Known: ${[...CANAL_METADATA.keys()].join(', ')}.`,
    );
  }
  const known = fields.findIndex((f) => f.name === metadata.field.name);
  return { metadata, index: known < 0 ? fields.push(metadata.field) - 1 : known };
}
