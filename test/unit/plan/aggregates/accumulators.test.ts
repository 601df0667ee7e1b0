// Law: an accumulator that took rows back is the accumulator that never had them; a restored one goes on the same.
import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGGREGATES } from '../../../../src/plan/aggregates/built-in.ts';
import { decodeValue, encodeValue } from '../../../../src/runtime/checkpoint/value-codec.ts';
import {
  BIGINT,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
  typeToString,
} from '../../../../src/types/logical-type.ts';

const DECIMAL: LogicalType = { root: 'DECIMAL', precision: 10, scale: 2, nullable: true };
const VALUES: readonly [LogicalType, fc.Arbitrary<unknown>][] = [
  [INT, fc.integer()],
  [BIGINT, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  // Sums of such doubles are exact: taking one back leaves no rounding.
  [DOUBLE, fc.integer({ min: -1000, max: 1000 })],
  [DECIMAL, fc.integer().map((n) => new Big(n).div(100))],
];

function shown(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([k, v]) => [String(k), v]).sort();
  return value instanceof Big ? value.toFixed() : value;
}

describe.each([...AGGREGATES.keys()].filter((n) => n !== 'LISTAGG'))('%s', (name) => {
  const fn = AGGREGATES.get(name)!;
  test.each(VALUES.map(([type, values]) => [typeToString(type), type, values] as const))(
    'of %s',
    (_, type, values) => {
      const some = fc.array(fc.option(values));
      fc.assert(
        fc.property(some, some, (kept, taken) => {
          const plain = fn.createAccumulator([type], true);
          for (const v of kept) plain.accumulate([v]);
          const mixed = fn.createAccumulator([type], true);
          for (const v of kept) mixed.accumulate([v]);
          for (const v of taken) mixed.accumulate([v]);
          const restored = fn.createAccumulator([type], true);
          restored.restore(decodeValue(JSON.parse(JSON.stringify(encodeValue(mixed.snapshot())))));
          for (const v of taken.toReversed()) {
            mixed.retract([v]);
            restored.retract([v]);
          }
          // Of equal values the order-keeping ones take back the first.
          if (name === 'FIRST_VALUE' || name === 'LAST_VALUE') {
            expect(shown(restored.value())).toEqual(shown(mixed.value()));
            return;
          }
          expect(shown(mixed.value())).toEqual(shown(plain.value()));
          expect(shown(restored.value())).toEqual(shown(plain.value()));
        }),
      );
    },
  );
});

test('sums wrap, averages truncate, types are Flink’s', () => {
  const sum = AGGREGATES.get('SUM')!;
  const of = (name: string, type: LogicalType, values: unknown[]) => {
    const a = AGGREGATES.get(name)!.createAccumulator([type], false);
    for (const v of values) a.accumulate([v]);
    return shown(a.value());
  };
  expect(of('SUM', INT, [2147483647, 1])).toBe(-2147483648);
  expect(of('SUM', INT, [null])).toBeNull();
  expect(of('AVG', INT, [1, 2])).toBe(1);
  expect(of('AVG', DECIMAL, [new Big('1.10'), new Big('2.25')])).toBe('1.675');
  expect(of('COUNT', INT, [null, 1])).toBe(1n);
  expect(of('LISTAGG', STRING, ['a', null, 'b'])).toBe('a,b');
  expect(typeToString(sum.resultType([DECIMAL], true))).toBe('DECIMAL(38, 2)');
  expect(typeToString(AGGREGATES.get('AVG')!.resultType([DECIMAL], false))).toBe('DECIMAL(38, 6)');
  expect(() => sum.resultType([STRING], true)).toThrow(
    "Cannot apply 'SUM' to arguments of type 'SUM(<STRING>)'",
  );
});
