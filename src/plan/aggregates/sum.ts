// SUM and AVG: over the non-NULL values, NULL when there are none.
import Big from 'big.js';
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, typeToString } from '../../types/logical-type.ts';
import type { Accumulator, AggregateFunction } from '../aggregate-call.ts';

/** Sum and number of the values seen; what comes of it differs by function. */
class SumAccumulator<T> implements Accumulator {
  readonly #arithmetic: Arithmetic<T>;
  readonly #result: (sum: T, count: number) => unknown;
  #sum: T;
  #count = 0;

  constructor(arithmetic: Arithmetic<T>, result: (sum: T, count: number) => unknown) {
    this.#arithmetic = arithmetic;
    this.#sum = arithmetic.zero;
    this.#result = result;
  }

  accumulate([value]: readonly unknown[]): void {
    if (value === null) return;
    this.#sum = this.#arithmetic.add(this.#sum, value as T);
    this.#count++;
  }
  retract([value]: readonly unknown[]): void {
    if (value === null) return;
    this.#count--;
    // A float that everything was taken from is zero, not what rounding left of it.
    this.#sum = this.#count === 0 ? this.#arithmetic.zero : this.#arithmetic.subtract(this.#sum, value as T);
  }
  value(): unknown {
    return this.#count === 0 ? null : this.#result(this.#sum, this.#count);
  }
  snapshot(): unknown {
    return [this.#sum, this.#count];
  }
  restore(state: unknown): void {
    [this.#sum, this.#count] = state as [T, number];
  }
}

interface Arithmetic<T> {
  readonly zero: T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
}

/** Integers wrap around at their type's width, as in Java. */
function integers(wrap: (n: number) => number): Arithmetic<number> {
  return { zero: 0, add: (a, b) => wrap(a + b), subtract: (a, b) => wrap(a - b) };
}

const INTEGERS: Partial<Record<LogicalType['root'], Arithmetic<number>>> = {
  TINYINT: integers((n) => (n << 24) >> 24),
  SMALLINT: integers((n) => (n << 16) >> 16),
  INTEGER: integers((n) => n | 0),
};
const BIGINTS: Arithmetic<bigint> = {
  zero: 0n,
  add: (a, b) => BigInt.asIntN(64, a + b),
  subtract: (a, b) => BigInt.asIntN(64, a - b),
};
const DOUBLES: Arithmetic<number> = { zero: 0, add: (a, b) => a + b, subtract: (a, b) => a - b };
const FLOATS: Arithmetic<number> = {
  zero: 0,
  add: (a, b) => Math.fround(a + b),
  subtract: (a, b) => Math.fround(a - b),
};
const DECIMALS: Arithmetic<Big> = {
  zero: new Big(0),
  add: (a, b) => a.plus(b),
  subtract: (a, b) => a.minus(b),
};

function numeric(name: string, args: readonly LogicalType[]): LogicalType {
  const type = args[0];
  if (args.length === 1 && type !== undefined && isNumeric(type)) return type;
  throw new ValidationError(
    `Cannot apply '${name}' to arguments of type '${name}(${args.map((t) => `<${typeToString(t)}>`).join(', ')})'. Supported form(s): '${name}(<NUMERIC>)'`,
  );
}

function isNumeric(type: LogicalType): boolean {
  return (
    type.root in INTEGERS ||
    type.root === 'BIGINT' ||
    type.root === 'FLOAT' ||
    type.root === 'DOUBLE' ||
    type.root === 'DECIMAL'
  );
}

/** NULL where a group may have no value: over the whole table, or of a nullable column. */
function nullableOf(type: LogicalType, grouped: boolean): boolean {
  return !grouped || type.nullable;
}

function sumAccumulator([type]: readonly LogicalType[]): Accumulator {
  switch (type!.root) {
    case 'BIGINT':
      return new SumAccumulator(BIGINTS, (sum) => sum);
    case 'DECIMAL':
      return new SumAccumulator(DECIMALS, (sum) => sum);
    case 'FLOAT':
      return new SumAccumulator(FLOATS, (sum) => sum);
    case 'DOUBLE':
      return new SumAccumulator(DOUBLES, (sum) => sum);
    default:
      return new SumAccumulator(INTEGERS[type!.root]!, (sum) => sum);
  }
}

export const SUM: AggregateFunction = {
  name: 'SUM',
  doc: 'Sum of the values that are not NULL; integers keep their type.',
  resultType(args, grouped) {
    const type = numeric('SUM', args);
    const nullable = nullableOf(type, grouped);
    if (type.root === 'DECIMAL') return { root: 'DECIMAL', precision: 38, scale: type.scale, nullable };
    return { ...type, nullable };
  },
  createAccumulator: sumAccumulator,
};

/** Digits behind the point of AVG over a DECIMAL. */
const averageScale = (scale: number) => Math.max(6, scale);

function avgAccumulator(args: readonly LogicalType[]): Accumulator {
  const type = args[0]!;
  switch (type.root) {
    case 'FLOAT':
      return new SumAccumulator(DOUBLES, (sum, n) => Math.fround(sum / n));
    case 'DOUBLE':
      return new SumAccumulator(DOUBLES, (sum, n) => sum / n);
    case 'DECIMAL': {
      const scale = averageScale(type.scale);
      return new SumAccumulator(DECIMALS, (sum, n) => divide(sum, n, scale));
    }
    case 'BIGINT':
      return new SumAccumulator(BIGINTS, (sum, n) => sum / BigInt(n));
    default:
      return new SumAccumulator<bigint>(
        { zero: 0n, add: (a, b) => a + BigInt(b), subtract: (a, b) => a - BigInt(b) },
        (sum, n) => Number(sum / BigInt(n)),
      );
  }
}

function divide(sum: Big, count: number, scale: number): Big {
  const Decimal = Big();
  Decimal.DP = scale;
  Decimal.RM = Big.roundHalfUp;
  return new Big(new Decimal(sum).div(count));
}

export const AVG: AggregateFunction = {
  name: 'AVG',
  doc: 'Mean of the values that are not NULL; of integers a truncated integer.',
  resultType(args, grouped) {
    const type = numeric('AVG', args);
    const nullable = nullableOf(type, grouped);
    if (type.root !== 'DECIMAL') return { ...type, nullable };
    return { root: 'DECIMAL', precision: 38, scale: averageScale(type.scale), nullable };
  },
  createAccumulator: avgAccumulator,
};
