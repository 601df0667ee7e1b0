import { expect, test } from 'vitest';
import { rawFormat } from '../../../../src/formats/raw/format.ts';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
} from '../../../../src/types/logical-type.ts';
import { decodeAll, decoderOf, encoderOf, type FormatOptions } from '../../../support/formats.ts';

const nullable = true;
const column = (type: LogicalType) => [{ name: 'a', type }];

test.each<[LogicalType, unknown, string, FormatOptions?]>([
  [STRING, 'é😀', 'c3a9f09f9880'],
  [STRING, '', ''],
  [STRING, 'é', 'e9', { charset: 'ISO-8859-1' }],
  [STRING, 'é', '00e9', { charset: 'utf-16be' }],
  [STRING, 'é', 'e900', { charset: 'UTF-16LE' }],
  [STRING, 'é', 'feff00e9', { charset: 'UTF-16' }],
  [STRING, 'a', '61', { charset: 'US-ASCII' }],
  [BYTES, Buffer.from([1, 2]), '0102'],
  [BOOLEAN, true, '01'],
  [{ root: 'TINYINT', nullable }, -1, 'ff'],
  [{ root: 'SMALLINT', nullable }, 258, '0102'],
  [INT, 16_909_060, '01020304'],
  [INT, 16_909_060, '04030201', { endianness: 'little-endian' }],
  [BIGINT, -2n, 'fffffffffffffffe'],
  [{ root: 'FLOAT', nullable }, 1.5, '3fc00000'],
  [DOUBLE, 1.5, '3ff8000000000000'],
])('case %#', (type, value, hex, options) => {
  expect(encoderOf(rawFormat, column(type), options).encode([value], 0)?.toString('hex')).toBe(hex);
  expect(decodeAll(decoderOf(rawFormat, column(type), options), [Buffer.from(hex, 'hex')])).toEqual([
    ['+I', value],
  ]);
});

test('no value is NULL, both ways', () => {
  expect(decodeAll(decoderOf(rawFormat, column(STRING)), [null])).toEqual([['+I', null]]);
  expect(encoderOf(rawFormat, column(STRING)).encode([null], 0)).toBeNull();
});

test('bytes are copied', () => {
  const message = Buffer.from('ab');
  const [row] = decodeAll(decoderOf(rawFormat, column(BYTES)), [message]);
  message.fill(0);
  expect(row?.[1]).toEqual(Buffer.from('ab'));
});

test('what is refused', () => {
  expect(() => decodeAll(decoderOf(rawFormat, column(INT)), ['abc'])).toThrow(
    'Size of data received for deserializing INT type is not 4, but 3.',
  );
  expect(() => decoderOf(rawFormat, [...column(STRING), { name: 'b', type: INT }])).toThrow(
    "only supports single physical column. However the defined schema contains multiple physical columns: 'a', 'b'",
  );
  expect(() => decoderOf(rawFormat, column({ root: 'DATE', nullable }))).toThrow("doesn't supports 'DATE'");
  expect(() => decoderOf(rawFormat, column(STRING), { charset: 'klingon' })).toThrow(
    "Unsupported charset name: 'klingon'",
  );
});
