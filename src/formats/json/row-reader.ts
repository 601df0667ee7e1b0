// JSON objects to rows. Only the fields that are asked for are made into values; the others are passed.
import { isCharacter } from '../../types/logical-type.ts';
import type { Row } from '../../types/row.ts';
import type { Field } from '../../types/schema.ts';
import type { JsonScanner } from './scanner.ts';
import type { ShapeRecorder } from './shape.ts';
import { JsonSyntaxError } from './syntax.ts';

/** Reads the value at the cursor and leaves the cursor behind it. */
export type Reader = (s: JsonScanner) => unknown;

export class JsonRowReader {
  readonly names: readonly string[];
  /** Reads field `i`; an error names the field. */
  readonly readers: readonly Reader[];
  /** 1 for fields of CHAR and VARCHAR, whose text is the string as it stands. */
  readonly isString: Uint8Array;
  readonly #index: ReadonlyMap<string, number>;
  readonly #absent: readonly unknown[];
  readonly #failOnMissingField: boolean;
  /** The round in which a field was seen last: a repeated key does not count again. */
  readonly #seen: Float64Array;
  #round = 0;

  /**
   * @param readers of the fields, in their order
   * @param absent what a field that the object does not have becomes
   */
  constructor(
    fields: readonly Field[],
    readers: readonly Reader[],
    failOnMissingField: boolean,
    absent: unknown = null,
  ) {
    this.names = fields.map((f) => f.name);
    this.readers = fields.map((f, i) => namingErrors(f.name, readers[i]!));
    this.isString = Uint8Array.from(fields, (f) => (isCharacter(f.type) ? 1 : 0));
    this.#index = new Map(fields.map((f, i) => [f.name, i]));
    this.#absent = fields.map(() => absent);
    this.#failOnMissingField = failOnMissingField;
    this.#seen = new Float64Array(fields.length);
  }

  /** A row without values, to be filled. */
  emptyRow(): unknown[] {
    return this.#absent.slice();
  }

  /** The object at the cursor. A repeated key counts with its first value. @param recorder notes the order of the keys */
  read(s: JsonScanner, recorder: ShapeRecorder | null = null): Row {
    if (s.bytes[s.pos] !== 123) throw new Error('Illegal JSON object data...');
    const row = this.emptyRow();
    const round = ++this.#round;
    let found = 0;
    let c = s.enter();
    if (c === 125) {
      s.pos++;
      c = -1;
    } else if (c === -1) throw s.unexpected(s.pos, "a field name or '}'");
    while (c !== -1) {
      if (c !== 34) throw s.unexpected(s.pos, 'double-quote to start field name');
      const slot = this.#index.get(s.string()) ?? -1;
      s.colon();
      const repeated = slot !== -1 && this.#seen[slot] === round;
      recorder?.value(s, repeated ? -2 : slot);
      if (slot === -1 || repeated) s.skipValue();
      else {
        this.#seen[slot] = round;
        found++;
        row[slot] = this.readers[slot]!(s);
      }
      recorder?.behindValue(s);
      c = s.next(125);
    }
    if (this.#failOnMissingField && found < row.length) this.#throwMissing(round);
    recorder?.end(s);
    return row;
  }

  #throwMissing(round: number): never {
    const missing = this.names.filter((_, i) => this.#seen[i] !== round).map((name) => `'${name}'`);
    throw new Error(
      `Some field is missing in the JSON data. Could not find field with name ${missing.join(', ')}.`,
    );
  }
}

function namingErrors(name: string, read: Reader): Reader {
  return (s) => {
    try {
      return read(s);
    } catch (cause) {
      if (cause instanceof JsonSyntaxError) throw cause;
      throw new Error(`Fail to deserialize at field: ${name}.`, { cause });
    }
  };
}
