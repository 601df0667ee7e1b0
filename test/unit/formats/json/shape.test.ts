// The fast way gives what the general way gives: a decoder that has seen other messages before, and a new one for each.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder } from '../../../../src/connector/batch-builder.ts';
import { JsonDecoder } from '../../../../src/formats/json/decoder.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { BIGINT, DOUBLE, INT, type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import type { Field } from '../../../../src/types/schema.ts';

const ROW: LogicalType = {
  root: 'ROW',
  fields: [
    { name: 'id', type: STRING },
    { name: 'x', type: INT },
  ],
  nullable: true,
};
const FIELDS: readonly Field[] = [
  { name: 'id', type: STRING },
  { name: 'name', type: STRING },
  { name: 'n', type: INT },
  { name: 'l', type: BIGINT },
  { name: 'd', type: DOUBLE },
  { name: 'r', type: ROW },
  { name: 'rs', type: { root: 'ARRAY', element: ROW, nullable: true } },
];

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, true, false, '', '"', '\\', 'é', '😀', 'line\nend', -0, 0.5),
);
const object = fc.oneof(
  fc.dictionary(fc.constantFrom('id', 'x', 'é'), scalar, { maxKeys: 3 }),
  fc.record({ id: fc.string(), x: fc.integer() }),
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);
const member = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('id', 'name', 'n', 'l', 'd', 'other', 'é'), value) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('r', 'other'), object) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('rs'), fc.array(object, { maxLength: 4 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('r', 'rs', 'id'), fc.oneof(value, object)) },
);

/** A message: its text may be spaced, escaped, cut short or have bytes changed. */
const message = fc
  .tuple(
    fc.array(member, { maxLength: 6 }),
    fc.constantFrom('plain', 'spaced', 'python', 'escaped', 'cut', 'changed', 'behind'),
    fc.nat(),
  )
  .map(([members, how, at]) => {
    const colon = how === 'spaced' ? ' : ' : how === 'python' ? ': ' : ':';
    const comma = how === 'spaced' ? ' ,\n' : how === 'python' ? ', ' : ',';
    const text = `{${members.map(([k, v]) => `${JSON.stringify(k)}${colon}${JSON.stringify(v)}`).join(comma)}}`;
    if (how === 'escaped') return Buffer.from(text.replace(/\P{ASCII}/gu, escapeUnits));
    const bytes = Buffer.from(how === 'behind' ? `${text} {` : text);
    if (how === 'cut') return bytes.subarray(0, at % (bytes.length + 1));
    if (how === 'changed') bytes[at % bytes.length] = '{}[]",:0 \\n'.charCodeAt(at % 11);
    return bytes;
  });

function escapeUnits(c: string): string {
  return c
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

const OPTIONS = [
  { failOnMissingField: false, ignoreParseErrors: false, timestampFormat: 'SQL' },
  { failOnMissingField: false, ignoreParseErrors: true, timestampFormat: 'SQL' },
  { failOnMissingField: true, ignoreParseErrors: false, timestampFormat: 'SQL' },
] as const;

function outcome(decoder: JsonDecoder, bytes: Buffer): unknown {
  const out = new BatchBuilder();
  try {
    decoder.decode(bytes, 0, bytes.length, out);
  } catch (error) {
    return errorChain(error);
  }
  return out.take().rows;
}

test.each(OPTIONS)('fast and general way agree, %j', (options) => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(5), { maxLength: 20 }),
      (pool, order) => {
        const warm = new JsonDecoder(FIELDS, options);
        for (const i of [...order, ...order]) {
          const bytes = pool[i % pool.length]!;
          expect(outcome(warm, bytes)).toEqual(outcome(new JsonDecoder(FIELDS, options), bytes));
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('well-formed messages read as JSON.parse reads them', () => {
  const texts: readonly Field[] = [{ name: 'a', type: STRING }];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const decoder = new JsonDecoder(texts, OPTIONS[0]);
      const bytes = Buffer.from(JSON.stringify({ z: [text], a: text }));
      expect(outcome(decoder, bytes)).toEqual([[text]]);
      expect(outcome(decoder, bytes)).toEqual([[text]]);
    }),
  );
});

test('many shapes in turn are read right, and the fast way is tried again later', () => {
  const decoder = new JsonDecoder([{ name: 'a', type: INT }], OPTIONS[0]);
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(i % 2 === 0 ? `{"a":${i}}` : `{"b":1,"a":${i}}`);
    expect(outcome(decoder, bytes)).toEqual([[i]]);
  }
});

test('one producer writes spaces behind colons, another does not', () => {
  const fields: readonly Field[] = [
    { name: 'a', type: STRING },
    { name: 'n', type: INT },
    { name: 'r', type: ROW },
  ];
  const decoder = new JsonDecoder(fields, OPTIONS[0]);
  const tight = '{"a":"x","n":1,"r":{"id":"y","x":2},"z":true}';
  const spaced = tight.replaceAll(':', ': ');
  const mixed = tight.replaceAll(',"', ',  "');
  for (const text of [tight, spaced, tight, mixed, spaced, spaced, mixed, tight]) {
    expect(outcome(decoder, Buffer.from(text))).toEqual([['x', 1, ['y', 2]]]);
  }
});

test('strings do not point into the buffer', () => {
  const decoder = new JsonDecoder(FIELDS.slice(0, 2), OPTIONS[0]);
  const out = new BatchBuilder();
  for (let i = 0; i < 3; i++) {
    const bytes = Buffer.from('{"id":"a long identifier","name":"a long name, longer than 13"}');
    decoder.decode(bytes, 0, bytes.length, out);
    bytes.fill(0);
  }
  expect(new Set(out.take().rows.map(String))).toEqual(
    new Set(['a long identifier,a long name, longer than 13']),
  );
});
