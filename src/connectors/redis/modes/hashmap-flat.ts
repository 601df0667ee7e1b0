// HASHMAP, multi-value: a row is a whole hash, each column but the key one of its fields. HSET key col1 value1 col2 value2 …
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import type { Reply } from '../client/port.ts';
import { bindKeyAndColumns, type ColumnRole, KeyColumn, refuseElementScope } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import type {
  BoundLookup,
  BoundSink,
  ChangeEncoder,
  LookupModeSettings,
  SinkModeSettings,
  TableContext,
} from './mode.ts';

const FIELD_VALUE: ColumnRole = { name: 'hash field', type: 'STRING' };
const SINK_USAGE = "mode 'HASHMAP' with flattenHash";
const LOOKUP_USAGE = "a dimension table of mode 'HASHMAP'";

export function bindFlatSink(context: TableContext, settings: SinkModeSettings): BoundSink {
  const { key, others } = bindKeyAndColumns(context, SINK_USAGE, FIELD_VALUE);
  refuseElementScope(SINK_USAGE, settings);
  return {
    explain: [settings.ignoreDelete ? 'delete=[ignored]' : 'delete=[DEL key]'],
    createEncoder(targetColumns) {
      const written = targetColumns === null ? others : others.filter((i) => targetColumns.includes(i));
      return new FlatEncoder(context, settings, key, written);
    },
  };
}

class FlatEncoder implements ChangeEncoder {
  readonly #keys: KeyColumn;
  readonly #columns: readonly number[];
  readonly #names: readonly string[];
  readonly #expiry: Expiry | null;

  constructor(context: TableContext, settings: SinkModeSettings, key: number, written: readonly number[]) {
    this.#keys = new KeyColumn(context, key, settings.keyPrefix);
    this.#columns = written;
    this.#names = written.map((i) => context.schema.fields[i]!.name);
    this.#expiry = expiryOf(settings);
  }

  /** The fields with values first: a hash must not vanish, with its time to live, between the two commands. */
  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const columns = this.#columns;
    let nulls = 0;
    for (let i = 0; i < columns.length; i++) if (row[columns[i]!] === null) nulls++;
    if (nulls < columns.length) this.#set(key, row, columns.length - nulls, out);
    if (nulls > 0) this.#remove(key, row, nulls, out);
    if (columns.length > 0) expire(this.#expiry, key, out);
  }

  delete(row: Row, out: CommandBatch): void {
    out.add2('DEL', this.#keys.of(row));
  }

  sameTarget(before: Row, after: Row): boolean {
    return before[this.#keys.index] === after[this.#keys.index];
  }

  #set(key: string, row: Row, fields: number, out: CommandBatch): void {
    out.begin(2 + 2 * fields, 'HSET');
    out.arg(key);
    for (let i = 0; i < this.#columns.length; i++) {
      const value = row[this.#columns[i]!] as string | null;
      if (value === null) continue;
      out.arg(this.#names[i]!);
      out.arg(value);
    }
  }

  #remove(key: string, row: Row, fields: number, out: CommandBatch): void {
    out.begin(2 + fields, 'HDEL');
    out.arg(key);
    for (let i = 0; i < this.#columns.length; i++) {
      if (row[this.#columns[i]!] === null) out.arg(this.#names[i]!);
    }
  }
}

/** One HMGET a key; a hash with none of the fields is no match. */
export function bindFlatLookup(context: TableContext, settings: LookupModeSettings): BoundLookup {
  const { key, others } = bindKeyAndColumns(context, LOOKUP_USAGE, FIELD_VALUE);
  const names = others.map((i) => context.schema.fields[i]!.name);
  const prefix = settings.keyPrefix;
  return {
    keyColumn: key,
    explain: [],
    warnings: [],
    encode(keys, out) {
      for (let i = 0; i < keys.length; i++) {
        out.begin(2 + names.length, 'HMGET');
        out.arg(prefix === '' ? keys[i]! : prefix + keys[i]!);
        for (let j = 0; j < names.length; j++) out.arg(names[j]!);
      }
    },
    decode: (keys, replies) => keys.map((k, i) => hashRow(key, k, replies[i] as readonly Reply[])),
  };
}

function hashRow(keyColumn: number, key: string, values: readonly Reply[]): Row | null {
  if (values.every((v) => v === null)) return null;
  return [...values.slice(0, keyColumn), key, ...values.slice(keyColumn)];
}
