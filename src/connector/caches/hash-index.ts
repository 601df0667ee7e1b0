// The index of a hash table (open addressing, linear probing): from a key's hash to numbers of its owner, who compares the keys.
// Outside of the JavaScript heap, eight bytes a slot, at most three quarters full.
//
//   for (let slot = index.home(hash); index.placeAt(slot) >= 0; slot = index.next(slot)) …

const FIRST_SLOTS = 1024;

export class HashIndex {
  /** Two numbers a slot, so that one access to memory reads both: the key's hash, and the owner's number plus one (0: free). */
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  /** Slots less one: they are a power of two. */
  #mask = FIRST_SLOTS - 1;
  #size = 0;

  /** Keys. */
  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return this.#slots.byteLength;
  }

  /** The slot where a key of this hash would best stand. */
  home(hash: number): number {
    return hash & this.#mask;
  }

  next(slot: number): number {
    return (slot + 1) & this.#mask;
  }

  hashAt(slot: number): number {
    return this.#slots[2 * slot]!;
  }

  /** The owner's number; -1 ends the search. */
  placeAt(slot: number): number {
    return this.#slots[2 * slot + 1]! - 1;
  }

  /** @param hash 0 to 2^32 - 1, of a key that is not there yet */
  add(hash: number, place: number): void {
    if ((this.#size + 1) * 4 > this.#mask * 3) this.#grow();
    this.#insert(hash, place);
    this.#size++;
  }

  /** The owner calls it by another number now. */
  moveTo(slot: number, place: number): void {
    this.#slots[2 * slot + 1] = place + 1;
  }

  removeAt(slot: number): void {
    // What stands behind in the same run moves up where its own place allows: no tombstones.
    const mask = this.#mask;
    let hole = slot;
    for (let at = this.next(hole); this.placeAt(at) >= 0; at = this.next(at)) {
      const home = this.home(this.hashAt(at));
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#slots.copyWithin(2 * hole, 2 * at, 2 * at + 2);
      hole = at;
    }
    this.#slots[2 * hole + 1] = 0;
    this.#size--;
  }

  clear(): void {
    this.#slots = new Uint32Array(2 * FIRST_SLOTS);
    this.#mask = FIRST_SLOTS - 1;
    this.#size = 0;
  }

  /** The owner's numbers, in no order. */
  *places(): Generator<number> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      const place = this.placeAt(slot);
      if (place >= 0) yield place;
    }
  }

  #insert(hash: number, place: number): void {
    let slot = this.home(hash);
    while (this.placeAt(slot) >= 0) slot = this.next(slot);
    this.#slots[2 * slot] = hash;
    this.moveTo(slot, place);
  }

  #grow(): void {
    const slots = this.#slots;
    this.#slots = new Uint32Array(2 * slots.length);
    this.#mask = slots.length - 1;
    for (let i = 0; i < slots.length; i += 2)
      if (slots[i + 1] !== 0) this.#insert(slots[i]!, slots[i + 1]! - 1);
  }
}
