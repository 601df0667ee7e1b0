import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, FrameType, frame, MAX_LENGTH } from '../../../src/worker/frames.ts';

interface Seen {
  readonly type: number;
  readonly channel: number;
  readonly id: number;
  readonly body: string;
}

const anyFrame = fc.record({
  type: fc.constantFrom(...Object.values(FrameType)),
  channel: fc.nat({ max: 0xffffffff }),
  id: fc.nat({ max: 0xffffffff }),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('hex')),
});

function read(chunks: readonly Buffer[]): { seen: Seen[]; reader: FrameReader } {
  const seen: Seen[] = [];
  const reader = new FrameReader((type, channel, id, body) => {
    seen.push({ type, channel, id, body: body.toString('hex') });
  });
  for (const chunk of chunks) reader.push(chunk);
  return { seen, reader };
}

/** `bytes` cut at `cuts` (taken modulo its length). */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

describe('frames', () => {
  test('a frame has the bytes of the protocol', () => {
    const bytes = frame(FrameType.ACK, 7, 0x01020304, Buffer.from('ab'));
    expect(bytes.toString('hex')).toBe('0e000000' + '05000000' + '07000000' + '04030201' + '6162');
  });

  test('arrive whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(
            frames.map((f) => frame(f.type, f.channel, f.id, Buffer.from(f.body, 'hex'))),
          );
          const { seen, reader } = read(cut(bytes, cuts));
          expect(seen).toEqual(frames);
          expect(reader.isBetweenFrames).toBe(true);
        },
      ),
    );
  });

  test('byte by byte, a frame larger than a chunk', () => {
    const body = Buffer.alloc(200_000, 7);
    const bytes = frame(FrameType.WRITE, 1, 1, body);
    const { seen, reader } = read(Array.from(bytes.subarray(0, 50), (b) => Buffer.from([b])));
    expect(seen).toEqual([]);
    expect(reader.isBetweenFrames).toBe(false);
    reader.push(bytes.subarray(50));
    expect(seen).toEqual([{ type: FrameType.WRITE, channel: 1, id: 1, body: body.toString('hex') }]);
  });

  test.each([0, 11, MAX_LENGTH + 1, 0xffffffff])(
    'a length of %s is refused, whole or in pieces',
    (length) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(length);
      expect(() => read([bytes])).toThrow(`Frame of ${length} bytes`);
      expect(() => read([bytes.subarray(0, 1), bytes.subarray(1)])).toThrow(`Frame of ${length} bytes`);
    },
  );

  test('random bytes give an error or nothing, never a hang', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 10 }), (chunks) => {
        try {
          read(chunks.map((c) => Buffer.from(c)));
        } catch (error) {
          expect(String(error)).toContain('Frame of');
        }
      }),
    );
  });
});
