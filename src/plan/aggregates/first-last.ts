import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';

/** The values in the order of arrival; where nothing is taken back, only the one that counts. */
class OrderAccumulator implements Accumulator {
  readonly #last: boolean;
  readonly #retractable: boolean;
  #values: unknown[] = [];

  constructor(last: boolean, retractable: boolean) {
    this.#last = last;
    this.#retractable = retractable;
  }

  accumulate([value]: readonly unknown[]): void {
    if (value === null) return;
    if (this.#retractable || this.#values.length === 0) this.#values.push(value);
    else if (this.#last) this.#values[0] = value;
  }
  retract([value]: readonly unknown[]): void {
    if (value === null) return;
    const text = JSON.stringify(value, withBigint);
    const at = this.#values.findIndex((v) => v === value || JSON.stringify(v, withBigint) === text);
    if (at >= 0) this.#values.splice(at, 1);
  }
  value(): unknown {
    return this.#values.at(this.#last ? -1 : 0) ?? null;
  }
  snapshot(): unknown {
    return [...this.#values];
  }
  restore(state: unknown): void {
    this.#values = [...(state as unknown[])];
  }
}

function withBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

function byOrder(name: string, last: boolean, doc: string): AggregateFunction {
  return {
    name,
    doc,
    resultType: ([type], grouped): LogicalType => withNullable(type!, !grouped || type!.nullable),
    createAccumulator: (_, retractable) => new OrderAccumulator(last, retractable),
  };
}

export const FIRST_VALUE = byOrder('FIRST_VALUE', false, 'The value that came first, NULLs aside.');
export const LAST_VALUE = byOrder('LAST_VALUE', true, 'The value that came last, NULLs aside.');
