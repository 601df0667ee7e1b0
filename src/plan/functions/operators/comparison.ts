// = <> < <= > >= and IS [NOT] DISTINCT FROM.
import { ValidationError } from '../../../types/errors.ts';
import { isCharacter, type LogicalType, typeToString, withNullable } from '../../../types/logical-type.ts';
import { castTo } from '../../cast.ts';
import type { Compiled, EvalContext, Rex, ScalarFunction } from '../../rex.ts';
import { areComparable, leastRestrictive } from '../../types/common-type.ts';
import { isDateTime, isNumeric } from '../../types/families.ts';
import { compareOf, equalsOf, isPlainlyOrdered } from '../compare.ts';
import { cannotApply, convertOperand, define, strict } from '../define.ts';

export type ComparisonName =
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM';

const BOOLEAN_NOT_NULL: LogicalType = { root: 'BOOLEAN', nullable: false };

/**
 * Operands made comparable: a text beside a date, time or timestamp is cast to it; one that is none counts as NULL, but a
 * literal must be right.
 * @throws ValidationError in Calcite's words
 */
export function comparable(op: string, left: Rex, right: Rex): [Rex, Rex] {
  const [a, b] = [left.type, right.type];
  if (isCharacter(a) && isDateTime(b)) return [timeOf(left, b), right];
  if (isDateTime(a) && isCharacter(b)) return [left, timeOf(right, a)];
  if (!areComparable(a, b)) throw notComparable(op, left, right);
  return [left, right];
}

function timeOf(text: Rex, type: LogicalType): Rex {
  return castTo(text, type, { implicit: true, try: text.kind !== 'literal' });
}

function notComparable(op: string, left: Rex, right: Rex): ValidationError {
  const [a, b] = [left.type, right.type];
  const other = isCharacter(a) ? b : isCharacter(b) ? a : undefined;
  if (other !== undefined && isNumeric(other)) {
    return new ValidationError(
      `implicit type conversion between ${a.root} and ${b.root} is not supported now`,
      { hint: `CAST one side: CAST(… AS STRING) or CAST(… AS ${typeToString(withNullable(other, true))})` },
    );
  }
  const form = op === '=' || op === '<>' || op.startsWith('IS') ? 'EQUIVALENT_TYPE' : 'COMPARABLE_TYPE';
  const error = cannotApply({ name: op, syntax: 'infix', forms: [] }, [left, right]);
  return new ValidationError(`${error.message}'<${form}> ${op} <${form}>'`);
}

/** Both operands as the type in which they are compared. */
function comparands(
  args: readonly Compiled[],
  operands: readonly Rex[],
  context: EvalContext,
): { type: LogicalType; args: readonly Compiled[] } {
  const [a, b] = operands.map((o) => o.type) as [LogicalType, LogicalType];
  const type = comparisonType(a, b);
  return { type, args: args.map((arg, i) => convertOperand(arg, operands[i]!, type, context)) };
}

function comparisonType(a: LogicalType, b: LogicalType): LogicalType {
  if (isCharacter(a) && isCharacter(b)) return { root: 'VARCHAR', length: 2147483647, nullable: true };
  // A FLOAT beside a DOUBLE is compared as a DOUBLE, whatever type their sum has.
  if (isNumeric(a) && isNumeric(b) && (a.root === 'DOUBLE' || b.root === 'DOUBLE')) {
    return { root: 'DOUBLE', nullable: true };
  }
  return leastRestrictive([a, b]) ?? a;
}

type Test = (a: never, b: never) => boolean;

function testOf(op: ComparisonName, type: LogicalType): Test {
  if (op === '=' || op === '<>') {
    const equal = equalsOf(type);
    return op === '=' ? equal : (a: never, b: never) => !equal(a, b);
  }
  if (isPlainlyOrdered(type)) return plainTest(op);
  const compare = compareOf(type);
  switch (op) {
    case '<':
      return (a: never, b: never) => compare(a, b) < 0;
    case '<=':
      return (a: never, b: never) => compare(a, b) <= 0;
    case '>':
      return (a: never, b: never) => compare(a, b) > 0;
    default:
      return (a: never, b: never) => compare(a, b) >= 0;
  }
}

function plainTest(op: ComparisonName): Test {
  switch (op) {
    case '<':
      return (a: number, b: number) => a < b;
    case '<=':
      return (a: number, b: number) => a <= b;
    case '>':
      return (a: number, b: number) => a > b;
    default:
      return (a: number, b: number) => a >= b;
  }
}

function comparison(op: ComparisonName, doc: string): ScalarFunction {
  return {
    name: op,
    doc,
    bind: ([left, right]) => {
      const operands = comparable(op, left!, right!);
      return {
        operands,
        type: withNullable(
          BOOLEAN_NOT_NULL,
          operands.some((o) => o.type.nullable),
        ),
      };
    },
    compile: (args, call, context) => {
      const common = comparands(args, call.operands, context);
      return strict(testOf(op, common.type) as (...v: unknown[]) => unknown, common.args);
    },
    print: (args) => `(${args.join(` ${op} `)})`,
  };
}

function distinct(op: 'IS DISTINCT FROM' | 'IS NOT DISTINCT FROM', doc: string): ScalarFunction {
  const whenSame = op === 'IS NOT DISTINCT FROM';
  return {
    name: op,
    doc,
    bind: ([left, right]) => ({ operands: comparable(op, left!, right!), type: BOOLEAN_NOT_NULL }),
    compile: (args, call, context) => {
      const common = comparands(args, call.operands, context);
      const equal = equalsOf(common.type);
      const [a, b] = common.args as [Compiled, Compiled];
      return (row) => {
        const x = a(row);
        const y = b(row);
        const same = x === null || y === null ? x === y : equal(x as never, y as never);
        return same === whenSame;
      };
    },
    print: (args) => `${op}(${args.join(', ')})`,
  };
}

export const EQUALS = comparison('=', 'a = b');
export const NOT_EQUALS = comparison('<>', 'a <> b');
export const LESS_THAN = comparison('<', 'a < b');
export const LESS_THAN_OR_EQUAL = comparison('<=', 'a <= b');
export const GREATER_THAN = comparison('>', 'a > b');
export const GREATER_THAN_OR_EQUAL = comparison('>=', 'a >= b');
export const IS_DISTINCT_FROM = distinct('IS DISTINCT FROM', 'Not equal, where NULL equals NULL.');
export const IS_NOT_DISTINCT_FROM = distinct('IS NOT DISTINCT FROM', 'Equal, where NULL equals NULL.');

export const COMPARISONS: Readonly<Record<ComparisonName, ScalarFunction>> = {
  '=': EQUALS,
  '<>': NOT_EQUALS,
  '<': LESS_THAN,
  '<=': LESS_THAN_OR_EQUAL,
  '>': GREATER_THAN,
  '>=': GREATER_THAN_OR_EQUAL,
  'IS DISTINCT FROM': IS_DISTINCT_FROM,
  'IS NOT DISTINCT FROM': IS_NOT_DISTINCT_FROM,
};

/** `x IN (a, b, …)` over constants: one look-up instead of a chain of comparisons. */
export const IN_CONSTANTS: ScalarFunction = define({
  name: 'IN',
  doc: 'x IN (a, b, …): whether x is one of them. UNKNOWN when x is not but one of them is NULL.',
  forms: [{ repeat: 'ANY', least: 2 }],
  result: BOOLEAN_NOT_NULL,
  compile: ([arg], call) => {
    const values = call.operands.slice(1).map((o) => (o.kind === 'literal' ? o.value : undefined));
    const otherwise = values.includes(null) ? null : false;
    const set = new Set(values.filter((v) => v !== null));
    return (row) => {
      const x = arg!(row);
      if (x === null) return null;
      return set.has(x) ? true : otherwise;
    };
  },
  print: (args) => `${args[0]} IN (${args.slice(1).join(', ')})`,
});
