// + - * / % on numbers and, for + - *, on dates, times and intervals.
import type Big from 'big.js';
import { DataError, TableError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import type { Compiled, EvalContext, FunctionCall, Rex, ScalarFunction } from '../../rex.ts';
import { commonNumeric } from '../../types/common-type.ts';
import {
  additionType,
  asDecimal,
  divisionType,
  moduloType,
  multiplicationType,
} from '../../types/decimal-rules.ts';
import { isApproximate, isDecimal, isNumeric } from '../../types/families.ts';
import { compileDateTimeArithmetic, dateTimeArithmeticType } from '../datetime/interval-arithmetic.ts';
import { divide, fitTo, isZero, remainder } from '../decimals.ts';
import { convertArgument, convertOperand, define, type Form, strict } from '../define.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

/** FLOAT wins or loses by position; DECIMAL takes part only where no FLOAT or DOUBLE does. */
function resultType(op: Operator, a: LogicalType, b: LogicalType): LogicalType {
  if (!isNumeric(a) || !isNumeric(b)) {
    const type = dateTimeArithmeticType(op, a, b);
    if (type === undefined) throw new TableError(`No type for ${a.root} ${op} ${b.root}`);
    return type;
  }
  if (op === '%') return isDecimal(a) || isDecimal(b) ? moduloType(asDecimal(a), asDecimal(b)) : b;
  if (isApproximate(a) || isApproximate(b) || !(isDecimal(a) || isDecimal(b))) return commonNumeric(a, b);
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (op === '*') return multiplicationType(x, y);
  return op === '/' ? divisionType(x, y) : additionType(x, y);
}

/** Java's words: of integers, and of BigDecimal. */
function divisionByZero(exact = false): DataError {
  return new DataError(exact ? 'Division by zero' : '/ by zero');
}

type Binary = (a: never, b: never) => unknown;

const wrap = {
  TINYINT: (v: number) => (v << 24) >> 24,
  SMALLINT: (v: number) => (v << 16) >> 16,
  INTEGER: (v: number) => v | 0,
};

function smallIntegers(op: Operator, root: keyof typeof wrap): Binary {
  const fit32 = wrap[root];
  switch (op) {
    case '+':
      return root === 'INTEGER'
        ? (a: number, b: number) => (a + b) | 0
        : (a: number, b: number) => fit32(a + b);
    case '-':
      return root === 'INTEGER'
        ? (a: number, b: number) => (a - b) | 0
        : (a: number, b: number) => fit32(a - b);
    case '*':
      return (a: number, b: number) => fit32(Math.imul(a, b));
    case '/':
      return (a: number, b: number) => {
        if (b === 0) throw divisionByZero();
        return fit32((a / b) | 0);
      };
    case '%':
      return (a: number, b: number) => {
        if (b === 0) throw divisionByZero();
        return (a % b) | 0;
      };
  }
}

function bigints(op: Operator): Binary {
  switch (op) {
    case '+':
      return (a: bigint, b: bigint) => BigInt.asIntN(64, a + b);
    case '-':
      return (a: bigint, b: bigint) => BigInt.asIntN(64, a - b);
    case '*':
      return (a: bigint, b: bigint) => BigInt.asIntN(64, a * b);
    case '/':
      return (a: bigint, b: bigint) => {
        if (b === 0n) throw divisionByZero();
        return BigInt.asIntN(64, a / b);
      };
    case '%':
      return (a: bigint, b: bigint) => {
        if (b === 0n) throw divisionByZero();
        return a % b;
      };
  }
}

function doubles(op: Operator): (a: number, b: number) => number {
  switch (op) {
    case '+':
      return (a, b) => a + b;
    case '-':
      return (a, b) => a - b;
    case '*':
      return (a, b) => a * b;
    case '/':
      return (a, b) => a / b;
    case '%':
      return (a, b) => a % b;
  }
}

function decimals(op: Operator, precision: number, scale: number): Binary {
  switch (op) {
    case '+':
      return (a: Big, b: Big) => fitTo(a.plus(b), precision, scale);
    case '-':
      return (a: Big, b: Big) => fitTo(a.minus(b), precision, scale);
    case '*':
      return (a: Big, b: Big) => fitTo(a.times(b), precision, scale);
    default: {
      const calculate = op === '/' ? divide : remainder;
      return (a: Big, b: Big) => {
        if (isZero(b)) throw divisionByZero(true);
        return fitTo(calculate(a, b), precision, scale);
      };
    }
  }
}

function bodyOf(op: Operator, type: LogicalType): Binary {
  switch (type.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
      return smallIntegers(op, type.root);
    case 'BIGINT':
      return bigints(op);
    case 'FLOAT': {
      const body = doubles(op);
      return (a: number, b: number) => Math.fround(body(a, b));
    }
    case 'DOUBLE':
      return doubles(op);
    case 'DECIMAL':
      return decimals(op, type.precision, type.scale);
    default:
      throw new TableError(`No ${op} for ${type.root}`);
  }
}

function compileArithmetic(
  op: Operator,
  args: readonly Compiled[],
  call: FunctionCall,
  context: EvalContext,
): Compiled {
  const [left, right] = call.operands as readonly [Rex, Rex];
  if (!isNumeric(left.type) || !isNumeric(right.type)) {
    return compileDateTimeArithmetic(op, args, call, context);
  }
  const exact = call.type.root === 'DECIMAL';
  // The remainder of different integers is computed in the wider one, and shown in the divisor's.
  const working = op === '%' && !exact ? commonNumeric(left.type, right.type) : call.type;
  const operands = args.map((arg, i) => {
    const operand = call.operands[i]!;
    return convertOperand(arg, operand, exact ? asDecimal(operand.type) : working, context);
  });
  const result = strict(bodyOf(op, working) as (...v: unknown[]) => unknown, operands);
  return working.root === call.type.root ? result : convertArgument(result, working, call.type, context);
}

const NUMBERS: Form = ['NUMERIC', 'NUMERIC'];
const INTERVALS: Form = ['DATETIME_INTERVAL', 'DATETIME_INTERVAL'];

function operator(op: Operator, doc: string, forms: readonly Form[]): ScalarFunction {
  return define({
    name: op,
    doc,
    syntax: 'infix',
    forms,
    result: ([a, b]) => resultType(op, a!, b!),
    compile: (args, call, context) => compileArithmetic(op, args, call, context),
    print: (args) => (op === '%' ? `MOD(${args.join(', ')})` : `(${args.join(` ${op} `)})`),
  });
}

export const PLUS = operator('+', 'a + b: sum; of a date or time and an interval: the later one.', [
  NUMBERS,
  INTERVALS,
  ['DATETIME', 'DATETIME_INTERVAL'],
  ['DATETIME_INTERVAL', 'DATETIME'],
]);
export const MINUS = operator('-', 'a - b: difference; of a date or time and an interval: the earlier one.', [
  NUMBERS,
  INTERVALS,
  ['DATETIME', 'DATETIME_INTERVAL'],
]);
export const TIMES = operator('*', 'a * b: product. Integers wrap; a DECIMAL that does not fit is NULL.', [
  NUMBERS,
  ['DATETIME_INTERVAL', 'NUMERIC'],
  ['NUMERIC', 'DATETIME_INTERVAL'],
]);
export const DIVIDE = operator('/', 'a / b: quotient. Of integers: cut to an integer; by zero: an error.', [
  NUMBERS,
  ['DATETIME_INTERVAL', 'NUMERIC'],
]);
export const REMAINDER = operator('%', 'a % b: remainder with the sign of a.', [
  ['EXACT_NUMERIC', 'EXACT_NUMERIC'],
]);

export const MOD = define({
  name: 'MOD',
  doc: 'MOD(a, b): remainder of a / b with the sign of a.',
  forms: [['EXACT_NUMERIC', 'EXACT_NUMERIC']],
  result: ([a, b]) => resultType('%', a!, b!),
  compile: (args, call, context) => compileArithmetic('%', args, call, context),
});

function negation(type: LogicalType): (v: never) => unknown {
  switch (type.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER': {
      const fit32 = wrap[type.root];
      return (v: number) => fit32(-v);
    }
    case 'BIGINT':
      return (v: bigint) => BigInt.asIntN(64, -v);
    case 'DECIMAL':
      return (v: Big) => (isZero(v) ? v : v.times(-1));
    default:
      return (v: number) => -v;
  }
}

export const UNARY_MINUS = define({
  name: '-',
  doc: '-a',
  syntax: 'prefix',
  forms: [['NUMERIC'], ['DATETIME_INTERVAL']],
  result: ([a]) => a!,
  compile: (args, call) => strict(negation(call.type) as (...v: unknown[]) => unknown, args),
  print: (args) => `-(${args[0]})`,
});

export const UNARY_PLUS = define({
  name: '+',
  doc: '+a',
  syntax: 'prefix',
  forms: [['NUMERIC'], ['DATETIME_INTERVAL']],
  result: ([a]) => a!,
  compile: (args) => args[0]!,
  print: (args) => `+(${args[0]})`,
});
