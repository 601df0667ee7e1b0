import Big from 'big.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../../src/runtime/checkpoint/value-codec.ts';
import { TimestampData } from '../../../src/types/values.ts';

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.integer().map((n) => new Big(n).div(1000)),
  fc.tuple(fc.integer(), fc.nat(999_999)).map(([ms, ns]) => new TimestampData(ms, ns)),
  fc.uint8Array().map((b) => Buffer.from(b)),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value')),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((e) => new Map(e)),
    fc.dictionary(fc.string(), tie('value')).map((o) => ({ ...o })),
  ),
})).value;

test('every value of state comes back from its JSON text', () => {
  fc.assert(
    fc.property(value, (v) => {
      expect(decodeValue(JSON.parse(JSON.stringify(encodeValue(v))))).toEqual(v);
    }),
    { numRuns: 500 },
  );
});
