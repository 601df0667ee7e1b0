import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesHash, textHash } from '../../../src/types/hash.ts';
import { viewOf } from '../../../src/types/viewed-bytes.ts';

const hashOf = (bytes: Buffer) => bytesHash(viewOf(bytes), 0, bytes.length);

test('bytes have their hash wherever they stand', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 9 }), (bytes, before) => {
      const whole = Buffer.concat([before, bytes, Buffer.from('behind')]);
      const { length } = before;
      expect(bytesHash(viewOf(whole), length, length + bytes.length)).toBe(hashOf(Buffer.from(bytes)));
    }),
  );
});

test.each([
  ['texts', textHash],
  ['bytes', (text: string) => hashOf(Buffer.from(text))],
])('numbered keys are spread over the slots of a table: %s', (_name, hash) => {
  const slots = new Uint32Array(4096);
  for (let i = 0; i < 16 * slots.length; i++) slots[hash(`user-${100_000_000_000 + i}`) % slots.length]!++;
  // Sixteen a slot; by chance no slot of so many has more than forty.
  expect(Math.max(...slots)).toBeLessThan(45);
});
