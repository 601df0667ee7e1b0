// One suite for every format of the registry.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchBuilder } from '../../../src/connector/batch-builder.ts';
import { FORMATS as LISTED } from '../../../src/formats/registry.ts';
import { readOptions } from '../../../src/options/read-options.ts';
import { DataError } from '../../../src/types/errors.ts';
import { INT, STRING } from '../../../src/types/logical-type.ts';
import { RowKind } from '../../../src/types/row.ts';
import { decodeAll, decoderOf, encoderOf, FORMATS } from '../../support/formats.ts';
import { FIXTURES, fieldsOf } from './fixtures.ts';

test('every format has a fixture', () => {
  expect(Object.keys(FIXTURES).sort()).toEqual(FORMATS.map((f) => f.identifier).sort());
});

test('the list of formats is the one that jobs load from', () => {
  expect(LISTED.map((f) => f.identifier).sort()).toEqual(FORMATS.map((f) => f.identifier));
});

describe.each(FORMATS.map((f) => [f.identifier, f] as const))('%s', (identifier, format) => {
  const fixture = FIXTURES[identifier]!;

  describe.each(fixture.tables.map((t) => [t.name, t] as const))('%s', (_, { columns, options }) => {
    const fields = fieldsOf(columns);
    const row = fc.tuple(
      ...columns.map((c) => (fixture.nulls ? fc.option(c.values, { freq: 8 }) : c.values)),
    );

    test('rows read back as they were written, NULLs too', () => {
      const encoder = encoderOf(format, fields, options);
      const decoder = decoderOf(format, fields, options);
      fc.assert(
        fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
          const messages = rows.map((r) => encoder.encode(r, RowKind.INSERT));
          expect(decodeAll(decoder, messages)).toEqual(rows.map((r) => ['+I', ...r.map(unsigned)]));
        }),
      );
    });

    test('a projection gives these columns of the same rows', () => {
      const encoder = encoderOf(format, fields, options);
      fc.assert(
        fc.property(row, fc.shuffledSubarray(fields.map((_, i) => i)), (values, projection) => {
          const message = encoder.encode(values, RowKind.INSERT);
          const decoder = decoderOf(format, fields, options, [], projection);
          expect(decodeAll(decoder, [message])).toEqual([
            ['+I', ...projection.map((i) => unsigned(values[i]))],
          ]);
        }),
      );
    });

    test('rows do not change with the buffer that they came from', () => {
      const encoder = encoderOf(format, fields, options);
      const decoder = decoderOf(format, fields, options);
      fc.assert(
        fc.property(row, (values) => {
          const message = encoder.encode(values, RowKind.INSERT);
          if (message === null) return;
          const out = new BatchBuilder();
          for (let i = 0; i < 2; i++) {
            const copy = Buffer.from(message);
            decoder.decode(copy, 0, copy.length, out);
            copy.fill(0xee);
          }
          const wanted = values.map(unsigned);
          expect(out.take().rows).toEqual([wanted, wanted]);
        }),
      );
    });
  });

  describe('broken messages', () => {
    const fields =
      identifier === 'raw'
        ? [{ name: 'a', type: INT }]
        : [
            { name: 'a', type: INT },
            { name: 'b', type: STRING },
          ];

    test.each(fixture.broken)('%s', (message) => {
      const out = new BatchBuilder();
      out.add(['before']);
      const bytes = Buffer.from(message);
      let error: unknown;
      try {
        decoderOf(format, fields).decode(bytes, 0, bytes.length, out);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(DataError);
      if (fixture.sentence !== undefined) expect((error as Error).message).toBe(fixture.sentence(message));
      expect(out.take()).toEqual({ rows: [['before']], kinds: null });
    });

    if (fixture.ignoring !== undefined) {
      test('are no failure when they are ignored', () => {
        expect(() => decodeAll(decoderOf(format, fields, fixture.ignoring), fixture.broken)).not.toThrow();
      });
    }

    test('any bytes are read, or refused in one way', () => {
      const decoder = decoderOf(format, fields);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
          const buffer = Buffer.from(bytes);
          try {
            decoder.decode(buffer, 0, buffer.length, new BatchBuilder());
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  test('options are documented, and have defaults that can be read', () => {
    const all = [...format.options.required, ...format.options.optional];
    expect(all.filter((o) => o.doc === '').map((o) => o.key)).toEqual([]);
    for (const option of all) {
      if (option.defaultValue === undefined) continue;
      const written = new Map([[option.key, option.type.print(option.defaultValue)]]);
      expect(readOptions(identifier, written, format.options).get(option)).toEqual(option.defaultValue);
    }
  });
});

/** Texts of integers know no -0; the zeros are equal in SQL. */
function unsigned(value: unknown): unknown {
  return value === 0 ? expect.toSatisfy((v: unknown) => v === 0) : value;
}
