// Tables of text in the shape of Flink's SQL client.
import { displayOf } from '../../plan/types/display.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { type Row, rowKindShort } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import { displayWidth } from '../../types/text/display-width.ts';
import { fitRight } from './fit-right.ts';
import type { ResultPrinter, ResultShape } from './result-printer.ts';

const NULL = '<NULL>';
const OP = 'op';

/** A changelog: widths from the types, as its rows are not yet known; the kind of each change in column `op`. */
export class TableauPrinter implements ResultPrinter {
  readonly #names: readonly string[];
  readonly #display: readonly ((value: unknown) => string | null)[];
  readonly #widths: readonly number[];
  #count = 0;

  constructor({ columns, timeZone, maxColumnWidth }: ResultShape) {
    this.#names = [OP, ...columns.map((column) => column.name)];
    this.#display = columns.map((column) => displayOf(column.type, timeZone));
    this.#widths = [OP.length, ...columns.map((column) => columnWidth(column, maxColumnWidth))];
  }

  begin(): string {
    return `${border(this.#widths)}${line(this.#names, this.#widths)}${border(this.#widths)}`;
  }

  rows(rows: readonly Row[], kinds: ArrayLike<number> | null): string {
    let text = '';
    for (let i = 0; i < rows.length; i++) {
      const cells = this.#display.map((print, c) => print(rows[i]![c]) ?? NULL);
      text += line([rowKindShort(kinds === null ? 0 : kinds[i]!), ...cells], this.#widths);
    }
    this.#count += rows.length;
    return text;
  }

  end(): string {
    return `${this.#bottom()}Received a total of ${this.#rowCount()}\n`;
  }

  stopped(): string {
    return `${this.#bottom()}Query terminated, received a total of ${this.#rowCount()}\n`;
  }

  #bottom(): string {
    return this.#count === 0 ? '' : border(this.#widths);
  }

  #rowCount(): string {
    return `${this.#count} ${this.#count > 1 ? 'rows' : 'row'}`;
  }
}

/** A finished result (SHOW, DESCRIBE): widths from the content, NULL as nothing. */
export function staticTable(columns: readonly Field[], rows: readonly Row[], timeZone: string): string {
  if (rows.length === 0) return 'Empty set\n';
  const names = columns.map((column) => column.name);
  const display = columns.map((column) => displayOf(column.type, timeZone));
  const cells = rows.map((row) => display.map((print, c) => print(row[c]) ?? ''));
  const widths = names.map((name, c) =>
    cells.reduce((width, row) => Math.max(width, displayWidth(row[c]!)), displayWidth(name)),
  );
  const body = cells.map((row) => line(row, widths)).join('');
  const edge = border(widths);
  const count = rows.length === 1 ? '1 row in set' : `${rows.length} rows in set`;
  return `${edge}${line(names, widths)}${edge}${body}${edge}${count}\n`;
}

function border(widths: readonly number[]): string {
  return `+${widths.map((width) => `${'-'.repeat(width + 2)}+`).join('')}\n`;
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return `|${cells.map((cell, c) => ` ${fitRight(cell, widths[c]!)} |`).join('')}\n`;
}

/** Never narrower than the name and `<NULL>`. */
function columnWidth({ name, type }: Field, maxColumnWidth: number): number {
  return Math.max(displayWidth(name), NULL.length, typeWidth(type, maxColumnWidth));
}

function typeWidth(type: LogicalType, maxColumnWidth: number): number {
  switch (type.root) {
    case 'TINYINT':
      return 4;
    case 'SMALLINT':
      return 6;
    case 'INTEGER':
      return 11;
    case 'BIGINT':
      return 20;
    case 'DECIMAL':
      return type.precision + 2;
    case 'BOOLEAN':
      return 5;
    case 'DATE':
      return 10;
    case 'TIME':
      return type.precision === 0 ? 8 : type.precision + 9;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return type.precision === 0 ? 19 : type.precision + 20;
    default:
      return maxColumnWidth;
  }
}
