import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from '../../../../src/types/text/own-text.ts';

test('the same text, whatever it is made of', () => {
  const units = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 1000 })
    .map((codes) => String.fromCharCode(...codes));
  const text = fc.oneof(fc.string({ maxLength: 1000 }), fc.string({ unit: 'binary', maxLength: 300 }), units);
  fc.assert(
    fc.property(text, fc.nat(20), (whole, from) => {
      const piece = whole.slice(from);
      expect(ownText(piece)).toBe(piece);
    }),
  );
});
