// HASHMAP, multi-value: a row is a whole hash, each column but the key one of its fields. HSET key col1 value1 col2 value2 …
import type { Text } from '../../../types/encoded-text.ts';
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import { RedisReplyError, type Reply } from '../client/port.ts';
import { bindKeyAndColumns, type ColumnRole, refuseElementScope } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import { lookupKey, NO_ROWS, textRows } from './lookup-key.ts';
import type {
  BoundLookup,
  BoundSink,
  ChangeEncoder,
  EncoderTarget,
  FoundTexts,
  LookupModeSettings,
  SinkModeSettings,
  TableContext,
} from './mode.ts';
import { prefixed, type RowKey } from './row-key.ts';
import { scanKeys } from './scan-keys.ts';

const FIELD_VALUE: ColumnRole = { name: 'hash field', type: 'STRING' };
const SINK_USAGE = "mode 'HASHMAP' with flattenHash";
const LOOKUP_USAGE = "a dimension table of mode 'HASHMAP'";

export function bindFlatSink(context: TableContext, settings: SinkModeSettings): BoundSink {
  const { key, others } = bindKeyAndColumns(context, settings, SINK_USAGE, FIELD_VALUE);
  refuseElementScope(SINK_USAGE, settings);
  return {
    keyColumns: key.columns,
    explain: [settings.ignoreDelete ? 'delete=[ignored]' : 'delete=[DEL key]'],
    createEncoder(target) {
      const { columns } = target;
      const written = columns === null ? others : others.filter((i) => columns.includes(i));
      return new FlatEncoder(context, settings, target, key, written);
    },
  };
}

class FlatEncoder implements ChangeEncoder {
  readonly encoded: readonly number[];
  readonly #keys: RowKey;
  readonly #columns: readonly number[];
  readonly #names: readonly string[];
  readonly #expiry: Expiry | null;

  constructor(
    context: TableContext,
    settings: SinkModeSettings,
    target: EncoderTarget,
    keys: RowKey,
    written: readonly number[],
  ) {
    this.encoded = [...keys.encoded, ...written];
    this.#keys = keys;
    this.#columns = written;
    this.#names = written.map((i) => context.schema.fields[i]!.name);
    this.#expiry = expiryOf(context, settings, target);
  }

  /** The fields with values first: a hash must not vanish, with its time to live, between the two commands. */
  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const columns = this.#columns;
    let nulls = 0;
    for (let i = 0; i < columns.length; i++) if (row[columns[i]!] === null) nulls++;
    if (nulls < columns.length) this.#set(key, row, columns.length - nulls, out);
    if (nulls > 0) this.#remove(key, row, nulls, out);
    if (columns.length > 0) expire(this.#expiry, key, row, out);
  }

  delete(row: Row, out: CommandBatch): void {
    out.add2('DEL', this.#keys.of(row));
  }

  sameTarget(before: Row, after: Row): boolean {
    return this.#keys.same(before, after);
  }

  #set(key: Text, row: Row, fields: number, out: CommandBatch): void {
    out.begin(2 + 2 * fields, 'HSET');
    out.arg(key);
    for (let i = 0; i < this.#columns.length; i++) {
      const value = row[this.#columns[i]!] as Text | null;
      if (value === null) continue;
      out.arg(this.#names[i]!);
      out.arg(value);
    }
  }

  #remove(key: Text, row: Row, fields: number, out: CommandBatch): void {
    out.begin(2 + fields, 'HDEL');
    out.arg(key);
    for (let i = 0; i < this.#columns.length; i++) {
      if (row[this.#columns[i]!] === null) out.arg(this.#names[i]!);
    }
  }
}

/** One HMGET a key; a hash with none of the fields is no match. */
export function bindFlatLookup(context: TableContext, settings: LookupModeSettings): BoundLookup {
  const { key, others } = bindKeyAndColumns(context, settings, LOOKUP_USAGE, FIELD_VALUE);
  const names = others.map((i) => context.schema.fields[i]!.name);
  const lookup = lookupKey(context, settings, key.columns);
  const { keyColumns, passesKeys, prefix, idOf, withKey } = lookup;
  const rows = textRows(context.schema.fields.length, keyColumns, others);
  return {
    keyColumns,
    explain: [],
    warnings: [],
    passesKeys,
    idOf,
    ...(withKey === undefined ? {} : { withKey }),
    encode(ids, out) {
      for (let i = 0; i < ids.length; i++) {
        out.begin(2 + names.length, 'HMGET');
        out.arg(prefixed(prefix, ids[i]!));
        for (let j = 0; j < names.length; j++) out.arg(names[j]!);
      }
    },
    foundAt,
    rows,
    rowsAt(key, position, replies) {
      const found = foundAt(position, replies);
      return found === null ? NO_ROWS : rows(key, found);
    },
    passesTexts: true,
    scan: scanKeys(lookup, 'hash'),
  };
}

function foundAt(position: number, replies: readonly Reply[]): FoundTexts | null {
  const reply = replies[position];
  if (reply instanceof RedisReplyError) return null;
  const values = reply as FoundTexts;
  return values.every((value) => value === null) ? null : values;
}
