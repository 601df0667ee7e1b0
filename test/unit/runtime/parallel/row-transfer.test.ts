// Every value of every type comes out of a structured clone as it went in.
import Big from 'big.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowTransfer } from '../../../../src/runtime/parallel/row-transfer.ts';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
} from '../../../../src/types/logical-type.ts';
import { TimestampData } from '../../../../src/types/values.ts';

const nullable = true;
const timestamp = fc
  .tuple(
    fc.integer({ min: -8_000_000_000_000, max: 8_000_000_000_000 }),
    fc.integer({ min: 0, max: 999_999 }),
  )
  .map(([ms, nanos]) => new TimestampData(ms, nanos));
const decimal = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((n) => new Big(n.toString()).div(100));
const bytes = fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b));
const map = fc.array(fc.tuple(fc.string(), timestamp), { maxLength: 3 }).map((entries) => new Map(entries));

const TYPES: readonly [LogicalType, fc.Arbitrary<unknown>][] = [
  [STRING, fc.string({ unit: 'binary' })],
  [BOOLEAN, fc.boolean()],
  [INT, fc.integer()],
  [BIGINT, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [DOUBLE, fc.double()],
  [{ root: 'DATE', nullable }, fc.integer({ min: -100_000, max: 100_000 })],
  [{ root: 'DECIMAL', precision: 38, scale: 2, nullable }, decimal],
  [{ root: 'TIMESTAMP', precision: 9, nullable }, timestamp],
  [{ root: 'TIMESTAMP_LTZ', precision: 3, nullable, kind: 'PROCTIME' }, timestamp],
  [BYTES, bytes],
  [{ root: 'ARRAY', element: STRING, nullable }, fc.array(fc.option(fc.string()), { maxLength: 4 })],
  [{ root: 'MAP', key: STRING, value: { root: 'TIMESTAMP', precision: 9, nullable }, nullable }, map],
  [
    {
      root: 'ROW',
      fields: [
        { name: 'a', type: BIGINT },
        { name: 'b', type: { root: 'DECIMAL', precision: 38, scale: 2, nullable } },
      ],
      nullable,
    },
    fc.tuple(fc.bigInt({ min: -5n, max: 5n }), fc.option(decimal)),
  ],
];

const schema = { fields: TYPES.map(([type], i) => ({ name: `c${i}`, type })) };

test('rows of all types, with and without NULLs, and their kinds', () => {
  const transfer = new RowTransfer(schema);
  const full = fc.tuple(...TYPES.map(([, value]) => value));
  const sparse = fc.tuple(...TYPES.map(([, value]) => fc.option(value)));
  const rows = fc.oneof(fc.array(full, { maxLength: 5 }), fc.array(sparse, { maxLength: 5 }));
  fc.assert(
    fc.property(rows, fc.boolean(), (all, changes) => {
      // As BatchBuilder makes them: a part of a longer array.
      const kinds = changes ? new Uint8Array(16).map((_, i) => i % 4).subarray(0, all.length) : null;
      const { packed, handOver } = transfer.pack({ rows: all, kinds });
      const arrived = transfer.unpack(structuredClone(packed, { transfer: handOver }));
      expect(arrived.rows).toEqual(all);
      expect(arrived.kinds).toEqual(kinds);
      if (kinds !== null) expect(arrived.kinds!.buffer.byteLength).toBe(all.length);
    }),
    { numRuns: 300 },
  );
});

test('bytes that are a part of something larger take nothing else with them', () => {
  const transfer = new RowTransfer({ fields: [{ name: 'b', type: BYTES }] });
  const large = Buffer.alloc(1 << 16);
  const { packed, handOver } = transfer.pack({ rows: [[large.subarray(5, 8)]], kinds: null });
  const arrived = transfer.unpack(structuredClone(packed, { transfer: handOver })).rows[0]![0] as Buffer;
  expect(arrived).toEqual(Buffer.alloc(3));
  expect(arrived.buffer.byteLength).toBe(3);
  expect(large.length).toBe(1 << 16);
});
