// One database: keys, their values and when they expire. An expired key is gone for whoever looks; those that nobody looks
// at are removed a few at a time as commands come in, so no timer is needed.
import type { Clock } from '../../../types/clock.ts';
import { ListValue } from './list-value.ts';
import { OrderedMap, type ScanStep } from './ordered-map.ts';
import { CommandError } from './replies.ts';
import { SortedSetValue } from './sorted-set-value.ts';

export interface Types {
  string: string;
  hash: OrderedMap<string>;
  list: ListValue;
  set: OrderedMap<true>;
  zset: SortedSetValue;
}
export type TypeName = keyof Types;

interface Item<T extends TypeName = TypeName> {
  readonly type: T;
  readonly value: Types[T];
  /** Milliseconds since the epoch; null: never. */
  expiresAt: number | null;
}

const EMPTY: { readonly [T in Exclude<TypeName, 'string'>]: () => Types[T] } = {
  hash: () => new OrderedMap<string>(),
  list: () => new ListValue(),
  set: () => new OrderedMap<true>(),
  zset: () => new SortedSetValue(),
};

const SWEEP_EVERY_MS = 100;
const SWEEP_KEYS = 200;

export class Database {
  readonly #items = new OrderedMap<Item>();
  readonly #expiring = new Set<string>();
  readonly #clock: Clock;
  /** Told of each key that changed, for WATCH. */
  readonly #changed: (key: string) => void;
  #nextSweep = 0;

  constructor(clock: Clock, changed: (key: string) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get now(): number {
    return this.#clock.now();
  }

  get size(): number {
    this.#removeExpired(this.#expiring.size);
    return this.#items.size;
  }

  get expiring(): number {
    this.#removeExpired(this.#expiring.size);
    return this.#expiring.size;
  }

  has(key: string): boolean {
    return this.#live(key) !== undefined;
  }

  typeOf(key: string): TypeName | 'none' {
    return this.#live(key)?.type ?? 'none';
  }

  /** The value when the key holds this type; undefined when there is none. @throws CommandError WRONGTYPE */
  get<T extends TypeName>(key: string, type: T): Types[T] | undefined {
    const item = this.#live(key);
    if (item === undefined) return undefined;
    if (item.type !== type) {
      throw new CommandError('WRONGTYPE Operation against a key holding the wrong kind of value');
    }
    return item.value as Types[T];
  }

  /** The collection at the key, made when there is none. The caller says changed(). */
  getOrCreate<T extends Exclude<TypeName, 'string'>>(key: string, type: T): Types[T] {
    const found = this.get(key, type);
    if (found !== undefined) return found;
    const value = EMPTY[type]();
    this.#items.set(key, { type, value, expiresAt: null });
    return value;
  }

  /** Puts a string; whatever was there goes, its time to live too unless `keepTtl`. */
  setString(key: string, value: string, keepTtl = false): void {
    const expiresAt = keepTtl ? (this.#live(key)?.expiresAt ?? null) : null;
    this.#items.set(key, { type: 'string', value, expiresAt });
    if (expiresAt === null) this.#expiring.delete(key);
    this.#changed(key);
  }

  /** After a collection changed: an empty one goes away. */
  changed(key: string, size: number): void {
    if (size === 0) this.#remove(key);
    this.#changed(key);
  }

  delete(key: string): boolean {
    if (this.#live(key) === undefined) return false;
    this.#remove(key);
    this.#changed(key);
    return true;
  }

  rename(from: string, to: string): void {
    const item = this.#live(from)!;
    this.#remove(from);
    this.#remove(to);
    this.#items.set(to, item);
    if (item.expiresAt !== null) this.#expiring.add(to);
    this.#changed(from);
    this.#changed(to);
  }

  /** When the key expires: null never, undefined when there is no such key. */
  expiresAt(key: string): number | null | undefined {
    return this.#live(key)?.expiresAt;
  }

  /** Sets or clears the time; one that has passed removes the key. */
  expire(key: string, at: number | null): void {
    const item = this.#live(key);
    if (item === undefined) return;
    item.expiresAt = at;
    if (at === null) this.#expiring.delete(key);
    else this.#expiring.add(key);
    this.#changed(key);
    this.#live(key);
  }

  keys(): string[] {
    this.#removeExpired(this.#expiring.size);
    return [...this.#items.keys()];
  }

  scan(cursor: number, count: number): ScanStep {
    const step = this.#items.scan(cursor, count);
    return { cursor: step.cursor, keys: step.keys.filter((key) => this.#live(key) !== undefined) };
  }

  clear(): void {
    for (const key of this.#items.keys()) this.#changed(key);
    this.#items.clear();
    this.#expiring.clear();
  }

  /** Removes some of what has expired. Cheap: called for every command. */
  sweep(): void {
    if (this.#expiring.size === 0) return;
    const now = this.#clock.now();
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEP_EVERY_MS;
    this.#removeExpired(SWEEP_KEYS);
  }

  #removeExpired(limit: number): void {
    let left = limit;
    const looked: string[] = [];
    for (const key of this.#expiring) {
      if (left-- <= 0) break;
      looked.push(key);
    }
    for (const key of looked) {
      // behind the others, so that the next sweep looks at those
      if (this.#live(key) !== undefined && this.#expiring.delete(key)) this.#expiring.add(key);
    }
  }

  #live(key: string): Item | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    if (item.expiresAt === null || item.expiresAt > this.#clock.now()) return item;
    this.#remove(key);
    this.#changed(key);
    return undefined;
  }

  #remove(key: string): void {
    this.#items.delete(key);
    this.#expiring.delete(key);
  }
}
