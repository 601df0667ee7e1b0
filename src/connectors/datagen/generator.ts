// What makes the values of a field.
import type { ConfigOption } from '../../options/config-option.ts';
import type { OptionValues } from '../../options/read-options.ts';
import type { PlacedRandom } from './random.ts';

/** Makes the value of row `n` (from 0); `now` in milliseconds. */
export type Generate = (random: PlacedRandom, n: number, now: number) => unknown;

export interface Generator {
  /** What the user may set for this field: full keys. */
  readonly options: readonly ConfigOption<unknown>[];
  /** @throws ValidationError when values contradict each other */
  build(values: OptionValues): { readonly generate: Generate; readonly rows: number | null };
}

/** Without options. */
export function simple(generate: Generate): Generator {
  return { options: [], build: () => ({ generate, rows: null }) };
}

/** The values of another generator, changed. */
export function mapped(inner: Generator, map: (value: unknown) => unknown): Generator {
  return {
    options: inner.options,
    build(values) {
      const { generate, rows } = inner.build(values);
      return { generate: (random, n, now) => map(generate(random, n, now)), rows };
    },
  };
}
