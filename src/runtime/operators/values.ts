// Values(tuples=[…]): a bounded source without a table.
import type { SourceReader } from '../../connector/source.ts';
import type { Row } from '../../types/row.ts';

export function valuesReader(tuples: readonly Row[]): SourceReader {
  let next = 0;
  return {
    async open(restored) {
      next = restored === null ? 0 : (restored['next'] as number);
    },
    poll(max) {
      if (next >= tuples.length) return null;
      const rows = tuples.slice(next, next + max);
      next += rows.length;
      return { rows, kinds: null };
    },
    wakeUp() {},
    position: () => ({ next }),
    async commit() {},
    progress: () => ({
      pending: tuples.length - next,
      fraction: tuples.length === 0 ? 1 : next / tuples.length,
    }),
    async close() {},
  };
}
