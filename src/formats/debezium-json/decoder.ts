// Debezium's change events to rows (org.apache.flink.formats.json.debezium.DebeziumJsonDeserializationSchema): `op` c and
// r are +I of `after`, u is -U of `before` and +U of `after`, d is -D of `before`.
import type { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecoderContext } from '../../connector/format.ts';
import { DataError, ValidationError } from '../../types/errors.ts';
import { type LogicalType, STRING } from '../../types/logical-type.ts';
import { type Row, RowKind } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import { CollectOne } from '../json/collect-one.ts';
import { JsonDecoder, messageText } from '../json/decoder.ts';
import type { JsonDecodeOptions } from '../json/options.ts';
import { isDefect } from '../json/syntax.ts';
import { DEBEZIUM_METADATA, type DebeziumMetadata } from './metadata.ts';

export interface DebeziumDecodeOptions extends JsonDecodeOptions {
  readonly schemaInclude: boolean;
}

/** Where a metadata column's value stands: in the payload or beside it. */
interface MetadataSlot {
  readonly metadata: DebeziumMetadata;
  readonly outside: boolean;
  readonly index: number;
}

const BEFORE = 0;
const AFTER = 1;
const OP = 2;

export class DebeziumJsonDecoder implements Decoder {
  readonly #json: JsonDecoder;
  readonly #message = new CollectOne();
  readonly #options: DebeziumDecodeOptions;
  readonly #metadata: readonly MetadataSlot[];

  constructor({ schema, projection, metadata }: DecoderContext, options: DebeziumDecodeOptions) {
    this.#options = options;
    const row: LogicalType = {
      root: 'ROW',
      fields: projection.map((i) => schema.fields[i]!),
      nullable: true,
    };
    const payload: Field[] = [
      { name: 'before', type: row },
      { name: 'after', type: row },
      { name: 'op', type: STRING },
    ];
    const outside: Field[] = [];
    this.#metadata = metadata.map((key) => slotOf(key, payload, options.schemaInclude ? outside : payload));
    const fields: Field[] = options.schemaInclude
      ? [{ name: 'payload', type: { root: 'ROW', fields: payload, nullable: true } }, ...outside]
      : payload;
    this.#json = new JsonDecoder(fields, { ...options, failOnMissingField: false });
  }

  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void {
    if (start >= end) return;
    const before = out.length;
    try {
      const message = this.#message.read(this.#json, bytes, start, end);
      if (message !== null) this.#emit(message, out);
    } catch (cause) {
      out.truncate(before);
      if (this.#options.ignoreParseErrors && !isDefect(cause)) return;
      throw new DataError(`Corrupt Debezium JSON message '${messageText(bytes, start, end)}'.`, { cause });
    }
  }

  #emit(message: Row, out: BatchBuilder): void {
    const payload = this.#options.schemaInclude ? (message[0] as Row | null) : message;
    if (payload === null) throw new Error('The "payload" field is null or missing. Check schema-include.');
    const op = payload[OP] as string | null;
    switch (op) {
      case 'c':
      case 'r':
        out.add(this.#row(payload[AFTER], 'after', 'INSERT', message, payload));
        break;
      case 'u': {
        const before = this.#row(payload[BEFORE], 'before', 'UPDATE', message, payload);
        const after = this.#row(payload[AFTER], 'after', 'UPDATE', message, payload);
        out.addKind(before, RowKind.UPDATE_BEFORE);
        out.addKind(after, RowKind.UPDATE_AFTER);
        break;
      }
      case 'd':
        out.addKind(this.#row(payload[BEFORE], 'before', 'DELETE', message, payload), RowKind.DELETE);
        break;
      default:
        throw new Error(
          op === null
            ? 'The "op" field is missing: this is no Debezium message, or its schema is included (set schema-include).'
            : `Unknown "op" value "${op}". Expected one of: c, r, u, d.`,
        );
    }
  }

  /** A table row with its metadata columns behind it. */
  #row(half: unknown, name: 'before' | 'after', operation: string, message: Row, payload: Row): Row {
    if (half === null) {
      throw new Error(
        name === 'before'
          ? `The "before" field of ${operation} message is null, if you are using Debezium Postgres Connector, please check the Postgres table has been set REPLICA IDENTITY to FULL level.`
          : `The "after" field of ${operation} message is null.`,
      );
    }
    if (this.#metadata.length === 0) return half as Row;
    const columns = this.#metadata.map(({ metadata, outside, index }) =>
      metadata.convert((outside ? message : payload)[index]),
    );
    return [...(half as Row), ...columns];
  }
}

/** Has the field of a metadata key read, and says where it will be. */
function slotOf(key: string, payload: Field[], outside: Field[]): MetadataSlot {
  const metadata = DEBEZIUM_METADATA.get(key);
  if (metadata === undefined) {
    throw new ValidationError(
      `Unknown metadata key '${key}' of format 'debezium-json'. Known: ${[...DEBEZIUM_METADATA.keys()].join(', ')}.`,
    );
  }
  const beside = metadata.outside && outside !== payload;
  const target = beside ? outside : payload;
  let index = target.findIndex((f) => f.name === metadata.field.name);
  if (index < 0) index = target.push(metadata.field) - 1;
  return { metadata, outside: beside, index: beside ? index + 1 : index };
}
