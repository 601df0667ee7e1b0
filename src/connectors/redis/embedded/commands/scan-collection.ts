// HSCAN, SSCAN and ZSCAN: small collections in one step, as Redis does, larger ones in parts.
import type { ScanStep } from '../ordered-map.ts';
import type { Out } from '../replies.ts';
import type { ScanArgs } from './keys.ts';

const SMALL = 128;

interface Collection {
  readonly size: number;
  scan(cursor: number, count: number): ScanStep;
}

/** @param flat what one key adds to the reply */
export function scanCollection(
  collection: Collection | undefined,
  args: ScanArgs,
  flat: (key: string) => readonly Out[],
): Out {
  if (collection === undefined) return ['0', []];
  const all = collection.size <= SMALL;
  const step = collection.scan(all ? 0 : args.cursor, all ? collection.size : args.count);
  const items: Out[] = [];
  for (const key of step.keys) if (args.matches(key)) items.push(...flat(key));
  return [String(step.cursor), items];
}
