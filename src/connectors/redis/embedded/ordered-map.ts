// A map that can be scanned step by step while it changes. A cursor is the sequence number of the next entry: entries that are
// there from the first step to the last are always met, whatever comes and goes in between, and a step can be repeated.

interface Entry<V> {
  readonly key: string;
  value: V;
  readonly sequence: number;
  dead: boolean;
}

export interface ScanStep {
  /** 0: the scan is complete. */
  readonly cursor: number;
  readonly keys: string[];
}

export class OrderedMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  /** By sequence number; dead entries are removed now and then. */
  #log: Entry<V>[] = [];
  #dead = 0;
  #next = 1;

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** True when the key is new. */
  set(key: string, value: V): boolean {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      entry.value = value;
      return false;
    }
    const added = { key, value, sequence: this.#next++, dead: false };
    this.#entries.set(key, added);
    this.#log.push(added);
    return true;
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    entry.dead = true;
    if (++this.#dead > 64 && this.#dead * 2 > this.#log.length) {
      this.#log = this.#log.filter((e) => !e.dead);
      this.#dead = 0;
    }
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.#log = [];
    this.#dead = 0;
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  *pairs(): Generator<readonly [string, V]> {
    for (const entry of this.#entries.values()) yield [entry.key, entry.value];
  }

  /** The keys from `cursor` on, about `count` of them. 0 starts. */
  scan(cursor: number, count: number): ScanStep {
    const keys: string[] = [];
    let at = this.#find(cursor);
    for (; at < this.#log.length && keys.length < count; at++) {
      const entry = this.#log[at]!;
      if (!entry.dead) keys.push(entry.key);
    }
    while (at < this.#log.length && this.#log[at]!.dead) at++;
    return { cursor: at < this.#log.length ? this.#log[at]!.sequence : 0, keys };
  }

  /** Position of the first entry whose sequence number is not less. */
  #find(sequence: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#log[middle]!.sequence < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
