// Results as JSON: one line a change, `{"op":"+I","row":{"a":1}}`.
import { Buffer } from 'node:buffer';
import { displayOf } from '../../plan/types/display.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { type Row, rowKindShort } from '../../types/row.ts';
import type { ResultPrinter, ResultShape } from './result-printer.ts';

type Encoder = (value: unknown) => string;

export class JsonPrinter implements ResultPrinter {
  readonly #fields: readonly { readonly key: string; readonly encode: Encoder }[];

  constructor({ columns, timeZone }: ResultShape) {
    this.#fields = columns.map(({ name, type }) => ({
      key: JSON.stringify(name),
      encode: encoder(type, timeZone),
    }));
  }

  begin(): string {
    return '';
  }

  rows(rows: readonly Row[], kinds: ArrayLike<number> | null): string {
    let text = '';
    for (let i = 0; i < rows.length; i++) {
      const op = rowKindShort(kinds === null ? 0 : kinds[i]!);
      const row = this.#fields.map(({ key, encode }, c) => `${key}:${encode(rows[i]![c])}`);
      text += `{"op":"${op}","row":{${row.join(',')}}}\n`;
    }
    return text;
  }

  end(): string {
    return '';
  }

  stopped(): string {
    return '';
  }
}

/** Numbers stay exact (BIGINT and DECIMAL with all their digits), bytes are base64, times are texts. */
function encoder(type: LogicalType, timeZone: string): Encoder {
  const encode = notNull(type, timeZone);
  return (value) => (value === null || value === undefined ? 'null' : encode(value));
}

function notNull(type: LogicalType, timeZone: string): Encoder {
  const print = displayOf(type, timeZone);
  const display: Encoder = (value) => print(value) ?? 'null';
  switch (type.root) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
      return String;
    case 'DECIMAL':
      return display;
    case 'FLOAT':
    case 'DOUBLE':
      // JSON has no NaN and no Infinity.
      return (value) => (Number.isFinite(value) ? display(value) : JSON.stringify(display(value)));
    case 'BINARY':
    case 'VARBINARY':
      return (value) => `"${Buffer.from(value as Uint8Array).toString('base64')}"`;
    case 'ARRAY': {
      const element = encoder(type.element, timeZone);
      return (value) => `[${(value as readonly unknown[]).map(element).join(',')}]`;
    }
    case 'ROW': {
      const fields = type.fields.map((f) => ({
        key: JSON.stringify(f.name),
        encode: encoder(f.type, timeZone),
      }));
      return (value) =>
        `{${fields.map(({ key, encode }, i) => `${key}:${encode((value as Row)[i])}`).join(',')}}`;
    }
    case 'MAP':
      return mapEncoder(type.key, encoder(type.value, timeZone), timeZone);
    case 'MULTISET':
      return mapEncoder(type.element, String, timeZone);
    default:
      return (value) => JSON.stringify(display(value));
  }
}

function mapEncoder(keyType: LogicalType, encodeValue: Encoder, timeZone: string): Encoder {
  const printKey = displayOf(keyType, timeZone);
  return (map) => {
    const entries = [...(map as ReadonlyMap<unknown, unknown>)].map(([key, value]) => {
      return `${JSON.stringify(printKey(key) ?? 'null')}:${encodeValue(value)}`;
    });
    return `{${entries.join(',')}}`;
  };
}
