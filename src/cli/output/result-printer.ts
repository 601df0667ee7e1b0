// How results are printed: as text that the caller writes.
import type { Row } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';

export type OutputFormat = 'tableau' | 'json' | 'csv';
export const OUTPUT_FORMATS: readonly OutputFormat[] = ['tableau', 'json', 'csv'];

/** Prints the rows of one result. Each method gives the text to write, '' for nothing. */
export interface ResultPrinter {
  begin(): string;
  /** @param kinds the rows' kinds (RowKind); null: all INSERT */
  rows(rows: readonly Row[], kinds: ArrayLike<number> | null): string;
  /** After the last row. */
  end(): string;
  /** When the query was stopped before its end. */
  stopped(): string;
}

export interface ResultShape {
  readonly columns: readonly Field[];
  /** IANA name, for TIMESTAMP_LTZ. */
  readonly timeZone: string;
  /** `sql-client.display.max-column-width` */
  readonly maxColumnWidth: number;
}
