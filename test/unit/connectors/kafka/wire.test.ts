import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokerError, brokerErrorText } from '../../../../src/connectors/kafka/wire/broker-errors.ts';
import { ByteReader } from '../../../../src/connectors/kafka/wire/byte-reader.ts';
import { ByteWriter } from '../../../../src/connectors/kafka/wire/byte-writer.ts';
import { FrameAssembler } from '../../../../src/connectors/kafka/wire/frames.ts';

describe('primitive types', () => {
  test('what is written is read', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer(),
        fc.string({ unit: 'grapheme' }),
        fc.option(fc.string()),
        fc.uint8Array(),
        (long, int, text, nullable, bytes) => {
          const writer = new ByteWriter(1);
          writer.int64(long).int32(int).string(text).nullableString(nullable).bytes(bytes).boolean(true);
          writer.array([1, 2, 3], (w, item) => w.int16(item)).int8(-7);
          const reader = new ByteReader(Buffer.from(writer.view()));
          expect(reader.int64()).toBe(long);
          expect(reader.int32()).toBe(int);
          expect(reader.string()).toBe(Buffer.from(text).toString());
          expect(reader.nullableString()).toBe(nullable === null ? null : Buffer.from(nullable).toString());
          expect(Uint8Array.from(reader.nullableBytes() ?? [])).toEqual(bytes);
          expect(reader.boolean()).toBe(true);
          expect(reader.array((r) => r.int16())).toEqual([1, 2, 3]);
          expect(reader.int8()).toBe(-7);
          expect(reader.position).toBe(writer.length);
        },
      ),
    );
  });

  test('a response that ends early is an error', () => {
    expect(() => new ByteReader(Buffer.alloc(3)).int32()).toThrow('ends at byte 3');
  });
});

describe('frames', () => {
  const framed = (parts: readonly Buffer[]) =>
    Buffer.concat(
      parts.flatMap((part) => {
        const size = Buffer.alloc(4);
        size.writeInt32BE(part.length);
        return [size, part];
      }),
    );

  test('come out whole, however they are cut, whichever way they are put in', () => {
    const part = fc.uint8Array({ minLength: 4, maxLength: 40_000 }).map((a) => Buffer.from(a));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 30_000 })),
        fc.boolean(),
        (parts, cuts, intoSpace) => {
          const got: Buffer[] = [];
          const frames = new FrameAssembler((frame) => got.push(frame));
          const bytes = framed(parts);
          for (let at = 0; at < bytes.length; ) {
            const cut = cuts.next().value as number;
            if (intoSpace) {
              const count = bytes.copy(frames.space(), 0, at, at + cut);
              frames.filled(count);
              at += count;
            } else {
              frames.append(bytes.subarray(at, at + cut));
              at += cut;
            }
          }
          expect(got).toEqual(parts);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('TLS and other nonsense is recognised', () => {
    const frames = () => new FrameAssembler(() => {});
    expect(() => frames().append(Buffer.from([0x15, 3, 3, 0, 2]))).toThrow('the broker answers with TLS');
    expect(() => frames().append(Buffer.from('HTTP/1.1 400'))).toThrow('no Kafka broker');
  });
});

test('errors carry what the broker means', () => {
  expect(new BrokerError(29, 'Fetching t-0').message).toBe(
    'Fetching t-0: Not authorized to access the topic. (TOPIC_AUTHORIZATION_FAILED)',
  );
  expect(new BrokerError(29, 'x').retryable).toBe(false);
  expect(new BrokerError(6, 'x').retryable).toBe(true);
  expect(brokerErrorText(12345)).toBe('The broker answered error code 12345.');
});
