// What LIST, SET, HASHMAP (single value) and SORTEDSET have in common: a row is one element of a Redis key.
import { sameText, type Text } from '../../../types/encoded-text.ts';
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import { type BoundColumns, bindColumns, type ColumnRole, deleteScope, VALUE } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import { type Value, ValueEncoder } from './formatted-value.ts';
import { nullError } from './messages.ts';
import type { BoundSink, ChangeEncoder, EncoderTarget, SinkModeSettings, TableContext } from './mode.ts';

export interface ElementCommands {
  /** Writing an element that is there adds another one (LIST): the old one has to be removed, even for the same again. */
  readonly appends?: boolean;
  /** Appends the commands that write the element. `values`: of the roles behind the key, none null; VALUE is a `Value`. */
  write(context: TableContext, key: Text, values: readonly unknown[], out: CommandBatch): void;
  remove(key: Text, element: Value, out: CommandBatch): void;
}

/**
 * @param roles the key, then what the commands take
 * @param element the role by which an element is found again
 * @param explain.remove the command that deletes one element, for EXPLAIN
 * @param explain.changed what an update that changes the element does when a row is known by the key alone
 */
export function bindElementSink(
  context: TableContext,
  settings: SinkModeSettings,
  usage: string,
  roles: readonly ColumnRole[],
  element: ColumnRole,
  commands: ElementCommands,
  explain: { readonly remove: string; readonly changed: string },
): BoundSink {
  const bound = bindColumns(context, settings, usage, roles, element);
  const scope = deleteScope(context, bound.key, settings);
  const removal = scope === 'element' ? explain.remove : 'DEL key';
  const at = roles.indexOf(element) - 1;
  return {
    keyColumns: bound.key.columns,
    explain: [
      `delete=[${settings.ignoreDelete ? 'ignored' : removal}]`,
      ...(scope === 'key' ? [`update=[${explain.changed}]`] : []),
    ],
    createEncoder: (target) =>
      new ElementEncoder(context, settings, target, bound, element === VALUE ? null : at, scope, commands),
  };
}

class ElementEncoder implements ChangeEncoder {
  readonly encoded: readonly number[];
  readonly #context: TableContext;
  readonly #bound: BoundColumns;
  readonly #columns: readonly number[];
  /** The value, where a format makes it of several columns. */
  readonly #format: ValueEncoder | null;
  /** The column of the element; -1 where it is what `#format` makes. */
  readonly #element: number;
  readonly #byElement: boolean;
  readonly #commands: ElementCommands;
  readonly #expiry: Expiry | null;
  readonly #onNull: SinkModeSettings['nullValue'];
  /** Used again for each row. */
  readonly #values: unknown[];

  /** @param element which of the roles behind the key finds it again; null: the value */
  constructor(
    context: TableContext,
    settings: SinkModeSettings,
    target: EncoderTarget,
    bound: BoundColumns,
    element: number | null,
    scope: 'key' | 'element',
    commands: ElementCommands,
  ) {
    this.#context = context;
    this.#bound = bound;
    this.#columns = bound.columns;
    this.encoded = [...bound.key.encoded, ...bound.columns];
    const { valueFormat } = settings;
    this.#format = valueFormat === null ? null : new ValueEncoder(context, valueFormat, bound.formatted);
    this.#element =
      element !== null ? bound.columns[element]! : this.#format === null ? bound.columns.at(-1)! : -1;
    this.#byElement = scope === 'element';
    this.#commands = commands;
    this.#expiry = expiryOf(context, settings, target);
    this.#onNull = settings.nullValue;
    this.#values = this.#columns.map(() => null);
    if (this.#format !== null) this.#values.push(null);
  }

  upsert(row: Row, out: CommandBatch): void {
    const key = this.#bound.key.of(row);
    const values = this.#values;
    for (let i = 0; i < this.#columns.length; i++) {
      const value = row[this.#columns[i]!];
      if (value === null) {
        this.#null(this.#columns[i]!, key, row, out);
        return;
      }
      values[i] = value;
    }
    if (this.#format !== null) {
      const value = this.#format.of(row);
      if (value === null) {
        this.#null(this.#bound.formatted[0]!, key, row, out);
        return;
      }
      values[values.length - 1] = value;
    }
    this.#commands.write(this.#context, key, values, out);
    expire(this.#expiry, key, row, out);
  }

  delete(row: Row, out: CommandBatch): void {
    const key = this.#bound.key.of(row);
    if (!this.#byElement) {
      out.add2('DEL', key);
      return;
    }
    const element = this.#element < 0 ? this.#format!.of(row) : (row[this.#element] as Text | null);
    if (element === null) {
      throw nullError(this.#context, this.#element < 0 ? this.#bound.formatted[0]! : this.#element, key);
    }
    this.#commands.remove(key, element, out);
  }

  sameTarget(before: Row, after: Row): boolean {
    if (!this.#bound.key.same(before, after)) return false;
    if (!this.#byElement) return true;
    if (this.#commands.appends === true) return false;
    return this.#element < 0
      ? this.#format!.same(before, after)
      : sameText(before[this.#element], after[this.#element]);
  }

  #null(column: number, key: Text, row: Row, out: CommandBatch): void {
    if (this.#onNull === 'fail') throw nullError(this.#context, column, key);
    if (this.#onNull === 'delete') this.delete(row, out);
  }
}
