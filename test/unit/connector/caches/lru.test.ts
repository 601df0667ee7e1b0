import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LruLookupCache } from '../../../../src/connector/caches/lru.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const row = (text: string) => [[text]];

test('never more than its size, and the key used longest ago goes first', () => {
  const cache = new LruLookupCache({ maxRows: 2, ttlMs: undefined, cacheEmpty: true }, new ManualClock());
  cache.put('a', row('1'));
  cache.put('b', row('2'));
  expect(cache.get('a')).toEqual(row('1'));
  cache.put('c', row('3'));
  expect(cache.size).toBe(2);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toEqual(row('1'));
});

test('the time to live counts from the loading, however often the entry is used', async () => {
  for (const start of [0, 1_700_000_000_000]) {
    const clock = new ManualClock(start);
    const cache = new LruLookupCache({ maxRows: 10, ttlMs: 100, cacheEmpty: true }, clock);
    cache.put('a', row('1'));
    await clock.advance(60);
    expect(cache.get('a')).toEqual(row('1'));
    await clock.advance(60);
    expect(cache.get('a')).toBeUndefined();
    cache.put('a', row('2'));
    await clock.advance(60);
    expect(cache.get('a')).toEqual(row('2'));
  }
});

test('misses are kept only when asked for', () => {
  const keeps = new LruLookupCache({ maxRows: 2, ttlMs: undefined, cacheEmpty: true }, new ManualClock());
  keeps.put('a', []);
  expect(keeps.get('a')).toEqual([]);
  const forgets = new LruLookupCache({ maxRows: 2, ttlMs: undefined, cacheEmpty: false }, new ManualClock());
  forgets.put('a', row('1'));
  forgets.put('a', []);
  expect(forgets.get('a')).toBeUndefined();
});

test('a generous bound costs nothing before it is used', () => {
  const cache = new LruLookupCache(
    { maxRows: Number.MAX_SAFE_INTEGER, ttlMs: 5, cacheEmpty: true },
    new ManualClock(),
  );
  cache.put('a', row('1'));
  expect(cache.size).toBe(1);
});

test('behaves like a list in the order of use', () => {
  const operation = fc.record({ put: fc.boolean(), key: fc.constantFrom('a', 'b', 'c', 'd', 'e') });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(operation), (maxRows, operations) => {
      const cache = new LruLookupCache({ maxRows, ttlMs: undefined, cacheEmpty: true }, new ManualClock());
      let model: string[] = [];
      for (const { put, key } of operations) {
        const known = model.includes(key);
        if (put) cache.put(key, row(key));
        else expect(cache.get(key)).toEqual(known ? row(key) : undefined);
        if (put || known) model = [key, ...model.filter((k) => k !== key)].slice(0, maxRows);
        expect(cache.size).toBe(model.length);
      }
    }),
  );
});
