import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readTime,
  TIMESTAMP_FORMATS,
  timestampFormatter,
  timestampLtzFormatter,
  timestampLtzParser,
  timestampParser,
  writeTime,
} from '../../../src/formats/time-formats.ts';
import { TimestampData } from '../../../src/types/values.ts';

const timestamp = fc
  .tuple(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.nat(999_999))
  .map(([ms, nanos]) => new TimestampData(ms, nanos));

describe.each(TIMESTAMP_FORMATS)('%s', (format) => {
  test('timestamps read back', () => {
    fc.assert(
      fc.property(timestamp, (ts) => {
        if (format !== 'ISO-8601-WITH-OFFSET') {
          expect(timestampParser(format)(timestampFormatter(format)(ts), 9)).toEqual(ts);
        }
        expect(timestampLtzParser(format)(timestampLtzFormatter(format)(ts), 9)).toEqual(ts);
      }),
    );
  });
});

test.each([
  ['SQL', '2020-01-02'],
  ['SQL', '2020-1-2 03:04:05'],
  ['SQL', '2020-01-02 03:04'],
  ['SQL', '2020-13-02 03:04:05'],
  ['SQL', '2020-01-32 03:04:05'],
  ['SQL', '2020-01-02 25:04:05'],
  ['ISO-8601', '2020-01-02 03:04:05'],
  ['ISO-8601-WITH-OFFSET', '2020-01-02T03:04:05'],
] as const)('%s refuses %s', (format, text) => {
  expect(() => timestampParser(format)(text, 3)).toThrow(`Text '${text}' could not be parsed as yyyy-MM-dd`);
});

test('times', () => {
  expect(readTime('03:04:05.1239', 3)).toBe(11_045_123);
  expect(readTime('03:04:05.1239', 1)).toBe(11_045_100);
  expect(readTime('03:04', 0, true)).toBe(11_040_000);
  expect(() => readTime('03:04', 0)).toThrow('could not be parsed as HH:mm:ss');
  fc.assert(fc.property(fc.nat(86_399_999), (ms) => readTime(writeTime(ms), 3) === ms));
});
