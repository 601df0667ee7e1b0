// Keys without rows, which a LOOKUP hint has asked for again: which they are, and how their rows leave the others.
import { KNOWN_MISS } from '../../connector/lookup.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import type { Asked, Matches } from './lookup-joiner.ts';

export interface Answered {
  readonly batch: RowBatch;
  readonly asked: Asked;
  /** In the order of `asked`. */
  readonly keys: readonly Row[];
}

/** Positions of the keys that asking again may find. */
export function missesOf(matches: Matches): number[] {
  const missed: number[] = [];
  for (let i = 0; i < matches.length; i++) {
    if (matches[i]!.length === 0 && matches[i] !== KNOWN_MISS) missed.push(i);
  }
  return missed;
}

/** The rows whose answers are there, and those that wait for `missed`. Of batches of inserts: whose order does not matter. */
export function splitOff(
  { batch, asked, keys }: Answered,
  matches: Matches,
  missed: readonly number[],
): { early: Answered & { readonly matches: Matches }; late: Answered } {
  const misses = new Set(missed);
  const early = {
    rows: [] as Row[],
    asked: [] as number[],
    keys: [] as Row[],
    matches: [] as Matches[number][],
  };
  const late = { rows: [] as Row[], keys: [] as Row[] };
  let next = 0;
  for (let i = 0; i < batch.rows.length; i++) {
    const row = batch.rows[i]!;
    const key = asked === null || asked[next] === i ? next++ : null;
    if (key !== null && misses.has(key)) {
      late.rows.push(row);
      late.keys.push(keys[key]!);
      continue;
    }
    if (key !== null) {
      early.asked.push(early.rows.length);
      early.keys.push(keys[key]!);
      early.matches.push(matches[key]!);
    }
    early.rows.push(row);
  }
  return {
    early: {
      batch: { rows: early.rows, kinds: null },
      asked: Int32Array.from(early.asked),
      keys: early.keys,
      matches: early.matches,
    },
    late: { batch: { rows: late.rows, kinds: null }, asked: null, keys: late.keys },
  };
}
