// Where ids that are under way have been asked for: a hash table of numbers, whose ids stand in the questions themselves.
//
// A Map would do, were it not for ids that come and go by the million: it makes new tables all the time, and its old ones keep
// their strings in memory until the whole heap is collected. Here nothing is taken out when an answer has come; what is found
// is checked instead, and when the table is half full it is made anew of what is still under way.

import { sameText, type Text } from '../../types/encoded-text.ts';
import { textHash } from '../../types/hash.ts';

const FIRST_SLOTS = 8192;
/** In the place of a place: the slot was never taken, or its id was taken out. */
const FREE = -1;
const GONE = -2;

/** Ids are either all strings or all EncodedText. */
export class Places {
  readonly #idAt: (place: number) => Text | undefined;
  #hashes = new Uint32Array(FIRST_SLOTS);
  #places = new Int32Array(FIRST_SLOTS).fill(FREE);
  /** Slots that are not free. */
  #taken = 0;

  /** @param idAt the id that was asked for at a place, undefined when it has been answered */
  constructor(idAt: (place: number) => Text | undefined) {
    this.#idAt = idAt;
  }

  /** Where `id` is under way; else it is from now on at `place` (not negative), and that is returned. */
  getOrSet(id: Text, place: number): number {
    const hash = hashOf(id);
    const slot = this.#find(id, hash);
    const known = this.#places[slot]!;
    if (known >= 0) return known;
    if (known === FREE) this.#taken++;
    this.#hashes[slot] = hash;
    this.#places[slot] = place;
    if (this.#taken * 2 > this.#places.length) this.#makeAnew(slot);
    return place;
  }

  /** Whether `id` is under way at `place`, and has not been deleted since. */
  has(id: Text, place: number): boolean {
    return this.#places[this.#find(id, hashOf(id))] === place;
  }

  delete(id: Text): void {
    const slot = this.#find(id, hashOf(id));
    if (this.#places[slot]! >= 0) this.#places[slot] = GONE;
  }

  clear(): void {
    this.#places.fill(FREE);
    this.#taken = 0;
  }

  /** The slot of the id if it is under way; else one that it can take. */
  #find(id: Text, hash: number): number {
    const mask = this.#places.length - 1;
    let usable = -1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#places[slot]!;
      if (place === FREE) return usable < 0 ? slot : usable;
      if (this.#hashes[slot] !== hash) continue;
      const found = place === GONE ? undefined : this.#idAt(place);
      if (found !== undefined) {
        if (sameText(found, id)) return slot;
        continue;
      }
      this.#places[slot] = GONE;
      if (usable < 0) usable = slot;
    }
  }

  /** @param last the slot that was taken last: its id is not yet where `idAt` finds it */
  #makeAnew(last: number): void {
    const hashes = this.#hashes;
    const places = this.#places;
    let live = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      if (place >= 0 && (i === last || this.#idAt(place) !== undefined)) live++;
      else places[i] = FREE;
    }
    // Room for several times as many, or it would be made anew all the time.
    const slots = live * 4 > places.length ? places.length * 2 : places.length;
    this.#hashes = new Uint32Array(slots);
    this.#places = new Int32Array(slots).fill(FREE);
    this.#taken = live;
    for (let i = 0; i < places.length; i++) {
      if (places[i] !== FREE) this.#insert(hashes[i]!, places[i]!);
    }
  }

  #insert(hash: number, place: number): void {
    const mask = this.#places.length - 1;
    let slot = hash & mask;
    while (this.#places[slot] !== FREE) slot = (slot + 1) & mask;
    this.#hashes[slot] = hash;
    this.#places[slot] = place;
  }
}

function hashOf(id: Text): number {
  return typeof id === 'string' ? textHash(id) : id.hash();
}
