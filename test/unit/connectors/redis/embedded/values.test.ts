import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher } from '../../../../../src/connectors/redis/embedded/glob.ts';
import { ListValue } from '../../../../../src/connectors/redis/embedded/list-value.ts';
import {
  formatDouble,
  parseDouble,
  parseInteger,
} from '../../../../../src/connectors/redis/embedded/numbers.ts';
import { OrderedMap } from '../../../../../src/connectors/redis/embedded/ordered-map.ts';
import { SortedSetValue } from '../../../../../src/connectors/redis/embedded/sorted-set-value.ts';

describe('values of the embedded Redis', () => {
  it('a list behaves like an array, whatever end is used', () => {
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('pushLeft', 'pushRight'), fc.string({ maxLength: 3 })),
      fc.tuple(fc.constantFrom('popLeft', 'popRight'), fc.constant('')),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = new ListValue();
        const model: string[] = [];
        for (const [what, value] of steps) {
          if (what === 'pushLeft') {
            list.pushLeft(value);
            model.unshift(value);
          }
          if (what === 'pushRight') {
            list.pushRight(value);
            model.push(value);
          }
          if (what === 'popLeft') expect(list.popLeft()).toBe(model.shift());
          if (what === 'popRight') expect(list.popRight()).toBe(model.pop());
          expect(list.range(0, list.length - 1)).toEqual(model);
        }
      }),
    );
  });

  it('a sorted set is in order', () => {
    const change = fc.tuple(
      fc.constantFrom('set', 'set', 'delete'),
      fc.string({ maxLength: 2 }),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const set = new SortedSetValue();
        const model = new Map<string, number>();
        for (const [what, member, score] of changes) {
          if (what === 'set') expect(set.set(member, score)).toBe(!model.has(member));
          else expect(set.delete(member)).toBe(model.delete(member));
          if (what === 'set') model.set(member, score);
        }
        const expected = [...model]
          .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
          .map(([member]) => member);
        expect(set.all().map(({ member }) => member)).toEqual(expected);
        expected.forEach((member, rank) => {
          expect(set.rank(member)).toBe(rank);
        });
      }),
    );
  });

  it('a scan meets what stays, can be repeated, and ends', () => {
    const change = fc.tuple(fc.constantFrom('set', 'delete'), fc.integer({ min: 0, max: 300 }).map(String));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 40 }), { maxLength: 30 }), (rounds) => {
        const map = new OrderedMap<number>();
        for (let i = 0; i < 200; i++) map.set(String(i), i);
        const stays = new Set(Array.from({ length: 200 }, (_, i) => String(i)));
        const seen = new Set<string>();
        let cursor = 0;
        for (let step = 0; ; step++) {
          const found = map.scan(cursor, 10);
          expect(map.scan(cursor, 10)).toEqual(found);
          for (const key of found.keys) seen.add(key);
          cursor = found.cursor;
          if (cursor === 0) break;
          for (const [what, key] of rounds[step] ?? []) {
            if (what === 'set') map.set(key, 0);
            else if (map.delete(key)) stays.delete(key);
          }
        }
        for (const key of stays) expect(seen.has(key)).toBe(true);
      }),
    );
  });

  it('reads and prints numbers', () => {
    expect(
      ['0', '-1', '9223372036854775807', '9223372036854775808', '01', '+1', '-0', '', ' 1', '1.0'].map(
        parseInteger,
      ),
    ).toEqual([0n, -1n, 9223372036854775807n, null, null, null, null, null, null, null]);
    expect(
      ['1e3', 'inf', '-Infinity', '0x1F', '.5', '5.', 'nan', '', ' 1', '1e400', '1e-400', '0e-999'].map(
        parseDouble,
      ),
    ).toEqual([1000, Infinity, -Infinity, 31, 0.5, 5, null, null, null, null, null, 0]);
    expect([0.1, 3, 1e20, 1e17, 1e16, 1e-5, 0.0001, -2.5, Infinity].map(formatDouble)).toEqual([
      '0.10000000000000001',
      '3',
      '1e+20',
      '1e+17',
      '10000000000000000',
      '1.0000000000000001e-05',
      '0.0001',
      '-2.5',
      'inf',
    ]);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDouble(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['h?llo', 'hello', true],
    ['h*llo', 'heeeello\n', false],
    ['h*', 'h\nx', true],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-b]llo', 'hcllo', false],
    ['h[b-a]llo', 'hallo', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a.c', 'abc', false],
    ['[a', 'a', true],
    ['[]x', 'x', false],
    ['**a**', 'bab', true],
    ['', '', true],
  ])('matches %j with %j: %s', (pattern, text, expected) => {
    expect(globMatcher(pattern)(text)).toBe(expected);
  });
});
