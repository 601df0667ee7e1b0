// What LIST, SET, HASHMAP (single value) and SORTEDSET have in common: a row is one element of a Redis key.
import type { Row } from '../../../types/row.ts';
import type { CommandBatch } from '../client/command-batch.ts';
import { bindColumns, type ColumnRole, deleteScope, KeyColumn, nullError } from './columns.ts';
import { type Expiry, expire, expiryOf } from './expiry.ts';
import type { BoundSink, ChangeEncoder, SinkModeSettings, TableContext } from './mode.ts';

export interface ElementCommands {
  /** Appends the command that writes the element. `values`: of the columns behind the key, none null. */
  write(context: TableContext, key: string, values: readonly unknown[], out: CommandBatch): void;
  remove(key: string, element: string, out: CommandBatch): void;
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
  const bound = bindColumns(context, usage, roles, element);
  const scope = deleteScope(context, settings);
  const removal = scope === 'element' ? explain.remove : 'DEL key';
  return {
    explain: [
      `delete=[${settings.ignoreDelete ? 'ignored' : removal}]`,
      ...(scope === 'key' ? [`update=[${explain.changed}]`] : []),
    ],
    createEncoder: () =>
      new ElementEncoder(context, settings, bound, bound[roles.indexOf(element)]!, scope, commands),
  };
}

class ElementEncoder implements ChangeEncoder {
  readonly #context: TableContext;
  readonly #keys: KeyColumn;
  readonly #columns: readonly number[];
  readonly #element: number;
  readonly #byElement: boolean;
  readonly #commands: ElementCommands;
  readonly #expiry: Expiry | null;
  readonly #onNull: SinkModeSettings['nullValue'];
  /** Used again for each row. */
  readonly #values: unknown[];

  constructor(
    context: TableContext,
    settings: SinkModeSettings,
    bound: readonly number[],
    element: number,
    scope: 'key' | 'element',
    commands: ElementCommands,
  ) {
    this.#context = context;
    this.#keys = new KeyColumn(context, bound[0]!, settings.keyPrefix);
    this.#columns = bound.slice(1);
    this.#element = element;
    this.#byElement = scope === 'element';
    this.#commands = commands;
    this.#expiry = expiryOf(settings);
    this.#onNull = settings.nullValue;
    this.#values = this.#columns.map(() => null);
  }

  upsert(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    const values = this.#values;
    for (let i = 0; i < values.length; i++) {
      const value = row[this.#columns[i]!];
      if (value === null) {
        this.#null(this.#columns[i]!, key, row, out);
        return;
      }
      values[i] = value;
    }
    this.#commands.write(this.#context, key, values, out);
    expire(this.#expiry, key, out);
  }

  delete(row: Row, out: CommandBatch): void {
    const key = this.#keys.of(row);
    if (!this.#byElement) {
      out.add2('DEL', key);
      return;
    }
    const element = row[this.#element] as string | null;
    if (element === null) throw nullError(this.#context, this.#element, key);
    this.#commands.remove(key, element, out);
  }

  sameTarget(before: Row, after: Row): boolean {
    if (before[this.#keys.index] !== after[this.#keys.index]) return false;
    return !this.#byElement || before[this.#element] === after[this.#element];
  }

  #null(column: number, key: string, row: Row, out: CommandBatch): void {
    if (this.#onNull === 'fail') throw nullError(this.#context, column, key);
    if (this.#onNull === 'delete') this.delete(row, out);
  }
}
