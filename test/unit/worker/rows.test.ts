import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodedText } from '../../../src/types/encoded-text.ts';
import type { Row } from '../../../src/types/row.ts';
import { TimestampData } from '../../../src/types/values.ts';
import { ViewedBytes } from '../../../src/types/viewed-bytes.ts';
import type { CellType, ScalarCell } from '../../../src/worker/cell-types.ts';
import { HEADER_BYTES } from '../../../src/worker/frames.ts';
import { decodeKeys, RowsReader } from '../../../src/worker/rows-reader.ts';
import { RowsWriter } from '../../../src/worker/rows-writer.ts';
import { encodedText } from '../../support/encoded-texts.ts';
import { decodeAnswers, encodeKeys, encodeRows } from '../../support/worker-frames.ts';

const cell = (type: CellType): fc.Arbitrary<unknown> =>
  type === 'STRING'
    ? fc.option(fc.string({ unit: 'grapheme' }), { freq: 4 })
    : fc.option(fc.double(), { freq: 4 });

const table = fc
  .array(fc.constantFrom<CellType>('STRING', 'DOUBLE'), { minLength: 1, maxLength: 5 })
  .chain((types) =>
    fc.record({
      types: fc.constant(types),
      rows: fc.array(fc.tuple(...types.map(cell)), { maxLength: 30 }) as fc.Arbitrary<Row[]>,
      kinds: fc.array(fc.nat({ max: 3 }), { minLength: 30, maxLength: 30 }),
    }),
  );

const decodeRows = (body: Buffer, types: readonly CellType[], ascii: boolean) =>
  new RowsReader(types).read(body, ascii);

/** Surrogates without a partner have no UTF-8; Flink's strings have none. */
const isWellFormed = (rows: readonly Row[]) =>
  rows.every((row) => row.every((c) => typeof c !== 'string' || c.isWellFormed()));

describe('rows', () => {
  test('arrive as they were sent', () => {
    fc.assert(
      fc.property(table, ({ types, rows, kinds }) => {
        fc.pre(isWellFormed(rows));
        const { body, ascii } = encodeRows(types, rows, kinds);
        const batch = decodeRows(body, types, ascii);
        expect(batch.rows).toEqual(rows);
        const expected = kinds.slice(0, rows.length);
        expect(batch.kinds === null ? rows.map(() => 0) : [...batch.kinds]).toEqual(expected);
      }),
    );
  });

  test('the flag for ASCII changes the speed only', () => {
    const { body, ascii } = encodeRows(
      ['STRING', 'STRING'],
      [
        ['key', ''],
        ['k2', null],
      ],
      [0, 3],
    );
    expect(ascii).toBe(true);
    expect(decodeRows(body, ['STRING', 'STRING'], true)).toEqual(
      decodeRows(body, ['STRING', 'STRING'], false),
    );
  });

  test('texts stay bytes where they are only passed on', () => {
    const rows = [
      ['key', 'ü😀'],
      ['', null],
    ];
    const { body, ascii } = encodeRows(['STRING', 'STRING'], rows, [0, 0]);
    const batch = decodeRows(body, ['STRING', 'ENCODED'], ascii);
    expect(batch.rows.map((row) => [row[0], row[1] && String(row[1])])).toEqual(rows);
    expect(batch.rows[0]![1]).toEqual(
      new EncodedText(new ViewedBytes(body), body.indexOf('ü'), body.indexOf('ü') + 6),
    );
  });

  test('of one frame after the other arrive as if each were the first', () => {
    const types: CellType[] = ['ENCODED', 'STRING', 'ENCODED', 'DOUBLE'];
    const text = fc.option(fc.string({ unit: 'grapheme' }), { freq: 3 });
    const frame = fc.array(fc.tuple(text, text, text, fc.option(fc.double(), { freq: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), (frames) => {
        const reader = new RowsReader(types);
        for (const rows of frames) {
          fc.pre(isWellFormed(rows));
          const { body, ascii } = encodeRows(['STRING', 'STRING', 'STRING', 'DOUBLE'], rows, []);
          const read = reader.read(body, ascii).rows;
          expect(read.map((row) => row.map((c) => (c instanceof EncodedText ? String(c) : c)))).toEqual(rows);
        }
      }),
    );
  });

  test('of a frame that is larger than what is used again are all different', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => [`key-${i}`]);
    const { body } = encodeRows(['STRING'], rows, []);
    const reader = new RowsReader(['ENCODED']);
    for (let time = 0; time < 2; time++) {
      expect(reader.read(body, true).rows.map(String)).toEqual(rows.map(String));
    }
  });

  test('of a huge frame are its own, so that nothing of it stays until the next one comes', () => {
    const huge = `${'x'.repeat(9 * 1024 * 1024)}!`;
    const reader = new RowsReader(['ENCODED']);
    const { rows } = reader.read(encodeRows(['STRING'], [[huge]], []).body, true);
    expect(reader.read(encodeRows(['STRING'], [['small']], []).body, true).rows.map(String)).toEqual([
      'small',
    ]);
    expect(String(rows[0]![0]) === huge).toBe(true);
  });

  test('keys arrive as they were sent', () => {
    fc.assert(
      fc.property(table, ({ types, rows }) => {
        fc.pre(isWellFormed(rows));
        const { body, ascii } = encodeKeys(types, rows);
        expect(decodeKeys(body, types, ascii)).toEqual(rows);
      }),
    );
  });

  test('answers are the rows of each key, as inserts', () => {
    fc.assert(
      fc.property(table, ({ types, rows }) => {
        fc.pre(isWellFormed(rows));
        const answers = [rows, [], ...rows.map((row) => [row])];
        const bytes = new RowsWriter(types, []).write(3, 4, [], answers);
        let at = HEADER_BYTES;
        expect(bytes.readUInt32LE(at)).toBe(answers.length);
        at += 4;
        const body = bytes.subarray(at);
        expect(body).toEqual(
          Buffer.concat(answers.map((a) => encodeRows(types, a, new Array(a.length).fill(0)).body)),
        );
      }),
    );
  });

  test('bytes that are no text come as the sign for it', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62, 0xc3]);
    const rows = [
      [new EncodedText(new ViewedBytes(bytes), 0, 3)],
      [new EncodedText(new ViewedBytes(bytes), 2, 4)],
    ];
    const body = new RowsWriter(['STRING'], []).write(1, 1, [], [rows]).subarray(HEADER_BYTES);
    expect(decodeAnswers(['STRING'], body, { keys: [], columns: [] })).toEqual([[['a\ufffdb'], ['b\ufffd']]]);
  });

  test('answers do not repeat the texts of the key', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.double(), text, text), { minLength: 1 }), (rows) => {
        const types: CellType[] = ['STRING', 'DOUBLE', 'STRING', 'STRING'];
        const keys = rows.map((row) => [row[2], row[1]]);
        // The second row of a key has another text in its place, as rows of a shared question might.
        const answers = rows.map((row) => [row, [row[0], row[1], `${row[2]}!`, row[3]]]);
        const encoded = answers.map((of) =>
          of.map((row) => [row[0], row[1], row[2], encodedText(row[3] as string)]),
        );
        const bytes = new RowsWriter(types, [2, 1]).write(3, 4, keys, encoded).subarray(HEADER_BYTES);
        expect(decodeAnswers(types, bytes, { keys, columns: [2, 1] })).toEqual(answers);
        const kept = rows.reduce((sum, row) => sum + Buffer.byteLength(row[2]), 0);
        const whole = new RowsWriter(types, []).write(3, 4, keys, encoded);
        expect(whole.length - HEADER_BYTES - bytes.length).toBe(kept);
      }),
    );
  });
});

/** Values as a row has them, by the kind of cell. */
const VALUES: Readonly<Record<ScalarCell, fc.Arbitrary<unknown>>> = {
  STRING: fc.string({ unit: 'grapheme' }),
  ENCODED: fc.string({ unit: 'grapheme' }).map(encodedText),
  BOOLEAN: fc.boolean(),
  INT: fc.integer(),
  BIGINT: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  MILLIS: fc.maxSafeInteger(),
  FLOAT: fc.float(),
  DOUBLE: fc.double(),
  DECIMAL: fc.integer().map((n) => new Big(n).div(1000)),
  TIMESTAMP: fc
    .tuple(fc.maxSafeInteger(), fc.nat({ max: 999_999 }))
    .map(([millis, nanos]) => new TimestampData(millis, nanos)),
  BYTES: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
};

const scalar = fc.constantFrom(...(Object.keys(VALUES) as ScalarCell[]).filter((type) => type !== 'ENCODED'));
const { cellType } = fc.letrec<{ cellType: CellType }>((tie) => ({
  cellType: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.record({ kind: fc.constant('ARRAY' as const), element: tie('cellType') }),
    fc.record({ kind: fc.constant('MAP' as const), key: scalar, value: tie('cellType') }),
    fc.record({
      kind: fc.constant('ROW' as const),
      fields: fc.array(tie('cellType'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

function anyValue(type: CellType): fc.Arbitrary<unknown> {
  const value =
    typeof type === 'string'
      ? VALUES[type]
      : type.kind === 'ARRAY'
        ? fc.array(anyValue(type.element), { maxLength: 4 })
        : type.kind === 'ROW'
          ? fc.tuple(...type.fields.map(anyValue))
          : fc
              .array(fc.tuple(anyValue(type.key), anyValue(type.value)), { maxLength: 4 })
              .map((e) => new Map(e));
  return fc.option(value, { freq: 5 });
}

test('values of every type, and values made of them, arrive as they were sent', () => {
  const rowsOfAType = fc
    .array(cellType, { minLength: 1, maxLength: 4 })
    .chain((types) =>
      fc.tuple(fc.constant(types), fc.array(fc.tuple(...types.map(anyValue)), { maxLength: 5 })),
    );
  fc.assert(
    fc.property(rowsOfAType, ([types, rows]) => {
      // A ROWS frame of one key is a WRITE frame behind its first number.
      const bytes = new RowsWriter(types, []).write(1, 1, [], [rows]).subarray(HEADER_BYTES + 4);
      expect(decodeRows(bytes, types, false).rows).toEqual(rows);
    }),
  );
});

test('values made of others that are wrong give an error', () => {
  const types: CellType[] = [{ kind: 'ARRAY', element: 'STRING' }];
  const good = new RowsWriter(types, []).write(1, 1, [], [[[['a', 'b']]]]).subarray(HEADER_BYTES + 4);
  const array = 4 + 1 + 2 + 4; // count of rows, kind, count of cells, length of the cell
  const more = Buffer.from(good);
  more.writeUInt32LE(0xffff, array);
  expect(() => decodeRows(more, types, false)).toThrow('65535 elements in 14 bytes.');
  const fewer = Buffer.from(good);
  fewer.writeUInt32LE(1, array);
  expect(() => decodeRows(fewer, types, false)).toThrow('ARRAY of 14 bytes, read 9.');
});

describe('bodies that are wrong', () => {
  const good = encodeRows(['STRING'], [['abc']], [0]).body;

  test.each([
    ['more rows than bytes', Buffer.from('ffffffff', 'hex'), 'rows in'],
    ['another number of columns', encodeRows(['STRING', 'STRING'], [['a', 'b']], [0]).body, 'Row of 2 cells'],
    ['a cell past the end', good.subarray(0, good.length - 1), 'Cell of 3 bytes'],
    ['bytes behind the last row', Buffer.concat([good, Buffer.from('x')]), 'behind the last row'],
    [
      'a kind that is none',
      Buffer.concat([good.subarray(0, 4), Buffer.from([4]), good.subarray(5)]),
      'Row kind 4',
    ],
  ])('%s', (_name, body, message) => {
    expect(() => decodeRows(body, ['STRING'], false)).toThrow(message);
  });

  test('random bytes give an error, never a hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeRows(Buffer.from(bytes), ['STRING', 'DOUBLE'], false);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
