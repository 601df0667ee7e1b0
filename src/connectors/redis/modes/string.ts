// STRING: one key, one value. SET key value; GET for many keys at once is MGET.
import type { Text } from '../../../types/encoded-text.ts';
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import { bindColumns, KEY, refuseElementScope, VALUE } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import { addValue, formattedRows, ValueEncoder } from './formatted-value.ts';
import { lookupKey, singleValue, valueRows } from './lookup-key.ts';
import { nullError } from './messages.ts';
import type {
  BoundLookup,
  BoundSink,
  ChangeEncoder,
  EncoderTarget,
  RedisMode,
  SinkModeSettings,
  TableContext,
} from './mode.ts';
import { prefixed, type RowKey } from './row-key.ts';
import { scanKeys } from './scan-keys.ts';

const USAGE = "mode 'STRING'";

export const STRING_MODE: RedisMode = {
  name: 'STRING',
  doc: 'Columns key, value. SET key value.',
  bindSink(context, settings): BoundSink {
    const { key, columns, formatted } = bindColumns(context, settings, USAGE, [KEY, VALUE], null);
    refuseElementScope(USAGE, settings);
    const { valueFormat } = settings;
    return {
      keyColumns: key.columns,
      explain: [settings.ignoreDelete ? 'delete=[ignored]' : 'delete=[DEL key]'],
      createEncoder: (target) =>
        valueFormat === null
          ? new StringEncoder(context, settings, target, key, columns[0]!)
          : new FormattedEncoder(
              context,
              settings,
              target,
              key,
              formatted[0]!,
              new ValueEncoder(context, valueFormat, formatted),
            ),
    };
  },
  bindLookup(context, settings): BoundLookup {
    const usage = `a dimension table of ${USAGE}`;
    const bound = bindColumns(context, settings, usage, [KEY, VALUE], null);
    const key = lookupKey(context, settings, bound.key.columns);
    const { keyColumns, passesKeys, prefix, idOf, withKey } = key;
    return {
      keyColumns,
      explain: [],
      warnings: [],
      passesKeys,
      idOf,
      ...(withKey === undefined ? {} : { withKey }),
      encode(ids, out) {
        out.begin(1 + ids.length, 'MGET');
        for (let i = 0; i < ids.length; i++) out.arg(prefixed(prefix, ids[i]!));
      },
      ...singleValue(
        settings.valueFormat === null
          ? valueRows(context.schema.fields.length, keyColumns, bound.columns[0]!)
          : formattedRows(context, settings.valueFormat, keyColumns, bound.formatted, idOf),
      ),
      passesTexts: settings.valueFormat === null,
      scan: scanKeys(key, 'string'),
    };
  },
};

class StringEncoder implements ChangeEncoder {
  readonly encoded: readonly number[];
  readonly #context: TableContext;
  readonly #keys: RowKey;
  /** The column of the value. */
  readonly #value: number;
  readonly #expiry: Expiry | null;
  readonly #onNull: SinkModeSettings['nullValue'];

  constructor(
    context: TableContext,
    settings: SinkModeSettings,
    target: EncoderTarget,
    keys: RowKey,
    value: number,
  ) {
    this.#context = context;
    this.encoded = [...keys.encoded, value];
    this.#keys = keys;
    this.#value = value;
    this.#expiry = expiryOf(context, settings, target);
    this.#onNull = settings.nullValue;
  }

  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const value = row[this.#value] as Text | null;
    if (value === null) this.#null(key, out);
    else if (this.#expiry === null) out.add3('SET', key, value);
    else this.#setExpiring(this.#expiry, key, value, row, out);
  }

  #setExpiring(expiry: Expiry, key: Text, value: Text, row: Row, out: CommandBatch): void {
    const millis = expiry.of(row);
    if (millis === null) out.add3('SET', key, value);
    else if (!expiry.once) out.add5('SET', key, value, 'PX', millis);
    else {
      out.add4('SET', key, value, 'KEEPTTL');
      expire(expiry, key, row, out);
    }
  }

  delete(row: Row, out: CommandBatch): void {
    out.add2('DEL', this.#keys.of(row));
  }

  sameTarget(before: Row, after: Row): boolean {
    return this.#keys.same(before, after);
  }

  #null(key: Text, out: CommandBatch): void {
    if (this.#onNull === 'fail') throw nullError(this.#context, this.#value, key);
    if (this.#onNull === 'delete') out.add2('DEL', key);
  }
}

/** The value is what a format makes of several columns. */
class FormattedEncoder implements ChangeEncoder {
  readonly encoded: readonly number[];
  readonly #context: TableContext;
  readonly #keys: RowKey;
  readonly #column: number;
  readonly #values: ValueEncoder;
  readonly #expiry: Expiry | null;
  readonly #onNull: SinkModeSettings['nullValue'];

  /** @param column named in the error for a value that is NULL */
  constructor(
    context: TableContext,
    settings: SinkModeSettings,
    target: EncoderTarget,
    keys: RowKey,
    column: number,
    values: ValueEncoder,
  ) {
    this.#context = context;
    this.#keys = keys;
    this.encoded = keys.encoded;
    this.#column = column;
    this.#values = values;
    this.#expiry = expiryOf(context, settings, target);
    this.#onNull = settings.nullValue;
  }

  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const value = this.#values.of(row);
    if (value === null) {
      if (this.#onNull === 'fail') throw nullError(this.#context, this.#column, key);
      if (this.#onNull === 'delete') out.add2('DEL', key);
      return;
    }
    const millis = this.#expiry === null ? null : this.#expiry.of(row);
    if (millis === null) {
      addValue(out, 'SET', key, value);
      return;
    }
    const once = this.#expiry!.once;
    out.begin(once ? 4 : 5, 'SET');
    out.arg(key);
    out.argBytes(value);
    out.arg(once ? 'KEEPTTL' : 'PX');
    if (once) out.add4('PEXPIRE', key, millis, 'NX');
    else out.arg(millis);
  }

  delete(row: Row, out: CommandBatch): void {
    out.add2('DEL', this.#keys.of(row));
  }

  sameTarget(before: Row, after: Row): boolean {
    return this.#keys.same(before, after);
  }
}
