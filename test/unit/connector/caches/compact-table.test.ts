import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompactTable, type Texts } from '../../../../src/connector/caches/compact-table.ts';

const key = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'b',
    'user:1',
    'user:2',
    'Ключ €😀',
    'x'.repeat(127),
    'x'.repeat(128),
    'ü'.repeat(64),
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const text = fc.oneof(
  fc.constantFrom('', 'ü'.repeat(63), 'ü'.repeat(64), 'z'.repeat(126), 'z'.repeat(127), '€'.repeat(6000)),
  fc.string({ unit: 'grapheme' }),
);
const values = fc.array(fc.option(text), { maxLength: 4 });

describe('CompactTable', () => {
  test('is a map', () => {
    const operation = fc.oneof(
      fc.record({ key, values: fc.option(values) }),
      fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), values: fc.option(values) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const table = new CompactTable();
        const model = new Map<string, Texts>();
        for (const { key: k, values: v } of operations) {
          if (v === null) expect(table.delete(k)).toBe(model.delete(k));
          else {
            table.set(k, v);
            model.set(k, v);
          }
          expect(table.size).toBe(model.size);
          expect(table.get(k)).toEqual(model.get(k));
        }
        expect(new Map(table.entries())).toEqual(model);
        for (const [k, v] of model) expect(table.get(k)).toEqual(v);
        expect(table.has('not there at all')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('many keys, most of them deleted again, in runs that collide', () => {
    const table = new CompactTable();
    for (let i = 0; i < 50_000; i++) table.set(`k${i}`, [`v${i}`]);
    let wrong = 0;
    for (let i = 0; i < 50_000; i++) if (i % 7 !== 0 && !table.delete(`k${i}`)) wrong++;
    for (let i = 0; i < 50_000; i++) {
      if (table.get(`k${i}`)?.[0] !== (i % 7 === 0 ? `v${i}` : undefined)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(table.size).toBe(Math.ceil(50_000 / 7));
  });

  test('what is overwritten is not kept for ever', () => {
    const table = new CompactTable();
    const value = 'x'.repeat(1000);
    for (let i = 0; i < 100_000; i++) table.set(`k${i % 100}`, [value, String(i)]);
    expect(table.get('k99')).toEqual([value, '99999']);
    expect(table.byteLength).toBeLessThan(40_000_000);
  });

  test('many rows overwritten, deleted and written again: what is there is right, and holes are filled', () => {
    const table = new CompactTable();
    const model = new Map<string, Texts>();
    const filler = 'x'.repeat(400);
    let live = 0;
    let wrong = 0;
    for (let i = 0; i < 200_000; i++) {
      const n = (i * 7919) % 40_000;
      const key = n % 3 === 0 ? `ключ ${n}` : `key ${n}`;
      if (i % 10 === 9) {
        if (table.delete(key) !== model.delete(key)) wrong++;
        continue;
      }
      const values = [i % 7 === 0 ? null : filler.slice(0, i % 400), String(i)];
      table.set(key, values);
      model.set(key, values);
    }
    expect(table.size).toBe(model.size);
    for (const [key, values] of model) {
      if (table.get(key)?.join() !== values.join()) wrong++;
      live += Buffer.byteLength(key) + (values[0]?.length ?? 0) + 20;
    }
    expect(wrong).toBe(0);
    expect(table.byteLength).toBeLessThan(2 * live + 40_000_000);
  });

  test('memory of large entries is given back', () => {
    const table = new CompactTable();
    table.set('stays', ['1']);
    for (let i = 0; i < 3; i++) {
      table.set('huge', ['x'.repeat(20_000_000)]);
      table.set('small', [String(i)]);
    }
    expect(table.byteLength).toBeLessThan(60_000_000);
    expect(table.delete('huge')).toBe(true);
    expect(table.byteLength).toBeLessThan(40_000_000);
    expect([table.get('stays'), table.get('small'), table.size]).toEqual([['1'], ['2'], 2]);
  });

  test('an entry larger than a chunk, and others beside it', () => {
    const table = new CompactTable();
    const huge = 'ab'.repeat(10_000_000);
    table.set('before', ['1']);
    table.set('huge', [huge, null, 'end']);
    table.set('after', ['2']);
    expect(table.get('before')).toEqual(['1']);
    expect(table.get('after')).toEqual(['2']);
    const found = table.get('huge')!;
    expect([found[0] === huge, found[1], found[2]]).toEqual([true, null, 'end']);
  });

  test('costs little more than its data', () => {
    const table = new CompactTable();
    let data = 0;
    for (let i = 0; i < 300_000; i++) {
      const k = `user:${i}`;
      const v = `name of user ${i}`;
      data += k.length + v.length;
      table.set(k, [v]);
    }
    expect(table.byteLength).toBeLessThan(1.3 * data + 60 * 300_000);
  });
});
