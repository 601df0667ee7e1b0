import { compareValues } from '../../types/compare.ts';
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, typeToString, withNullable } from '../../types/logical-type.ts';
import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';
import { ValueBag } from './value-bag.ts';

/** @param sign -1 for MIN, 1 for MAX */
class ExtremeAccumulator implements Accumulator {
  readonly #sign: number;
  /** Null: nothing is ever taken back. */
  readonly #bag: ValueBag | null;
  #extreme: unknown = null;

  constructor(sign: number, retractable: boolean) {
    this.#sign = sign;
    this.#bag = retractable ? new ValueBag() : null;
  }

  accumulate([value]: readonly unknown[]): void {
    if (value === null) return;
    this.#bag?.add(value);
    if (this.#extreme === null || compareValues(value, this.#extreme) * this.#sign > 0) this.#extreme = value;
  }

  retract([value]: readonly unknown[]): void {
    if (value === null || !this.#bag!.remove(value)) return;
    if (compareValues(value, this.#extreme) !== 0) return;
    this.#extreme = null;
    for (const left of this.#bag!.values()) {
      if (this.#extreme === null || compareValues(left, this.#extreme) * this.#sign > 0) this.#extreme = left;
    }
  }

  value(): unknown {
    return this.#extreme;
  }
  snapshot(): unknown {
    return [this.#extreme, this.#bag?.entries() ?? null];
  }
  restore(state: unknown): void {
    const [extreme, entries] = state as [unknown, [unknown, number][] | null];
    this.#extreme = extreme;
    if (entries !== null) this.#bag?.restore(entries);
  }
}

const UNORDERED: readonly LogicalType['root'][] = ['ARRAY', 'MULTISET', 'MAP', 'ROW', 'NULL'];

function extreme(name: string, sign: number, doc: string): AggregateFunction {
  return {
    name,
    doc,
    resultType(args, grouped) {
      const type = args[0];
      if (args.length !== 1 || type === undefined || UNORDERED.includes(type.root)) {
        throw new ValidationError(
          `Cannot apply '${name}' to arguments of type '${name}(${args.map((t) => `<${typeToString(t)}>`).join(', ')})'. Supported form(s): '${name}(<COMPARABLE_TYPE>)'`,
        );
      }
      return withNullable(type, !grouped || type.nullable);
    },
    createAccumulator: (_, retractable) => new ExtremeAccumulator(sign, retractable),
  };
}

export const MIN = extreme('MIN', -1, 'Smallest of the values that are not NULL.');
export const MAX = extreme('MAX', 1, 'Largest of the values that are not NULL.');
