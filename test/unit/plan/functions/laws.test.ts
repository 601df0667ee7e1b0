// Laws that hold for all values.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../../../src/plan/compile/expression.ts';
import { bindExpression } from '../../../../src/plan/expression-binder.ts';
import { patternOf } from '../../../../src/plan/functions/datetime/pattern.ts';
import { localMillis } from '../../../../src/plan/functions/datetime/pattern-parser.ts';
import { zoneOf } from '../../../../src/plan/functions/datetime/zone.ts';
import { likeMatcher } from '../../../../src/plan/functions/string/regex.ts';
import { parseExpression } from '../../../../src/sql/parser.ts';
import { BIGINT, BOOLEAN, INT, STRING } from '../../../../src/types/logical-type.ts';
import type { Field } from '../../../../src/types/schema.ts';
import { contextOf, evaluate, scopeOf } from '../../../support/expressions.ts';

function compiled(text: string, fields: readonly Field[]): (...row: unknown[]) => unknown {
  const run = compileExpression(bindExpression(parseExpression(text), scopeOf(fields)), contextOf());
  return (...row) => run(row);
}

const two = (type: Field['type']): Field[] => [
  { name: 'a', type },
  { name: 'b', type },
];
const boolean3 = fc.option(fc.boolean());

describe('three-valued logic', () => {
  const not = compiled('NOT a', two(BOOLEAN));
  const and = compiled('a AND b', two(BOOLEAN));
  const or = compiled('a OR b', two(BOOLEAN));
  test('De Morgan', () => {
    fc.assert(
      fc.property(boolean3, boolean3, (a, b) => {
        expect(not(and(a, b))).toBe(or(not(a), not(b)));
        expect(not(or(a, b))).toBe(and(not(a), not(b)));
      }),
    );
  });
  test('AND and OR do not depend on the order', () => {
    fc.assert(
      fc.property(boolean3, boolean3, (a, b) => {
        expect(and(a, b)).toBe(and(b, a));
        expect(or(a, b)).toBe(or(b, a));
      }),
    );
  });
});

describe('integers wrap as in Java', () => {
  const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const wide = (v: bigint) => Number(BigInt.asIntN(32, v));
  test.each<[string, (a: bigint, b: bigint) => bigint]>([
    ['a + b', (a, b) => a + b],
    ['a - b', (a, b) => a - b],
    ['a * b', (a, b) => a * b],
  ])('INT %s', (text, exact) => {
    const run = compiled(text, two(INT));
    fc.assert(fc.property(int, int, (a, b) => run(a, b) === wide(exact(BigInt(a), BigInt(b)))));
  });
  test('INT a / b and a % b belong together', () => {
    const quotient = compiled('a / b', two(INT));
    const remainder = compiled('a % b', two(INT));
    fc.assert(
      fc.property(
        int,
        int.filter((b) => b !== 0),
        (a, b) => {
          const [q, r] = [quotient(a, b) as number, remainder(a, b) as number];
          expect(wide(BigInt(q) * BigInt(b) + BigInt(r))).toBe(a);
          expect(r === 0 || Math.sign(r) === Math.sign(a)).toBe(true);
        },
      ),
    );
  });
  test('BIGINT a * b', () => {
    const run = compiled('a * b', two(BIGINT));
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(fc.property(long, long, (a, b) => run(a, b) === BigInt.asIntN(64, a * b)));
  });
});

test('a DECIMAL quotient is rounded half up', () => {
  const small = fc.integer({ min: -99_999, max: 99_999 });
  fc.assert(
    fc.property(
      small,
      small.filter((b) => b !== 0),
      (a, b) => {
        // DECIMAL(7, 2) / DECIMAL(7, 2): scale max(6, 2 + 7 + 1).
        const text = `CAST(${a} AS DECIMAL(7, 2)) / CAST(${b} AS DECIMAL(7, 2))`;
        const scaled = BigInt(a) * 10n ** 11n;
        const exact = scaled / BigInt(b);
        const digits =
          exact < 0n || (exact === 0n && a < 0 !== b < 0) ? -((-exact + 5n) / 10n) : (exact + 5n) / 10n;
        const magnitude = (digits < 0n ? -digits : digits).toString().padStart(11, '0');
        const expected = `${digits < 0n ? '-' : ''}${magnitude.slice(0, -10)}.${magnitude.slice(-10)}`;
        expect(evaluate(text).shown).toBe(expected);
      },
    ),
    { numRuns: 200 },
  );
});

test('LIKE agrees with a matcher that tries everything', () => {
  const matches = (text: string, pattern: string): boolean => {
    if (pattern === '') return text === '';
    if (pattern[0] === '%') {
      return matches(text, pattern.slice(1)) || (text !== '' && matches(text.slice(1), pattern));
    }
    return (
      text !== '' &&
      (pattern[0] === '_' || pattern[0] === text[0]) &&
      matches(text.slice(1), pattern.slice(1))
    );
  };
  const letters = (...c: string[]) => fc.string({ unit: fc.constantFrom(...c), maxLength: 8 });
  fc.assert(
    fc.property(letters('a', 'b', '.', '\n'), letters('a', 'b', '.', '%', '_'), (text, pattern) => {
      expect(likeMatcher(pattern)(text)).toBe(matches(text, pattern));
    }),
    { numRuns: 1000 },
  );
});

test('what a date pattern writes it reads', () => {
  const millis = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });
  const formats = [
    'yyyy-MM-dd HH:mm:ss.SSS',
    'yyyyMMddHHmmssSSS',
    'd MMM yyyy, h:mm:ss a SSS',
    'EEEE dd.MM.yyyy kk/mm/ss SSS',
  ];
  fc.assert(
    fc.property(millis, fc.constantFrom(...formats), (t, format) => {
      for (const style of ['strict', 'lenient'] as const) {
        const pattern = patternOf(format, style);
        const parsed = pattern.parse(pattern.format(t, 0));
        expect(parsed).not.toBeNull();
        expect(localMillis(parsed!)).toBe(t);
      }
    }),
  );
});

test("a zone's wall clock leads back to its instant", () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'GMT+08:00',
    'UTC',
  ];
  const millis = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) });
  fc.assert(
    fc.property(millis, fc.constantFrom(...zones), (t, id) => {
      const zone = zoneOf(id);
      const local = t + zone.offsetAt(t);
      const back = zone.toInstant(local);
      // Where the clock shows a time twice, the earlier instant is meant.
      expect(back + zone.offsetAt(back)).toBe(local);
      expect(back).toBeLessThanOrEqual(t);
      expect(t - back).toBeLessThanOrEqual(3_600_000);
    }),
    { numRuns: 300 },
  );
});

test('a constant is folded to what it would give at run time', () => {
  const text = fc.string({ maxLength: 6 }).map((s) => s.replaceAll("'", ''));
  const forms = [
    (s: string, n: number) => [`SUBSTRING(s, n)`, `SUBSTRING(CAST('${s}' AS STRING), ${n})`],
    (s: string, n: number) => [`LPAD(s, n, '*')`, `LPAD(CAST('${s}' AS STRING), ${n}, '*')`],
    (s: string, n: number) => [`s LIKE '%a%' OR n > 2`, `CAST('${s}' AS STRING) LIKE '%a%' OR ${n} > 2`],
    (s: string, n: number) => [`REPEAT(REVERSE(s), n)`, `REPEAT(REVERSE(CAST('${s}' AS STRING)), ${n})`],
  ];
  const fields = [
    { name: 's', type: STRING },
    { name: 'n', type: INT },
  ];
  fc.assert(
    fc.property(text, fc.integer({ min: -3, max: 9 }), fc.nat(forms.length - 1), (s, n, i) => {
      const [columns, literals] = forms[i]!(s, n) as [string, string];
      expect(evaluate(literals).value).toEqual(evaluate(columns, fields, [s, n]).value);
    }),
  );
});
