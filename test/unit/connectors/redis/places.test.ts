// Places against a plain Map of what is under way.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Places } from '../../../../src/connectors/redis/places.ts';
import type { Text } from '../../../../src/types/encoded-text.ts';
import { encodedText } from '../../../support/encoded-texts.ts';

test.each<[string, (id: string) => Text]>([
  ['string', (id) => id],
  ['EncodedText', encodedText],
])('an id is found while it is under way, at its place, unless it was deleted (%s)', (_name, textOf) => {
  const id = fc.oneof(fc.nat(30).map(String), fc.constantFrom('', 'é', '😀', 'a'.repeat(100)));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ ask: id }) },
    { weight: 3, arbitrary: fc.record({ answer: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ remove: id }) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const idAt = new Map<number, string>();
      const placeOf = new Map<string, number>();
      const places = new Places((place) => {
        const known = idAt.get(place);
        return known === undefined ? undefined : textOf(known);
      });
      let next = 0;
      for (const s of steps) {
        if (s === 'clear') {
          places.clear();
          placeOf.clear();
        } else if ('ask' in s) {
          const expected = placeOf.get(s.ask) ?? next;
          expect(places.getOrSet(textOf(s.ask), next)).toBe(expected);
          if (expected === next) {
            idAt.set(next, s.ask);
            placeOf.set(s.ask, next++);
          }
        } else if ('remove' in s) {
          places.delete(textOf(s.remove));
          placeOf.delete(s.remove);
        } else {
          const [place, answered] = [...idAt][s.answer % Math.max(1, idAt.size)] ?? [];
          if (place === undefined || answered === undefined) continue;
          expect(places.has(textOf(answered), place)).toBe(placeOf.get(answered) === place);
          idAt.delete(place);
          if (placeOf.get(answered) === place) placeOf.delete(answered);
        }
      }
      for (const [known, place] of placeOf) expect(places.has(textOf(known), place)).toBe(true);
    }),
  );
});

test('many ids pass, some thousand at a time, and then many more at a time', () => {
  const idAt = new Map<number, string>();
  const places = new Places((place) => idAt.get(place));
  const half = 100_000;
  for (let i = 0; i < 2 * half; i++) {
    const id = `key:${i}`;
    if (places.getOrSet(id, i) !== i) throw new Error(`${id} is no new id`);
    idAt.set(i, id);
    const oldest = i < half ? i - 4999 : Math.max(half - 4999, i - 49_999);
    idAt.delete(oldest - 1);
    if (i % 997 !== 0 || oldest <= 0) continue;
    expect(places.has(`key:${oldest}`, oldest)).toBe(true);
    expect(places.has(`key:${oldest - 1}`, oldest - 1)).toBe(false);
    expect(places.getOrSet(`key:${i - 100}`, i + 1)).toBe(i - 100);
  }
});
