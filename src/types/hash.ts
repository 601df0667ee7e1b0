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
