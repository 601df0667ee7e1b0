// Options of csv (org.apache.flink.formats.csv.CsvFormatOptions).
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations, OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';

export const FIELD_DELIMITER = character('field-delimiter')
  .default(',')
  .describe('Stands between fields; one character. Java escapes such as `\\t` and `\\u0001` are understood.');

export const DISABLE_QUOTE_CHARACTER = option('disable-quote-character')
  .boolean()
  .default(false)
  .describe('No character quotes fields.');

export const QUOTE_CHARACTER = character('quote-character')
  .default('"')
  .describe('Encloses fields that hold delimiters, quotes or line ends.');

export const ALLOW_COMMENTS = option('allow-comments')
  .boolean()
  .default(false)
  .describe('Skip lines that start with `#`.');

export const IGNORE_PARSE_ERRORS = option('ignore-parse-errors')
  .boolean()
  .default(false)
  .describe('Skip lines that cannot be read, and take NULL for fields that do not fit, instead of failing.');

export const ARRAY_ELEMENT_DELIMITER = option('array-element-delimiter')
  .string()
  .default(';')
  .describe('Stands between the elements of ARRAY and ROW columns.');

export const ESCAPE_CHARACTER = character('escape-character').describe(
  'The character that takes the meaning from the one behind it.',
);

export const NULL_LITERAL = option('null-literal').string().describe('The text that stands for NULL.');

export const SCIENTIFIC_DECIMALS = option('write-bigdecimal-in-scientific-notation')
  .boolean()
  .default(true)
  .describe('Write large and small decimals with an exponent: `1E+5`.');

export const CSV_OPTIONS: OptionDeclarations = {
  required: [],
  optional: [
    FIELD_DELIMITER,
    DISABLE_QUOTE_CHARACTER,
    QUOTE_CHARACTER,
    ALLOW_COMMENTS,
    IGNORE_PARSE_ERRORS,
    ARRAY_ELEMENT_DELIMITER,
    ESCAPE_CHARACTER,
    NULL_LITERAL,
    SCIENTIFIC_DECIMALS,
  ],
};

export interface CsvDialect {
  readonly delimiter: string;
  /** Undefined: nothing is quoted. */
  readonly quote: string | undefined;
  readonly escape: string | undefined;
  readonly nullLiteral: string | undefined;
  readonly arrayDelimiter: string;
  readonly allowComments: boolean;
  readonly ignoreParseErrors: boolean;
  readonly scientificDecimals: boolean;
}

export function csvDialect(values: OptionValues): CsvDialect {
  const disableQuote = values.get(DISABLE_QUOTE_CHARACTER);
  if (disableQuote && values.has(QUOTE_CHARACTER)) {
    throw new ValidationError(
      'Format cannot define a quote character and disabled quote character at the same time.',
    );
  }
  return {
    delimiter: values.get(FIELD_DELIMITER),
    quote: disableQuote ? undefined : values.get(QUOTE_CHARACTER),
    escape: values.find(ESCAPE_CHARACTER),
    nullLiteral: values.find(NULL_LITERAL),
    arrayDelimiter: values.get(ARRAY_ELEMENT_DELIMITER),
    allowComments: values.get(ALLOW_COMMENTS),
    ignoreParseErrors: values.get(IGNORE_PARSE_ERRORS),
    scientificDecimals: values.get(SCIENTIFIC_DECIMALS),
  };
}

function character(key: string) {
  return option(key).of<string>({
    label: 'String',
    parse(text) {
      const char = unescapeJava(text);
      if (char.length === 1) return char;
      throw new Error(`Option '${key}' must be a string with single character, but was: ${text}`);
    },
    print: (v) => v,
  });
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f' };

function unescapeJava(text: string): string {
  if (text === '\\') return text;
  return text.replace(/\\(?:u+([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
