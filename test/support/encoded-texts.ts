// Rows as a host has them that does not make strings of texts.
import { EncodedText } from '../../src/types/encoded-text.ts';
import type { RowBatch } from '../../src/types/row.ts';
import { ViewedBytes } from '../../src/types/viewed-bytes.ts';

/** A text whose bytes have others before and behind them. */
export function encodedText(text: string): EncodedText {
  const bytes = Buffer.from(`<${text}>`);
  return new EncodedText(new ViewedBytes(bytes), 1, bytes.length - 1);
}

/** The same rows, the texts of these columns encoded. */
export function withEncodedTexts({ rows, kinds }: RowBatch, columns: readonly number[]): RowBatch {
  const encoded = rows.map((row) =>
    row.map((cell, i) => (typeof cell === 'string' && columns.includes(i) ? encodedText(cell) : cell)),
  );
  return { rows: encoded, kinds };
}

/** What a host may do with the texts of a batch when its writing is over: use them for others. */
export function useForOthers({ rows }: RowBatch): void {
  for (const cell of rows.flat()) {
    if (!(cell instanceof EncodedText)) continue;
    cell.bytes.buffer.fill('?');
    cell.move(0, cell.bytes.buffer.length);
  }
}
