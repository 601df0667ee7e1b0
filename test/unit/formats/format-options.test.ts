import { describe, expect, test } from 'vitest';
import { findFormat, requireFormat, withFormats } from '../../../src/formats/format-options.ts';
import { option } from '../../../src/options/config-option.ts';
import { readOptions } from '../../../src/options/read-options.ts';
import { errorChain } from '../../../src/types/errors.ts';
import { FORMATS_BY_IDENTIFIER } from '../../support/formats.ts';

const context = (options: Record<string, string>) => ({
  options: new Map(Object.entries(options)),
  formats: FORMATS_BY_IDENTIFIER,
});
const FORMAT = option('format').string();
const VALUE_FORMAT = option('value.format').string();

function chainOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    return errorChain(error);
  }
  throw new Error('Nothing was thrown.');
}

describe('findFormat', () => {
  test('names the space of its options', () => {
    expect(findFormat(context({ FORMAT: 'json' }), 'scan', ['format'])?.space).toBe('json.');
    expect(findFormat(context({ 'value.format': 'csv' }), 'scan', ['value.format', 'format'])?.space).toBe(
      'value.csv.',
    );
    expect(findFormat(context({}), 'scan', ['key.format'])).toBeNull();
  });
  test('a format that has to be there', () => {
    expect(chainOf(() => requireFormat(context({}), 'scan', ['value.format', 'format']))).toEqual([
      "Could not find required scan format 'format'.",
    ]);
    expect(chainOf(() => requireFormat(context({}), 'sink', ['format']))).toEqual([
      "Could not find required sink format 'format'.",
    ]);
  });
  test('an unknown format', () => {
    expect(chainOf(() => requireFormat(context({ format: 'jsn' }), 'scan', ['format']))).toEqual([
      "Could not find any factory for identifier 'jsn' that implements 'org.apache.flink.table.factories.DeserializationFormatFactory' in the classpath.\n\nAvailable factory identifiers are:\n\ncanal-json\ncsv\ndebezium-json\njson\nraw",
    ]);
  });
});

describe('options', () => {
  const decoding = (options: Record<string, string>, key = 'format') => {
    const format = requireFormat(context(options), 'scan', [key]);
    const declared = withFormats({ required: [], optional: [FORMAT, VALUE_FORMAT] }, [format]);
    return format.decoding(readOptions('files', new Map(Object.entries(options)), declared));
  };
  test('are read below the identifier', () => {
    const decoder = (options: Record<string, string>, key?: string) => decoding(options, key).changelogMode;
    expect(decoder({ format: 'json', 'json.ignore-parse-errors': 'true' }).toString()).toBe('[INSERT]');
    expect(
      decoder(
        { 'value.format': 'debezium-json', 'value.debezium-json.schema-include': 'true' },
        'value.format',
      ).toString(),
    ).toBe('[INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE]');
  });
  test('contradictions name the space', () => {
    expect(
      chainOf(() =>
        decoding({
          format: 'json',
          'json.fail-on-missing-field': 'true',
          'json.ignore-parse-errors': 'true',
        }),
      ),
    ).toEqual([
      "Error creating scan format 'json' in option space 'json.'.",
      "fail-on-missing-field and ignore-parse-errors shouldn't both be true.",
    ]);
  });
  test('unknown and bad ones are named in full', () => {
    expect(chainOf(() => decoding({ format: 'json', 'json.ignore-parse-error': 'true' }))[0]).toContain(
      'Unsupported options:\n\njson.ignore-parse-error\n\nSupported options:\n\nformat\njson.decode.json-parser.enabled',
    );
    expect(chainOf(() => decoding({ format: 'json', 'json.ignore-parse-errors': 'yes' }))).toEqual([
      "Invalid value for option 'json.ignore-parse-errors'.",
      expect.stringContaining('Unrecognized option for boolean: yes'),
    ]);
  });
});
