// Results as CSV (RFC 4180, lines end with \n): a header, then `op` and the values as the SQL client prints them. NULL is
// empty, the empty string is "".
import { displayOf } from '../../plan/types/display.ts';
import { type Row, rowKindShort } from '../../types/row.ts';
import type { ResultPrinter, ResultShape } from './result-printer.ts';

export class CsvPrinter implements ResultPrinter {
  readonly #names: readonly string[];
  readonly #display: readonly ((value: unknown) => string | null)[];

  constructor({ columns, timeZone }: ResultShape) {
    this.#names = columns.map((column) => column.name);
    this.#display = columns.map((column) => displayOf(column.type, timeZone));
  }

  begin(): string {
    return `${['op', ...this.#names].map(cell).join(',')}\n`;
  }

  rows(rows: readonly Row[], kinds: ArrayLike<number> | null): string {
    let text = '';
    for (let i = 0; i < rows.length; i++) {
      text += rowKindShort(kinds === null ? 0 : kinds[i]!);
      for (const [c, print] of this.#display.entries()) text += `,${cell(print(rows[i]![c]))}`;
      text += '\n';
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

function cell(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
