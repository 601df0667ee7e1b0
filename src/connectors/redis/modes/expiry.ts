// The time to live of written keys (`expiration`, `expiration.column`, metadata column `ttl`).
import type { Text } from '../../../types/encoded-text.ts';
import { DataError } from '../../../types/errors.ts';
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import { tableName } from './messages.ts';
import type { EncoderTarget, SinkModeSettings, TableContext } from './mode.ts';

/** Appends what gives a key its time to live, behind the command that wrote it. */
export interface Expiry {
  /** Only keys that have no time to live get one. */
  readonly once: boolean;
  /** Milliseconds as text; null: the row sets none. */
  of(row: Row): string | null;
}

/** Null: keys are left as Redis leaves them. */
export function expiryOf(
  context: TableContext,
  settings: SinkModeSettings,
  target: EncoderTarget,
): Expiry | null {
  const once = settings.expirationPolicy === 'first-write';
  const millis = settings.expirationMs === 0 ? null : String(settings.expirationMs);
  if (target.ttlColumn !== null) return new ColumnExpiry(context, target.ttlColumn, millis, once);
  return millis === null ? null : { once, of: () => millis };
}

/** NULL: as the table's option says. 0: none is set. */
class ColumnExpiry implements Expiry {
  readonly once: boolean;
  readonly #context: TableContext;
  readonly #column: number;
  readonly #default: string | null;

  constructor(context: TableContext, column: number, millis: string | null, once: boolean) {
    this.once = once;
    this.#context = context;
    this.#column = column;
    this.#default = millis;
  }

  of(row: Row): string | null {
    const value = (row[this.#column] ?? null) as number | bigint | null;
    if (value === null) return this.#default;
    if (value > 0) return String(value);
    if (value < 0) {
      throw new DataError(
        `${tableName(this.#context)}: a time to live of ${value} ms is being written, but it must be at least 1, or 0 for none.`,
      );
    }
    return null;
  }
}

export function expire(expiry: Expiry | null, key: Text, row: Row, out: CommandBatch): void {
  if (expiry === null) return;
  const millis = expiry.of(row);
  if (millis === null) return;
  if (expiry.once) out.add4('PEXPIRE', key, millis, 'NX');
  else out.add3('PEXPIRE', key, millis);
}
