// Hashes of 32 bits: FNV-1a, added up unit by unit, and the finalizer of MurmurHash3 at the end. Which thread has the state of a key
// follows from them, in checkpoints too: they must not change.

export const HASH_START = 0x811c9dc5;

/** @param unit a byte, or a UTF-16 unit */
export function addUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** The text's UTF-16 units. */
export function addText(hash: number, text: string): number {
  let sum = hash;
  for (let i = 0; i < text.length; i++) sum = addUnit(sum, text.charCodeAt(i));
  return sum;
}

/** All bits of the result depend on all bits of the hash. @returns 0 to 2^32 - 1 */
export function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @returns 0 to 2^32 - 1 */
export function textHash(text: string): number {
  return mixed(addText(HASH_START, text));
}

/**
 * Of bytes `from` to `to` (exclusive), four at a time, as MurmurHash3 does (the length is not part of it). Nothing that is
 * written down depends on it.
 * @returns 0 to 2^32 - 1
 */
export function bytesHash(view: DataView, from: number, to: number): number {
  let hash = HASH_START;
  let at = from;
  for (const last = to - 4; at <= last; at += 4) hash = addWord(hash, view.getInt32(at, true));
  for (; at < to; at++) hash = addWord(hash, view.getUint8(at));
  return mixed(hash);
}

function addWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
