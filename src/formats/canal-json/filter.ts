// `database.include` and `table.include`: looked at before the rows, which may be those of quite another table.
import { ValidationError } from '../../types/errors.ts';
import { STRING } from '../../types/logical-type.ts';
import { CollectOne } from '../json/collect-one.ts';
import { JsonDecoder } from '../json/decoder.ts';
import type { JsonDecodeOptions } from '../json/options.ts';

/** A pattern for the whole of a name. @throws ValidationError @param key the option, for the error */
export function includePattern(pattern: string, key: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch (cause) {
    throw new ValidationError(`Invalid value for option '${key}'.`, { cause });
  }
}

export class CanalFilter {
  readonly #patterns: readonly RegExp[];
  readonly #names: readonly string[];
  readonly #json: JsonDecoder;
  readonly #message = new CollectOne();

  constructor(include: { database: RegExp | null; table: RegExp | null }, options: JsonDecodeOptions) {
    const used = (['database', 'table'] as const).filter((name) => include[name] !== null);
    this.#names = used;
    this.#patterns = used.map((name) => include[name]!);
    this.#json = new JsonDecoder(
      used.map((name) => ({ name, type: STRING })),
      options,
    );
  }

  /** Whether the message is about a table that is asked for. @throws when it does not say which it is about */
  includes(bytes: Buffer, start: number, end: number): boolean {
    const names = this.#message.read(this.#json, bytes, start, end);
    if (names === null) return false;
    return this.#patterns.every((pattern, i) => {
      const name = names[i];
      if (typeof name !== 'string') {
        throw new Error(
          `The "${this.#names[i]}" field is missing, but '${this.#names[i]}.include' asks for it.`,
        );
      }
      return pattern.test(name);
    });
  }
}
