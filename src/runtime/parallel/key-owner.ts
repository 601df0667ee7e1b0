// Which subtask has the rows, and the state, of a key. The same in every thread and every run: state is dealt out by it when a
// job goes on with another number of threads.

import { mixed, textHash } from '../../types/hash.ts';

/** @param key as `keyOf` gives it */
export function ownerOf(key: string | number | bigint | boolean | null, parallelism: number): number {
  return hashOf(key) % parallelism;
}

/** 32 bits. */
function hashOf(key: string | number | bigint | boolean | null): number {
  switch (typeof key) {
    case 'string':
      return textHash(key);
    case 'number':
      return numberHash(key);
    case 'bigint':
      // Neighbours beyond 2^53 meet in one subtask, which is no harm.
      return numberHash(Number(key));
    default:
      return key === null ? 0 : Number(key) + 1;
  }
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function numberHash(value: number): number {
  if ((value | 0) === value) return mixed(value);
  double[0] = value;
  return mixed(words[0]! ^ Math.imul(words[1]!, 0x9e3779b1));
}
