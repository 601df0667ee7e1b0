// Values with how often they came: what MIN, MAX, FIRST_VALUE and LAST_VALUE need to take rows back.

/** Insertion order is kept; equal values (by `keyOf`) share an entry. */
export class ValueBag {
  readonly #counts = new Map<unknown, { value: unknown; count: number }>();

  /** @returns whether the value is new to the bag */
  add(value: unknown): boolean {
    const key = bagKey(value);
    const entry = this.#counts.get(key);
    if (entry !== undefined) {
      entry.count++;
      return false;
    }
    this.#counts.set(key, { value, count: 1 });
    return true;
  }

  /** @returns whether the value has left the bag */
  remove(value: unknown): boolean {
    const key = bagKey(value);
    const entry = this.#counts.get(key);
    if (entry === undefined || --entry.count > 0) return false;
    this.#counts.delete(key);
    return true;
  }

  *values(): Iterable<unknown> {
    for (const { value } of this.#counts.values()) yield value;
  }

  entries(): [unknown, number][] {
    return [...this.#counts.values()].map(({ value, count }) => [value, count]);
  }

  restore(entries: readonly (readonly [unknown, number])[]): void {
    for (const [value, count] of entries) this.#counts.set(bagKey(value), { value, count });
  }
}

/** Scalars are their own keys; objects (DECIMAL, TIMESTAMP, BYTES) go by their JSON text. */
function bagKey(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
