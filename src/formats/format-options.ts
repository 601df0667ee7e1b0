// From `'format' = 'json'` and `'json.ignore-parse-errors' = 'true'` to a format (FactoryUtil.TableFactoryHelper). A format's
// options stand below its identifier: `json.` for `format`, `key.json.` and `value.json.` for `key.format` and `value.format`.
import type { FactoryContext } from '../connector/factory.ts';
import type { DecodingFormat, EncodingFormat, FormatFactory } from '../connector/format.ts';
import type { ConfigOption } from '../options/config-option.ts';
import { nearest } from '../options/nearest.ts';
import type { OptionDeclarations, OptionValues } from '../options/read-options.ts';
import { ValidationError } from '../types/errors.ts';

/** The format that a table's options name. */
export interface TableFormat {
  /** `json` */
  readonly identifier: string;
  /** The option that names it, as written in the declaration: `format`, `key.format`, `value.format`. */
  readonly optionKey: string;
  /** What its options' keys start with: `json.`, `value.json.` */
  readonly space: string;
  /** Its options under their full keys: the connector reads them together with its own. */
  readonly options: OptionDeclarations;
  /** @param values what `readOptions` made of the connector's and these options */
  decoding(values: OptionValues): DecodingFormat;
  encoding(values: OptionValues): EncodingFormat;
}

/**
 * The format that the first of `optionKeys` with a value names.
 * @param use `scan` to read, `sink` to write
 * @param optionKeys `['format']`, `['key.format']`, or synonyms `['value.format', 'format']`
 * @throws ValidationError when there is no such format, or none that can read or write
 */
export function findFormat(
  context: Pick<FactoryContext, 'options' | 'formats'>,
  use: 'scan' | 'sink',
  optionKeys: readonly string[],
): TableFormat | null {
  for (const key of optionKeys) {
    for (const [written, identifier] of context.options) {
      if (written.toLowerCase() === key) return tableFormat(context.formats, use, key, identifier);
    }
  }
  return null;
}

/** As `findFormat`, for a format that has to be there; the message names the last of `optionKeys`. */
export function requireFormat(
  context: Pick<FactoryContext, 'options' | 'formats'>,
  use: 'scan' | 'sink',
  optionKeys: readonly string[],
): TableFormat {
  const format = findFormat(context, use, optionKeys);
  if (format !== null) return format;
  throw new ValidationError(`Could not find required ${use} format '${optionKeys.at(-1)}'.`, {
    hint: `Add 'format' = '…', one of: ${identifiers(context.formats, use).join(', ')}.`,
  });
}

/** A connector's declarations with those of its formats added. */
export function withFormats(
  declared: OptionDeclarations,
  formats: readonly (TableFormat | null)[],
): OptionDeclarations {
  const required = [...declared.required];
  const optional = [...declared.optional];
  for (const format of formats) {
    if (format === null) continue;
    required.push(...format.options.required);
    optional.push(...format.options.optional);
  }
  return { required, optional };
}

function tableFormat(
  formats: ReadonlyMap<string, FormatFactory>,
  use: 'scan' | 'sink',
  optionKey: string,
  identifier: string,
): TableFormat {
  const factory = formats.get(identifier);
  if (factory === undefined || !supports(factory, use)) throw unknownFormat(formats, use, identifier);
  const space = `${optionKey.slice(0, -'format'.length)}${identifier}.`;
  const full = <T>(option: ConfigOption<T>): ConfigOption<T> => prefixed(option, space);
  const create = <T>(kind: 'scan' | 'sink', values: OptionValues, make: (own: OptionValues) => T): T => {
    const own: OptionValues = {
      get: (option) => values.get(full(option)),
      find: (option) => values.find(full(option)),
      has: (option) => values.has(full(option)),
    };
    try {
      return make(own);
    } catch (cause) {
      throw new ValidationError(`Error creating ${kind} format '${identifier}' in option space '${space}'.`, {
        cause,
      });
    }
  };
  return {
    identifier,
    optionKey,
    space,
    options: {
      required: factory.options.required.map(full),
      optional: factory.options.optional.map(full),
    },
    decoding: (values) =>
      create('scan', values, (own) => {
        if (factory.createDecodingFormat === undefined) throw unknownFormat(formats, 'scan', identifier);
        return factory.createDecodingFormat(own);
      }),
    encoding: (values) =>
      create('sink', values, (own) => {
        if (factory.createEncodingFormat === undefined) throw unknownFormat(formats, 'sink', identifier);
        return factory.createEncodingFormat(own);
      }),
  };
}

function supports(factory: FormatFactory, use: 'scan' | 'sink'): boolean {
  return use === 'scan'
    ? factory.createDecodingFormat !== undefined
    : factory.createEncodingFormat !== undefined;
}

/** What the message lists. A format that is not loaded has its name in the map only. */
function identifiers(formats: ReadonlyMap<string, FormatFactory>, use: 'scan' | 'sink'): string[] {
  return [...formats.keys()].sort().filter((identifier) => {
    const factory = formats.get(identifier);
    return factory === undefined || supports(factory, use);
  });
}

function unknownFormat(
  formats: ReadonlyMap<string, FormatFactory>,
  use: 'scan' | 'sink',
  identifier: string,
): ValidationError {
  const known = identifiers(formats, use);
  const role = use === 'scan' ? 'Deserialization' : 'Serialization';
  const guess = nearest(identifier, known);
  return new ValidationError(
    `Could not find any factory for identifier '${identifier}' that implements 'org.apache.flink.table.factories.${role}FormatFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n${known.join('\n')}`,
    guess === undefined ? {} : { hint: `Did you mean '${guess}' instead of '${identifier}'?` },
  );
}

function prefixed<T>(option: ConfigOption<T>, space: string): ConfigOption<T> {
  const { type, defaultValue, doc, origin, roles, isPrefix } = option;
  return {
    key: space + option.key,
    fallbackKeys: option.fallbackKeys.map((key) => space + key),
    check: (value) => option.check(value),
    type,
    defaultValue,
    doc,
    origin,
    roles,
    isPrefix,
  };
}
