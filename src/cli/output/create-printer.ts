import type { OutputFormat, ResultPrinter, ResultShape } from './result-printer.ts';

/** The printer of a format; only that one is loaded. */
export async function createPrinter(format: OutputFormat, shape: ResultShape): Promise<ResultPrinter> {
  switch (format) {
    case 'tableau':
      return new (await import('./tableau.ts')).TableauPrinter(shape);
    case 'json':
      return new (await import('./json.ts')).JsonPrinter(shape);
    case 'csv':
      return new (await import('./csv.ts')).CsvPrinter(shape);
  }
}
