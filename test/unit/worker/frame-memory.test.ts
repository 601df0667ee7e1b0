import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameMemory } from '../../../src/worker/frame-memory.ts';

const MB = 1024 * 1024;

describe('memory of frames', () => {
  test('is used again for frames that fit', () => {
    const memory = new FrameMemory();
    const first = memory.take(100_000);
    expect(first).toHaveLength(100_000);
    memory.give(first);
    const second = memory.take(131_072);
    expect(second).toHaveLength(131_072);
    expect(second.buffer).toBe(first.buffer);
    memory.give(second.subarray(16, 200)); // a body, not the whole frame
    expect(memory.take(65_537).buffer).toBe(first.buffer);
    expect(memory.take(65_537).buffer).not.toBe(first.buffer);
  });

  test('is never given to two', () => {
    const memory = new FrameMemory();
    const taken = memory.take(20_000);
    memory.give(taken);
    memory.give(taken);
    expect(memory.take(20_000).buffer).not.toBe(memory.take(20_000).buffer);
  });

  test('of others is not taken', () => {
    const memory = new FrameMemory();
    const others = [memory.take(100), Buffer.allocUnsafeSlow(65_536), Buffer.allocUnsafe(1000)];
    for (const bytes of others) memory.give(bytes);
    const taken = [16_384, 20_000, 40_000, 65_536].map((size) => memory.take(size).buffer);
    for (const { buffer } of others) expect(taken).not.toContain(buffer);
  });

  test('that is kept has a limit', () => {
    const memory = new FrameMemory();
    const large = memory.take(8 * MB + 1);
    memory.give(large);
    expect(memory.take(8 * MB + 1).buffer).not.toBe(large.buffer);
    const taken = Array.from({ length: 5 }, () => memory.take(8 * MB));
    for (const bytes of taken) memory.give(bytes);
    const buffers = taken.map(({ buffer }) => buffer);
    const again = Array.from({ length: 5 }, () => memory.take(8 * MB).buffer);
    expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(2); // 16 MB
  });

  test('whatever is taken and given, what is in use is nobody else’s', () => {
    const step = fc.record({ size: fc.integer({ min: 1, max: 300_000 }), give: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = new FrameMemory();
        const used: { bytes: Buffer; fill: number }[] = [];
        for (const [i, { size, give }] of steps.entries()) {
          const bytes = memory.take(size);
          expect(bytes).toHaveLength(size);
          used.push({ bytes: bytes.fill(i), fill: i });
          if (give % 2 === 0) memory.give(used.splice(give % used.length, 1)[0]!.bytes);
          for (const { bytes, fill } of used) expect([bytes[0], bytes.at(-1)]).toEqual([fill, fill]);
        }
      }),
    );
  });
});
