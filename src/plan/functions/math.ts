// Functions on numbers.
import type Big from 'big.js';
import { DataError } from '../../types/errors.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Compiled, FunctionCall, Rex, ScalarFunction } from '../rex.ts';
import { decimal, roundType } from '../types/decimal-rules.ts';
import { isDateTime } from '../types/families.ts';
import { compileRoundToUnit } from './datetime/round-to-unit.ts';
import { big, ceil, floor, roundHalfUp, truncate } from './decimals.ts';
import { constant, define, strict } from './define.ts';
import { DOUBLE_T, INT_T } from './types.ts';

type Body = (...v: unknown[]) => unknown;

/** A function of doubles. */
function real(
  name: string,
  doc: string,
  fn: (...x: number[]) => number,
  arity = 1,
  aliases: readonly string[] = [],
): ScalarFunction {
  return define({
    name,
    aliases,
    doc,
    forms: [Array.from({ length: arity }, () => 'NUMERIC' as const)],
    result: DOUBLE_T,
    as: [DOUBLE_T],
    fn,
  });
}

/** The body for values of the call's first argument's type. */
interface Bodies {
  readonly integer: (v: number) => number;
  readonly bigint: (v: bigint) => bigint;
  readonly double: (v: number) => number;
  readonly decimal: (v: Big) => Big;
}

function byType(bodies: Bodies, type: LogicalType): Body {
  switch (type.root) {
    case 'DECIMAL':
      return bodies.decimal as Body;
    case 'BIGINT':
      return bodies.bigint as Body;
    case 'FLOAT':
    case 'DOUBLE':
      return bodies.double as Body;
    default:
      return bodies.integer as Body;
  }
}

const same = <T>(v: T): T => v;

/** FLOOR and CEIL of a number, or of a date or time to a unit. */
function rounding(
  name: 'FLOOR' | 'CEIL',
  doc: string,
  bodies: Bodies,
  aliases: readonly string[] = [],
): ScalarFunction {
  return define({
    name,
    aliases,
    doc,
    forms: [['NUMERIC'], ['DATETIME', 'SYMBOL'], ['DATETIME_INTERVAL']],
    result: ([a]) => (a!.root === 'DECIMAL' ? decimal(a!.precision, 0) : plainTime(a!)),
    compile: (args, call, context) =>
      isDateTime(call.operands[0]!.type)
        ? compileRoundToUnit(name, args, call, context)
        : strict(byType(bodies, call.operands[0]!.type), [args[0]!]),
  });
}

function plainTime(type: LogicalType): LogicalType {
  if (type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ') {
    return { root: type.root, precision: type.precision, nullable: type.nullable };
  }
  return type;
}

/** Rounds a number to digits behind the point. */
function digitsRounding(
  name: 'ROUND' | 'TRUNCATE',
  doc: string,
  round: (v: Big, digits: number) => Big,
): ScalarFunction {
  return define({
    name,
    doc,
    forms: [['NUMERIC'], ['NUMERIC', 'INTEGER']],
    result: ([type], operands) => roundedType(type!, operands[1]),
    as: [null, INT_T],
    compile: (args, call) => strict(roundingBody(call, round), args),
  });
}

function roundedType(type: LogicalType, digits: Rex | undefined): LogicalType {
  if (type.root !== 'DECIMAL') return type;
  const value = digits === undefined ? 0 : constant(digits);
  return typeof value === 'number' || typeof value === 'bigint' ? roundType(type, Number(value)) : type;
}

function bodyWithDigits<T>(body: (v: T, digits: number) => unknown): Body {
  return (v, digits = 0) => body(v as T, digits as number);
}

function roundingBody(call: FunctionCall, round: (v: Big, digits: number) => Big): Body {
  const { type } = call.operands[0]!;
  switch (type.root) {
    case 'DECIMAL':
      return bodyWithDigits((v: Big, digits) => round(v, digits));
    case 'BIGINT':
      return bodyWithDigits((v: bigint, digits) =>
        digits >= 0 ? v : BigInt.asIntN(64, BigInt(round(big(v.toString()), digits).toFixed(0))),
      );
    case 'FLOAT':
    case 'DOUBLE': {
      const cut = type.root === 'FLOAT' ? Math.fround : same<number>;
      return bodyWithDigits((v: number, digits) =>
        Number.isFinite(v) ? cut(Number(round(big(v), Math.min(digits, 400)).toString())) : v,
      );
    }
    default:
      return bodyWithDigits((v: number, digits) => (digits >= 0 ? v : Number(round(big(v), digits))));
  }
}

const arg0 = ([a]: readonly LogicalType[]) => a!;

function compileLog(args: readonly Compiled[]): Compiled {
  if (args.length === 1) return strict(((x: number) => Math.log(x)) as Body, args);
  return strict(((base: number, x: number) => Math.log(x) / Math.log(base)) as Body, args);
}

/** Java's java.util.Random(seed), as Flink's RAND(seed) uses it. */
function javaRandom(seed: bigint): () => number {
  const MASK = (1n << 48n) - 1n;
  let state = (seed ^ 0x5deece66dn) & MASK;
  const next = (bits: bigint): number => {
    state = (state * 0x5deece66dn + 0xbn) & MASK;
    return Number(state >> (48n - bits));
  };
  return () => (next(26n) * 134_217_728 + next(27n)) / 9_007_199_254_740_992;
}

function compileRand(args: readonly Compiled[], call: FunctionCall): Compiled {
  const seed = constant(call.operands[0]);
  if (args.length === 0 || seed === undefined || seed === null) return () => Math.random();
  return javaRandom(BigInt(Math.trunc(Number(seed))));
}

function compileRandInteger(args: readonly Compiled[], call: FunctionCall): Compiled {
  const seed = args.length === 2 ? constant(call.operands[0]) : undefined;
  const random =
    seed === undefined || seed === null ? Math.random : javaRandom(BigInt(Math.trunc(Number(seed))));
  return strict(
    ((bound: number) => {
      if (bound <= 0) throw new DataError('bound must be positive');
      return Math.floor(random() * bound);
    }) as Body,
    [args.at(-1)!],
  );
}

export const MATH_FUNCTIONS: readonly ScalarFunction[] = [
  define({
    name: 'ABS',
    doc: 'ABS(x): without its sign.',
    forms: [['NUMERIC'], ['DATETIME_INTERVAL']],
    result: arg0,
    compile: (args, call) =>
      strict(
        byType(
          {
            integer: (v) => Math.abs(v) | 0,
            bigint: (v) => BigInt.asIntN(64, v < 0n ? -v : v),
            double: Math.abs,
            decimal: (v) => v.abs(),
          },
          call.type,
        ),
        args,
      ),
  }),
  define({
    name: 'SIGN',
    doc: 'SIGN(x): -1, 0 or 1.',
    forms: [['NUMERIC']],
    result: arg0,
    compile: (args, call) =>
      strict(
        byType(
          {
            integer: Math.sign,
            bigint: (v) => (v < 0n ? -1n : v > 0n ? 1n : 0n),
            double: Math.sign,
            decimal: (v) => big(v.c[0] === 0 ? 0 : v.s),
          },
          call.type,
        ),
        args,
      ),
  }),
  rounding('FLOOR', 'FLOOR(x), FLOOR(time TO unit): rounded down.', {
    integer: same,
    bigint: same,
    double: Math.floor,
    decimal: floor,
  }),
  rounding(
    'CEIL',
    'CEIL(x), CEIL(time TO unit): rounded up.',
    {
      integer: same,
      bigint: same,
      double: Math.ceil,
      decimal: ceil,
    },
    ['CEILING'],
  ),
  digitsRounding('ROUND', 'ROUND(x [, digits]): rounded, a half away from zero.', roundHalfUp),
  digitsRounding('TRUNCATE', 'TRUNCATE(x [, digits]): cut off.', truncate),
  real('POWER', 'POWER(x, y): x to the power of y.', Math.pow, 2),
  real('SQRT', 'SQRT(x): the square root.', Math.sqrt),
  real('EXP', 'EXP(x): e to the power of x.', Math.exp),
  real('LN', 'LN(x): the natural logarithm.', Math.log),
  real('LOG10', 'LOG10(x): the logarithm to base 10.', Math.log10),
  real('LOG2', 'LOG2(x): the logarithm to base 2.', (x) => Math.log(x) / Math.log(2)),
  define({
    name: 'LOG',
    doc: 'LOG(x), LOG(base, x): the natural logarithm, or the one to a base.',
    forms: [['NUMERIC'], ['NUMERIC', 'NUMERIC']],
    result: DOUBLE_T,
    as: [DOUBLE_T],
    compile: compileLog,
  }),
  real('SIN', 'SIN(x): sine.', Math.sin),
  real('COS', 'COS(x): cosine.', Math.cos),
  real('TAN', 'TAN(x): tangent.', Math.tan),
  real('COT', 'COT(x): cotangent.', (x) => 1 / Math.tan(x)),
  real('ASIN', 'ASIN(x): arc sine.', Math.asin),
  real('ACOS', 'ACOS(x): arc cosine.', Math.acos),
  real('ATAN', 'ATAN(x): arc tangent.', Math.atan),
  real('ATAN2', 'ATAN2(y, x): arc tangent of the point (x, y).', Math.atan2, 2),
  real('SINH', 'SINH(x): hyperbolic sine.', Math.sinh),
  real('COSH', 'COSH(x): hyperbolic cosine.', Math.cosh),
  real('TANH', 'TANH(x): hyperbolic tangent.', Math.tanh),
  real('DEGREES', 'DEGREES(x): radians in degrees.', (x) => x * (180 / Math.PI)),
  real('RADIANS', 'RADIANS(x): degrees in radians.', (x) => x * (Math.PI / 180)),
  define({ name: 'PI', doc: 'PI, PI(): the number π.', forms: [[]], result: DOUBLE_T, fn: () => Math.PI }),
  define({
    name: 'E',
    doc: 'E(): the base of the natural logarithm.',
    forms: [[]],
    result: DOUBLE_T,
    fn: () => Math.E,
  }),
  define({
    name: 'RAND',
    doc: 'RAND([seed]): a random number from 0 to below 1.',
    deterministic: false,
    forms: [[], ['NUMERIC']],
    result: DOUBLE_T,
    nulls: 'never',
    compile: compileRand,
  }),
  define({
    name: 'RAND_INTEGER',
    doc: 'RAND_INTEGER([seed,] n): a random integer from 0 to below n.',
    deterministic: false,
    forms: [['NUMERIC'], ['NUMERIC', 'NUMERIC']],
    result: INT_T,
    as: [INT_T],
    compile: compileRandInteger,
  }),
];
