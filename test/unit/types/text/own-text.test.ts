import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from '../../../../src/types/text/own-text.ts';

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
  .map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 }), units);

test('the same text, whatever it is made of', () => {
  fc.assert(
    fc.property(text, fc.nat(20), (whole, from) => {
      const piece = whole.slice(from);
      expect(ownText(piece)).toBe(piece);
    }),
  );
});
