import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/types/row.ts';
import type { CellType } from '../../../src/worker/cell-types.ts';
import { HEADER_BYTES } from '../../../src/worker/frames.ts';
import { decodeKeys, decodeRows, RowsWriter } from '../../../src/worker/row-codec.ts';
import { encodeKeys, encodeRows } from '../../support/worker-frames.ts';

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
        const bytes = new RowsWriter(types).write(3, 4, answers);
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
