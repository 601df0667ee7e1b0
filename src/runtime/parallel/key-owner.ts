// Which subtask has the rows, and the state, of a key. The same in every thread and every run: state is dealt out by it when a
// job goes on with another number of threads.

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

function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function numberHash(value: number): number {
  if ((value | 0) === value) return mixed(value);
  double[0] = value;
  return mixed(words[0]! ^ Math.imul(words[1]!, 0x9e3779b1));
}

/** The finalizer of MurmurHash3: all bits of the result depend on all bits of the hash. */
function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
