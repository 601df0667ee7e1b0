// The Redis key of a row: a column's value behind the prefix, or a template filled from several columns.

import { sameText, type Text } from '../../../types/encoded-text.ts';
import { DataError, ValidationError } from '../../../types/errors.ts';
import { isCharacter, type LogicalType, typeToString } from '../../../types/logical-type.ts';
import type { Row } from '../../../types/row.ts';
import type { TemplatePart } from './key-template.ts';
import { tableName } from './messages.ts';
import type { TableContext } from './mode.ts';

export interface RowKey {
  /** The columns that it is made of. */
  readonly columns: readonly number[];
  /** Those that may be EncodedText in rows. */
  readonly encoded: readonly number[];
  /** @throws DataError when one of them is NULL */
  of(row: Row): Text;
  same(a: Row, b: Row): boolean;
}

/** What Redis is told: the value behind the prefix. Without one it stays as it is, EncodedText too. */
export function prefixed(prefix: string, value: Text): Text {
  return prefix === '' ? value : `${prefix}${value}`;
}

/** One STRING column. */
export class KeyColumn implements RowKey {
  readonly columns: readonly number[];
  readonly encoded: readonly number[];
  readonly #index: number;
  readonly #prefix: string;
  readonly #context: TableContext;

  constructor(context: TableContext, index: number, prefix: string) {
    this.#context = context;
    this.#index = index;
    this.columns = [index];
    this.encoded = prefix === '' ? [index] : [];
    this.#prefix = prefix;
  }

  of(row: Row): Text {
    const key = row[this.#index] as Text | null;
    if (key === null) throw nullKeyError(this.#context, this.#index, 'the Redis key');
    return prefixed(this.#prefix, key);
  }

  same(a: Row, b: Row): boolean {
    return sameText(a[this.#index], b[this.#index]);
  }
}

/** Several columns, STRING or whole numbers. */
export class KeyTemplate implements RowKey {
  readonly columns: readonly number[];
  readonly encoded: readonly number[] = [];
  readonly #context: TableContext;
  /** Literal text before each column, and behind the last. */
  readonly #texts: readonly string[];
  /** The columns in the order of the template; one may come twice. */
  readonly #order: readonly number[];

  constructor(context: TableContext, template: BoundTemplate, prefix: string) {
    this.#context = context;
    this.columns = template.columns;
    this.#order = template.order;
    this.#texts = [prefix + template.texts[0]!, ...template.texts.slice(1)];
  }

  of(row: Row): string {
    let key = this.#texts[0]!;
    for (let i = 0; i < this.#order.length; i++) {
      const value = row[this.#order[i]!];
      if (value === null) throw nullKeyError(this.#context, this.#order[i]!, 'part of the Redis key');
      key += String(value) + this.#texts[i + 1]!;
    }
    return key;
  }

  same(a: Row, b: Row): boolean {
    for (const i of this.columns) if (a[i] !== b[i]) return false;
    return true;
  }
}

export interface BoundTemplate {
  /** Distinct columns, ascending. */
  readonly columns: readonly number[];
  readonly order: readonly number[];
  /** One more than `order`. */
  readonly texts: readonly string[];
}

/** @throws ValidationError about a column that is not there, or is of a type without a text of its own */
export function bindTemplate(context: TableContext, parts: readonly TemplatePart[]): BoundTemplate {
  const { fields } = context.schema;
  const order: number[] = [];
  const texts: string[] = [''];
  for (const part of parts) {
    if ('text' in part) {
      texts[texts.length - 1] += part.text;
      continue;
    }
    const index = fields.findIndex((f) => f.name === part.column);
    if (index < 0) {
      throw new ValidationError(
        `Invalid value for option 'key-template': ${tableName(context)} has no column '${part.column}'. Its columns are ${fields.map((f) => f.name).join(', ')}.`,
        { hint: 'A brace of the key itself is written twice: {{ and }}.' },
      );
    }
    if (!isKeyType(fields[index]!.type)) {
      throw new ValidationError(
        `Invalid value for option 'key-template': column '${part.column}' is ${typeToString(fields[index]!.type)}, but a part of a key is STRING (CHAR and VARCHAR too), TINYINT, SMALLINT, INT or BIGINT.`,
      );
    }
    order.push(index);
    texts.push('');
  }
  return { columns: [...new Set(order)].sort((a, b) => a - b), order, texts };
}

function isKeyType(type: LogicalType): boolean {
  return isCharacter(type) || isWholeNumber(type);
}

export function isWholeNumber(type: LogicalType): boolean {
  return ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'].includes(type.root);
}

function nullKeyError(context: TableContext, column: number, role: string): DataError {
  const name = context.schema.fields[column]!.name;
  return new DataError(
    `${tableName(context)}: column '${name}' is ${role}, and a NULL is being written into it.`,
    { hint: "Filter such rows, or set 'table.exec.sink.not-null-enforcer' = 'DROP'." },
  );
}
