// Random numbers that belong to a place (seed, row, column): a restored job makes the very same rows again.

/** Mixes two 32-bit numbers (the finalizer of MurmurHash3). */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export class PlacedRandom {
  #state = 0;

  /** Goes to a place; what follows is always the same there. */
  at(seed: number, row: number, column: number): void {
    this.#state = mix(mix(seed, row >>> 0), mix(Math.floor(row / 2 ** 32), column + 1));
  }

  /** 0 … 2^32 - 1 */
  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0 inclusive … 1 exclusive, 53 bits. */
  unit(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
  }

  /** `min` … `max`, both inclusive; safe integers. */
  integer(min: number, max: number): number {
    return Math.min(max, min + Math.floor(this.unit() * (max - min + 1)));
  }

  /** `min` … `max`, both inclusive. */
  bigint(min: bigint, max: bigint): bigint {
    const bits = (BigInt(this.uint32()) << 32n) | BigInt(this.uint32());
    return min + (bits % (max - min + 1n));
  }

  /** Between `min` and `max`; the span may be wider than a double. */
  double(min: number, max: number): number {
    const u = this.unit();
    return min * (1 - u) + max * u;
  }
}
