import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyShort, isAscii, ViewedBytes } from '../../../src/types/viewed-bytes.ts';

/** Bytes with others before and behind them. */
const surrounded = fc.tuple(
  fc.uint8Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 9 }),
);

describe('bytes with a view', () => {
  test('a copied run is the same, and nothing beside it is written', () => {
    fc.assert(
      fc.property(surrounded, fc.nat(9), ([before, bytes, behind], room) => {
        const source = new ViewedBytes(Buffer.concat([before, bytes, behind]));
        const target = new ViewedBytes(Buffer.alloc(room + bytes.length + 8, 0xa5));
        copyShort(source.view, before.length, bytes.length, target.view, room);
        const expected = Buffer.alloc(room + bytes.length + 8, 0xa5);
        expected.set(bytes, room);
        expect(target.buffer.equals(expected)).toBe(true);
      }),
    );
  });

  test('ASCII is seen as such, whatever stands beside it', () => {
    const ascii = fc.uint8Array({ max: 127, maxLength: 40 });
    const bytes = fc.oneof(ascii, fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 9 }),
        bytes,
        fc.uint8Array({ maxLength: 9 }),
        (before, run, behind) => {
          const { view } = new ViewedBytes(Buffer.concat([before, run, behind]));
          expect(isAscii(view, before.length, before.length + run.length)).toBe(
            run.every((byte) => byte < 128),
          );
        },
      ),
    );
  });
});
