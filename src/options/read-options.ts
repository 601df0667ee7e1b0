// Table options against their declarations, in Flink's order and words (org.apache.flink.table.factories.FactoryUtil):
// required present, each parses, none unknown. Keys are matched without regard to case (the page itself mixes them).
import { ValidationError } from '../types/errors.ts';
import type { ConfigOption } from './config-option.ts';
import { nearest } from './nearest.ts';
import { redact } from './redact.ts';

/** Values of declared options. */
export interface OptionValues {
  /** The value or the option's default; throws when there is neither. */
  get<T>(option: ConfigOption<T>): T;
  /** The value or the option's default, or undefined. */
  find<T>(option: ConfigOption<T>): T | undefined;
  /** Whether the user wrote it. */
  has(option: ConfigOption<unknown>): boolean;
}

export interface OptionDeclarations {
  readonly required: readonly ConfigOption<unknown>[];
  readonly optional: readonly ConfigOption<unknown>[];
}

/**
 * Reads and checks options.
 * @param owner the factory's identifier, for the messages: `redis`
 * @param strict false leaves unknown keys to somebody else
 * @throws ValidationError in Flink's words
 */
export function readOptions(
  owner: string,
  given: ReadonlyMap<string, string>,
  declared: OptionDeclarations,
  strict = true,
): OptionValues {
  const all = [...declared.required, ...declared.optional];
  const byKey = indexKeys(all);
  const values = new Map<string, unknown>();
  const written = new Map<string, string>();
  const unknown: string[] = [];
  for (const [key, text] of given) {
    const option = byKey.get(key.toLowerCase());
    if (option !== undefined) written.set(option.key, text);
    else if (!readPrefixed(all, key, text, values)) unknown.push(key);
  }
  const missing = declared.required.filter((o) => !written.has(o.key) && !values.has(o.key));
  if (missing.length > 0) throw missingError(missing.map((o) => o.key));
  for (const option of all) {
    const text = written.get(option.key);
    if (text !== undefined) values.set(option.key, parseOption(option, text));
  }
  if (strict && unknown.length > 0) throw unknownError(owner, unknown, all);
  return new Values(values);
}

/** Flink's sentence for options that must be there. */
export function missingError(keys: readonly string[]): ValidationError {
  return new ValidationError(
    `One or more required options are missing.\n\nMissing required options are:\n\n${[...keys].sort().join('\n')}`,
  );
}

/** One option's text to its value. @throws ValidationError with the reason as its cause */
export function parseOption<T>(option: ConfigOption<T>, text: string): T {
  try {
    const value = option.type.parse(text);
    option.check?.(value);
    return value;
  } catch (reason) {
    throw new ValidationError(`Invalid value for option '${option.key}'.`, {
      cause: hideValue(option.key, text, reason),
    });
  }
}

function hideValue(key: string, text: string, reason: unknown): Error {
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ValidationError(text === '' ? message : message.replaceAll(text, redact(key, text)));
}

function indexKeys(options: readonly ConfigOption<unknown>[]): Map<string, ConfigOption<unknown>> {
  const index = new Map<string, ConfigOption<unknown>>();
  for (const option of options) {
    if (option.isPrefix) continue;
    index.set(option.key.toLowerCase(), option);
    for (const key of option.fallbackKeys) index.set(key.toLowerCase(), option);
  }
  return index;
}

function readPrefixed(
  options: readonly ConfigOption<unknown>[],
  key: string,
  text: string,
  values: Map<string, unknown>,
): boolean {
  const option = options.find((o) => o.isPrefix && key.startsWith(`${o.key}.`));
  if (option === undefined) return false;
  const map = (values.get(option.key) as Map<string, string> | undefined) ?? new Map<string, string>();
  map.set(key.slice(option.key.length + 1), text);
  values.set(option.key, map);
  return true;
}

function unknownError(
  owner: string,
  unknown: readonly string[],
  all: readonly ConfigOption<unknown>[],
): ValidationError {
  const supported = all.flatMap((o) => [o.key, ...o.fallbackKeys.map((k) => `${k} (deprecated)`)]);
  const keys = all.filter((o) => !o.isPrefix).map((o) => o.key);
  const guesses = unknown.flatMap((u) => {
    const guess = nearest(u, keys);
    return guess === undefined ? [] : [`Did you mean '${guess}' instead of '${u}'?`];
  });
  return new ValidationError(
    `Unsupported options found for '${owner}'.\n\nUnsupported options:\n\n${[...unknown].sort().join('\n')}\n\nSupported options:\n\n${supported.sort().join('\n')}`,
    guesses.length === 0 ? {} : { hint: guesses.join(' ') },
  );
}

class Values implements OptionValues {
  readonly #values: ReadonlyMap<string, unknown>;
  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }
  get<T>(option: ConfigOption<T>): T {
    const value = this.find(option);
    if (value === undefined) throw missingError([option.key]);
    return value;
  }
  find<T>(option: ConfigOption<T>): T | undefined {
    return this.#values.has(option.key) ? (this.#values.get(option.key) as T) : option.defaultValue;
  }
  has(option: ConfigOption<unknown>): boolean {
    return this.#values.has(option.key);
  }
}
