// STRING: one key, one value. SET key value; GET for many keys at once is MGET.
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import type { Reply } from '../client/port.ts';
import { bindColumns, KEY, KeyColumn, nullError, refuseElementScope, VALUE } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import type {
  BoundLookup,
  BoundSink,
  ChangeEncoder,
  RedisMode,
  SinkModeSettings,
  TableContext,
} from './mode.ts';

const USAGE = "mode 'STRING'";

export const STRING_MODE: RedisMode = {
  name: 'STRING',
  doc: 'Columns key, value. SET key value.',
  bindSink(context, settings): BoundSink {
    const [key, value] = bindColumns(context, USAGE, [KEY, VALUE], null);
    refuseElementScope(USAGE, settings);
    return {
      explain: [settings.ignoreDelete ? 'delete=[ignored]' : 'delete=[DEL key]'],
      createEncoder: () => new StringEncoder(context, settings, key!, value!),
    };
  },
  bindLookup(context, { keyPrefix }): BoundLookup {
    const [key] = bindColumns(context, `a dimension table of ${USAGE}`, [KEY, VALUE], null);
    return {
      keyColumn: key!,
      explain: [],
      warnings: [],
      encode(keys, out) {
        out.begin(1 + keys.length, 'MGET');
        for (let i = 0; i < keys.length; i++) out.arg(keyPrefix === '' ? keys[i]! : keyPrefix + keys[i]!);
      },
      decode(keys, replies) {
        const values = replies[0] as readonly Reply[];
        return keys.map((k, i) => {
          const found = values[i]!;
          if (found === null) return null;
          return key === 0 ? [k, found] : [found, k];
        });
      },
    };
  },
};

class StringEncoder implements ChangeEncoder {
  readonly #context: TableContext;
  readonly #keys: KeyColumn;
  readonly #value: number;
  readonly #expiry: Expiry | null;
  readonly #onNull: SinkModeSettings['nullValue'];

  constructor(context: TableContext, settings: SinkModeSettings, key: number, value: number) {
    this.#context = context;
    this.#keys = new KeyColumn(context, key, settings.keyPrefix);
    this.#value = value;
    this.#expiry = expiryOf(settings);
    this.#onNull = settings.nullValue;
  }

  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const value = row[this.#value] as string | null;
    if (value === null) {
      this.#null(key, out);
    } else if (this.#expiry === null) {
      out.add3('SET', key, value);
    } else if (this.#expiry.once) {
      out.add4('SET', key, value, 'KEEPTTL');
      expire(this.#expiry, key, out);
    } else {
      out.add5('SET', key, value, 'PX', this.#expiry.millis);
    }
  }

  delete(row: Row, out: CommandBatch): void {
    out.add2('DEL', this.#keys.of(row));
  }

  sameTarget(before: Row, after: Row): boolean {
    return before[this.#keys.index] === after[this.#keys.index];
  }

  #null(key: string, out: CommandBatch): void {
    if (this.#onNull === 'fail') throw nullError(this.#context, this.#value, key);
    if (this.#onNull === 'delete') out.add2('DEL', key);
  }
}
