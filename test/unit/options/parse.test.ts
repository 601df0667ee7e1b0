import { describe, expect, test } from 'vitest';
import { option } from '../../../src/options/config-option.ts';
import { nearest } from '../../../src/options/nearest.ts';
import {
  parseBoolean,
  parseDuration,
  parseInt32,
  parseInt64,
  parseMemorySize,
} from '../../../src/options/parse.ts';
import { readOptions } from '../../../src/options/read-options.ts';
import { printOptions } from '../../../src/options/redact.ts';
import { errorChain } from '../../../src/types/errors.ts';

test.each([
  ['3000ms', 3000],
  ['3 s', 3000],
  ['1 min', 60_000],
  ['2h', 7_200_000],
  ['1 DAY', 86_400_000],
  ['500 µs', 0.5],
  ['3000', 3000],
  ['0', 0],
])('duration %s', (text, millis) => {
  expect(parseDuration(text)).toBe(millis);
});

test.each([
  ['abc', 'text does not start with a number'],
  ['', 'text does not start with a number'],
  ['-1s', 'text does not start with a number'],
  [
    '3 fortnights',
    "Time interval unit label 'fortnights' does not match any of the recognized units: DAYS: (d | day | days), HOURS: (h | hour | hours), MINUTES: (min | m | minute | minutes), SECONDS: (s | sec | secs | second | seconds), MILLISECONDS: (ms | milli | millis | millisecond | milliseconds), MICROSECONDS: (µs | micro | micros | microsecond | microseconds), NANOSECONDS: (ns | nano | nanos | nanosecond | nanoseconds)",
  ],
  ['3 us', "Time interval unit label 'us' does not match any of the recognized units"],
])('no duration: %s', (text, message) => {
  expect(() => parseDuration(text)).toThrow(message);
});

test('numbers, booleans, sizes', () => {
  expect(parseInt32('-7')).toBe(-7);
  expect(() => parseInt32('2147483648')).toThrow('For input string: "2147483648"');
  expect(() => parseInt64('10s')).toThrow('For input string: "10s"');
  expect(() => parseInt64('')).toThrow('For input string: ""');
  expect(parseBoolean('TRUE')).toBe(true);
  expect(() => parseBoolean('yes')).toThrow('Expected either true or false(case insensitive)');
  expect(parseMemorySize('128MB')).toBe(128 * 2 ** 20);
});

test.each([
  ['ignoreDeletes', 'ignoreDelete'],
  ['hsot', 'host'],
  ['zzz', undefined],
])('nearest to %s', (name, expected) => {
  expect(nearest(name, ['host', 'port', 'ignoreDelete', 'mode'])).toBe(expected);
});

describe('reading options', () => {
  const host = option('host').string();
  const port = option('port').int().default(6379).atLeast(1);
  const mode = option('mode').enum(['STRING', 'HASHMAP']);
  const properties = option('properties').map();
  const declared = { required: [host], optional: [port, mode, properties] };
  const read = (options: Record<string, string>) =>
    readOptions('redis', new Map(Object.entries(options)), declared);
  const failure = (options: Record<string, string>) => {
    try {
      read(options);
    } catch (error) {
      return errorChain(error).join('\n');
    }
    return 'no error';
  };

  test('keys without regard to case, defaults, prefixes', () => {
    const values = read({ HOST: 'h', Mode: 'string', 'properties.group.id': 'g' });
    expect(values.get(host)).toBe('h');
    expect(values.get(port)).toBe(6379);
    expect(values.get(mode)).toBe('STRING');
    expect(values.get(properties)).toEqual(new Map([['group.id', 'g']]));
    expect(values.has(port)).toBe(false);
  });

  test('errors in Flink order and words', () => {
    expect(failure({ port: 'x', foo: '1' })).toBe(
      'One or more required options are missing.\n\nMissing required options are:\n\nhost',
    );
    expect(failure({ host: 'h', port: 'x', foo: '1' })).toBe(
      'Invalid value for option \'port\'.\nFor input string: "x"',
    );
    expect(failure({ host: 'h', port: '0' })).toContain(
      "The value of 'port' option must be at least 1, but is 0.",
    );
    expect(failure({ host: 'h', prot: '1' })).toContain(
      'Unsupported options:\n\nprot\n\nSupported options:\n\nhost',
    );
  });

  test('secrets are hidden', () => {
    expect(
      printOptions(
        new Map([
          ['password', "it's"],
          ['host', "o'k"],
        ]),
      ),
    ).toBe("'host'='o''k'\n'password'='******'");
  });
});
