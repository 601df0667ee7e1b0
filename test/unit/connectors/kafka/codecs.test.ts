import { compressionsAlgorithms, murmur2 as theirMurmur2 } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPRESSION_TYPES, compress, decompress } from '../../../../src/connectors/kafka/codecs/codecs.ts';
import { xxhash32 } from '../../../../src/connectors/kafka/codecs/xxhash32.ts';
import { crc32c, crc32cPlain } from '../../../../src/connectors/kafka/crc32c.ts';
import { murmur2 } from '../../../../src/connectors/kafka/murmur2.ts';

/** Repetitive and random bytes, short and long: what a compressor has to do with. */
const bytes = fc
  .array(
    fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 400 })).map(([part, times]) => {
      return Buffer.concat(Array.from({ length: times }, () => Buffer.from(part)));
    }),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe('compression', () => {
  test.each(COMPRESSION_TYPES.map((type, code) => [type, code] as const))('%s and back', (type, code) => {
    fc.assert(
      fc.property(bytes, (plain) => {
        expect(decompress(code, compress(type, plain)).equals(plain)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test.each(['snappy', 'lz4'] as const)(
    '%s is understood by another implementation, and it by us',
    (type) => {
      const theirs = compressionsAlgorithms[type];
      fc.assert(
        fc.property(bytes, (plain) => {
          expect(
            decompress(COMPRESSION_TYPES.indexOf(type), Buffer.from(theirs.compressSync(plain))),
          ).toEqual(plain);
          if (plain.length === 0) return;
          expect(Buffer.from(theirs.decompressSync(compress(type, plain)))).toEqual(plain);
        }),
        { numRuns: 100 },
      );
    },
  );

  test('repetition is used', () => {
    const plain = Buffer.from('abcdefgh'.repeat(5000));
    for (const type of ['snappy', 'lz4'] as const) {
      expect(compress(type, plain).length).toBeLessThan(plain.length / 10);
    }
  });

  test('damaged input is an error, never a crash or an endless loop', () => {
    for (const type of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const code = COMPRESSION_TYPES.indexOf(type);
      const whole = compress(
        type,
        Buffer.from('some text, some text, some text, again and again'.repeat(20)),
      );
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const damaged = Buffer.from(whole);
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          try {
            decompress(code, damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }),
      );
    }
    expect(() => decompress(7, Buffer.alloc(1))).toThrow('unknown compression type 7');
  });
});

describe('hashes', () => {
  test('CRC-32C of RFC 3720, plain and as chosen', () => {
    for (const f of [crc32c, crc32cPlain]) {
      expect(f(Buffer.alloc(32))).toBe(0x8a9136aa);
      expect(f(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
      expect(f(Buffer.from('123456789'))).toBe(0xe3069283);
      expect(f(Buffer.alloc(0))).toBe(0);
    }
    fc.assert(
      fc.property(bytes, (b) => {
        expect(crc32cPlain(b)).toBe(crc32c(b));
      }),
    );
  });

  test('xxHash32 of its specification', () => {
    expect(xxhash32(Buffer.alloc(0))).toBe(0x02cc5d05);
    expect(xxhash32(Buffer.from('a'))).toBe(0x550d7456);
    expect(xxhash32(Buffer.from('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f);
  });

  test('murmur2 as Java has it', () => {
    // org.apache.kafka.common.utils.UtilsTest
    const cases: [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [text, hash] of cases) expect(murmur2(Buffer.from(text))).toBe(hash);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (key) => {
        const ascii = Buffer.from(key.map((b) => b & 127));
        expect(murmur2(ascii) & 0x7fffffff).toBe(theirMurmur2(ascii) & 0x7fffffff);
      }),
    );
  });
});
