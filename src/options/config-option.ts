// The one declaration of an option (org.apache.flink.configuration.ConfigOption): parsing, messages, docs, --help and the
// Java constants are all fed from it. There is no second list of options anywhere.
import {
  type Duration,
  parseBoolean,
  parseDuration,
  parseInt32,
  parseInt64,
  parseMemorySize,
} from './parse.ts';

/** How an option's text becomes a value; `label` is what the docs print. */
export interface OptionType<T> {
  readonly label: string;
  parse(text: string): T;
  /** Text of a value, for docs and default values. */
  print(value: T): string;
}

export interface ConfigOption<T> {
  readonly key: string;
  readonly type: OptionType<T>;
  /** Undefined: no default. */
  readonly defaultValue: T | undefined;
  readonly doc: string;
  /** Older spellings that are still read. */
  readonly fallbackKeys: readonly string[];
  /** Where it is documented: the connector page, a Flink option, or Drey's own. */
  readonly origin: 'page' | 'flink' | 'extension';
  /** Further checks of one value; throws an Error with the reason. */
  check(value: T): void;
  /** `sink`, `lookup`, `source`: who reads it. Empty: all. */
  readonly roles: readonly ('source' | 'lookup' | 'sink')[];
  /** Takes every key below `key.` as a map. */
  readonly isPrefix: boolean;
}

/** Starts a declaration: `option('port').int().default(6379).describe('Port number.')`. */
export function option(key: string): OptionKey {
  return new OptionKey(key);
}

class OptionKey {
  readonly #key: string;
  constructor(key: string) {
    this.#key = key;
  }
  string(): OptionBuilder<string> {
    return this.of({ label: 'String', parse: (t) => t, print: (v) => v });
  }
  int(): OptionBuilder<number> {
    return this.of({ label: 'Integer', parse: parseInt32, print: String });
  }
  /** A 64-bit number that must be a safe integer in JavaScript. */
  long(): OptionBuilder<number> {
    return this.of({ label: 'Long', parse: parseInt64, print: String });
  }
  boolean(): OptionBuilder<boolean> {
    return this.of({ label: 'Boolean', parse: parseBoolean, print: String });
  }
  double(): OptionBuilder<number> {
    return this.of({
      label: 'Double',
      parse(text) {
        const value = Number(text);
        if (text.trim() === '' || Number.isNaN(value)) throw new Error(`For input string: "${text}"`);
        return value;
      },
      print: String,
    });
  }
  /** Milliseconds; Flink's syntax (`3000ms`, `3 s`, `1 min`, a bare number is milliseconds). */
  duration(): OptionBuilder<Duration> {
    return this.of({ label: 'Duration', parse: parseDuration, print: (v) => `${v} ms` });
  }
  memorySize(): OptionBuilder<number> {
    return this.of({ label: 'MemorySize', parse: parseMemorySize, print: (v) => `${v} bytes` });
  }
  /** Matched without regard to case, kept in the spelling of `values`. */
  enum<const T extends string>(values: readonly T[]): OptionBuilder<T> {
    const key = this.#key;
    return this.of({
      label: `Enum [${values.join(', ')}]`,
      parse(text) {
        const found = values.find((v) => v.toLowerCase() === text.trim().toLowerCase());
        if (found === undefined) {
          throw new Error(
            `Could not parse value '${text}' for option '${key}'. Expected one of: [${values.join(', ')}]`,
          );
        }
        return found;
      },
      print: (v) => v,
    });
  }
  /** `a;b;c` */
  list(): OptionBuilder<readonly string[]> {
    return this.of<readonly string[]>({
      label: 'List<String>',
      parse: (text) =>
        text
          .split(';')
          .map((s) => s.trim())
          .filter((s) => s !== ''),
      print: (v) => v.join(';'),
    });
  }
  /** All keys below `key.`: `option('properties').map()` reads `properties.*`. */
  map(): OptionBuilder<ReadonlyMap<string, string>> {
    return new OptionBuilder<ReadonlyMap<string, string>>({
      ...blank<ReadonlyMap<string, string>>(this.#key, {
        label: 'Map',
        parse: (text) => new Map([['', text]]),
        print: () => '',
      }),
      isPrefix: true,
    });
  }
  /** A type of one's own. */
  of<T>(type: OptionType<T>): OptionBuilder<T> {
    return new OptionBuilder(blank(this.#key, type));
  }
}

function blank<T>(key: string, type: OptionType<T>): ConfigOption<T> {
  return {
    key,
    type,
    defaultValue: undefined,
    doc: '',
    fallbackKeys: [],
    origin: 'flink',
    check: () => {},
    roles: [],
    isPrefix: false,
  };
}

/** Every step returns a new builder; a builder is a ConfigOption itself. */
export class OptionBuilder<T> implements ConfigOption<T> {
  readonly key: string;
  readonly type: OptionType<T>;
  readonly defaultValue: T | undefined;
  readonly doc: string;
  readonly fallbackKeys: readonly string[];
  readonly origin: 'page' | 'flink' | 'extension';
  readonly #check: (value: T) => void;
  readonly roles: readonly ('source' | 'lookup' | 'sink')[];
  readonly isPrefix: boolean;

  constructor(o: ConfigOption<T>) {
    this.key = o.key;
    this.type = o.type;
    this.defaultValue = o.defaultValue;
    this.doc = o.doc;
    this.fallbackKeys = o.fallbackKeys;
    this.origin = o.origin;
    this.#check = (value) => o.check(value);
    this.roles = o.roles;
    this.isPrefix = o.isPrefix;
  }

  check(value: T): void {
    this.#check(value);
  }
  default(value: T): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), defaultValue: value });
  }
  describe(doc: string): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), doc });
  }
  fallback(...keys: string[]): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), fallbackKeys: keys });
  }
  from(origin: 'page' | 'flink' | 'extension'): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), origin });
  }
  checked(check: (value: T) => void): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), check });
  }
  role(...roles: ('source' | 'lookup' | 'sink')[]): OptionBuilder<T> {
    return new OptionBuilder({ ...this.plain(), roles });
  }
  /** Refuses values below `least`, in Flink's words for negative ones. */
  atLeast(this: OptionBuilder<number>, least: number): OptionBuilder<number> {
    return this.checked((v) => {
      if (v >= least) return;
      throw new Error(
        least === 0
          ? `The value of '${this.key}' option shouldn't be negative, but is ${v}.`
          : `The value of '${this.key}' option must be at least ${least}, but is ${v}.`,
      );
    });
  }

  private plain(): ConfigOption<T> {
    const { key, type, defaultValue, doc, fallbackKeys, origin, roles, isPrefix } = this;
    return { key, type, defaultValue, doc, fallbackKeys, origin, roles, isPrefix, check: this.#check };
  }
}
