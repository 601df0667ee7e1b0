import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';
import { ValueBag } from './value-bag.ts';

class CollectAccumulator implements Accumulator {
  readonly #bag = new ValueBag();

  accumulate([value]: readonly unknown[]): void {
    if (value !== null) this.#bag.add(value);
  }
  retract([value]: readonly unknown[]): void {
    if (value !== null) this.#bag.remove(value);
  }
  value(): ReadonlyMap<unknown, number> {
    return new Map(this.#bag.entries());
  }
  snapshot(): unknown {
    return this.#bag.entries();
  }
  restore(state: unknown): void {
    this.#bag.restore(state as [unknown, number][]);
  }
}

export const COLLECT: AggregateFunction = {
  name: 'COLLECT',
  doc: 'The values that are not NULL, as a MULTISET.',
  resultType: ([type]) => ({ root: 'MULTISET', element: type!, nullable: false }),
  createAccumulator: () => new CollectAccumulator(),
};

/** LISTAGG(value [, separator]): the separator is a constant, the same for every row. */
class ListaggAccumulator implements Accumulator {
  #values: string[] = [];
  #separator = ',';

  accumulate([value, separator]: readonly unknown[]): void {
    if (typeof separator === 'string') this.#separator = separator;
    if (value !== null) this.#values.push(value as string);
  }
  retract([value]: readonly unknown[]): void {
    const at = this.#values.indexOf(value as string);
    if (at >= 0) this.#values.splice(at, 1);
  }
  value(): string | null {
    return this.#values.length === 0 ? null : this.#values.join(this.#separator);
  }
  snapshot(): unknown {
    return [this.#separator, [...this.#values]];
  }
  restore(state: unknown): void {
    [this.#separator, this.#values] = state as [string, string[]];
  }
}

export const LISTAGG: AggregateFunction = {
  name: 'LISTAGG',
  doc: 'The texts that are not NULL, one behind the other, with a separator (default a comma).',
  resultType: ([type], grouped) => ({
    root: 'VARCHAR',
    length: 2147483647,
    nullable: !grouped || type!.nullable,
  }),
  createAccumulator: () => new ListaggAccumulator(),
};
