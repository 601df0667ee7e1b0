import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownerOf } from '../../../../src/runtime/parallel/key-owner.ts';

const key = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
);

test('every key has one owner among those that there are', () => {
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 64 }), (k, parallelism) => {
      const owner = ownerOf(k, parallelism);
      expect(Number.isInteger(owner) && owner >= 0 && owner < parallelism).toBe(true);
      expect(ownerOf(k, parallelism)).toBe(owner);
    }),
  );
});

test.each([
  ['numbers in a row', (i: number) => i],
  ['large numbers', (i: number) => i * 2 ** 32],
  ['fractions', (i: number) => i + 0.5],
  ['long numbers in a row', (i: number) => BigInt(i)],
  ['texts that differ in their end', (i: number) => `user-${String(i).padStart(12, '0')}`],
  ['texts that differ in their beginning', (i: number) => `${i}-with-the-same-end`],
] as const)('%s are dealt out evenly', (_, keyOf) => {
  for (const parallelism of [2, 3, 8]) {
    const counts = new Array<number>(parallelism).fill(0);
    for (let i = 0; i < 8000; i++) counts[ownerOf(keyOf(i), parallelism)]!++;
    const fair = 8000 / parallelism;
    for (const count of counts) expect(Math.abs(count - fair) / fair).toBeLessThan(0.15);
  }
});

test('owners are the same from release to release: checkpoints are dealt out by them', () => {
  expect(['', 'a', 'user-1', 7, -7, 0.5, 7n, true, null].map((k) => ownerOf(k, 1000))).toMatchInlineSnapshot(`
    [
      923,
      715,
      916,
      660,
      827,
      287,
      660,
      2,
      0,
    ]
  `);
});
