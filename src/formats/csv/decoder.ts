// Lines of CSV to rows (org.apache.flink.formats.csv.CsvRowDataDeserializationSchema). Only projected columns are converted.
import type { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecoderContext } from '../../connector/format.ts';
import { DataError } from '../../types/errors.ts';
import { raw } from '../../types/raw-buffer.ts';
import type { Row } from '../../types/row.ts';
import type { CsvDialect } from './options.ts';
import { columnReader, type FieldReader, lengthMismatch } from './readers.ts';
import { CsvTokenizer } from './tokenizer.ts';

const COMMENT = 35;

export class CsvDecoder implements Decoder {
  readonly #tokenizer: CsvTokenizer;
  readonly #readers: readonly FieldReader[];
  readonly #projection: readonly number[];
  readonly #columns: number;
  readonly #dialect: CsvDialect;

  constructor({ schema, projection }: DecoderContext, dialect: CsvDialect) {
    this.#tokenizer = new CsvTokenizer(dialect);
    this.#columns = schema.fields.length;
    this.#projection = projection;
    this.#readers = projection.map((i) => {
      const field = schema.fields[i]!;
      return columnReader(field.name, field.type, dialect);
    });
    this.#dialect = dialect;
  }

  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void {
    if (start >= end || (this.#dialect.allowComments && bytes[start] === COMMENT)) return;
    const text = raw(bytes).utf8Slice(start, end);
    try {
      out.add(this.#row(this.#tokenizer.split(text)));
    } catch (cause) {
      if (this.#dialect.ignoreParseErrors && !(cause instanceof TypeError)) return;
      throw new DataError(`Failed to deserialize CSV row '${text}'.`, { cause });
    }
  }

  #row(fields: readonly string[]): Row {
    const expected = this.#columns;
    // A delimiter at the end of the line is no further column.
    const actual = fields.length === expected + 1 && fields[expected] === '' ? expected : fields.length;
    if (actual > expected || (actual < expected && !this.#dialect.ignoreParseErrors)) {
      throw lengthMismatch(expected, actual);
    }
    return this.#projection.map((column, i) => (column < actual ? this.#readers[i]!(fields[column]!) : null));
  }
}
