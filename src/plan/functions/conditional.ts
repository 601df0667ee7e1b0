// CASE, IF, COALESCE and their like.
import { TableError, ValidationError } from '../../types/errors.ts';
import { type LogicalType, typeToString, withNullable } from '../../types/logical-type.ts';
import { castTo } from '../cast.ts';
import type { Compiled, Rex, ScalarFunction } from '../rex.ts';
import { leastRestrictive } from '../types/common-type.ts';
import { belongsTo, calciteName, isDateTime } from '../types/families.ts';
import { compareOf } from './compare.ts';
import { cannotApply } from './define.ts';

/** Casts all to their common type. @throws what `otherwise` makes, when there is none */
function unify(
  operands: readonly Rex[],
  otherwise: () => ValidationError,
): { type: LogicalType; operands: Rex[] } {
  const type = leastRestrictive(operands.map((o) => o.type));
  if (type === undefined) throw otherwise();
  return { type, operands: operands.map((o) => castTo(o, type, { implicit: true })) };
}

/** Operands: condition, result, condition, result, …, otherwise. */
export const CASE: ScalarFunction = {
  name: 'CASE',
  doc: 'CASE WHEN condition THEN result … [ELSE result] END: the result of the first condition that is true.',
  bind: (operands) => {
    const isResult = (i: number) => i % 2 === 1 || i === operands.length - 1;
    const results = operands.filter((_, i) => isResult(i));
    const unified = unify(
      results,
      () => new ValidationError('Illegal mixing of types in CASE or COALESCE statement'),
    );
    let next = 0;
    return {
      operands: operands.map((o, i) => (isResult(i) ? unified.operands[next++]! : o)),
      type: unified.type,
    };
  },
  compile: (args) => {
    const otherwise = args.at(-1)!;
    if (args.length === 3) {
      const [when, then] = args as readonly [Compiled, Compiled];
      return (row) => (when(row) === true ? then(row) : otherwise(row));
    }
    const last = args.length - 1;
    return (row) => {
      for (let i = 0; i < last; i += 2) if (args[i]!(row) === true) return args[i + 1]!(row);
      return otherwise(row);
    };
  },
};

function commonForIf(a: Rex, b: Rex): boolean {
  if (a.type.root === 'NULL' || b.type.root === 'NULL') return true;
  const families = ['NUMERIC', 'CHARACTER', 'BINARY', 'BOOLEAN', 'DATE', 'TIME', 'TIMESTAMP'] as const;
  return (
    families.some((f) => belongsTo(a.type, f) && belongsTo(b.type, f)) ||
    (a.type.root === b.type.root && !isDateTime(a.type) && leastRestrictive([a.type, b.type]) !== undefined)
  );
}

export const IF: ScalarFunction = {
  name: 'IF',
  doc: 'IF(condition, a, b): a when the condition is true, else b.',
  bind: (operands) => {
    if (operands.length !== 3) {
      throw new ValidationError("Invalid number of arguments to function 'IF'. Was expecting 3 arguments");
    }
    const [condition, a, b] = operands as readonly [Rex, Rex, Rex];
    if (!belongsTo(condition.type, 'BOOLEAN') || !commonForIf(a, b)) {
      throw cannotApply(
        {
          name: 'IF',
          forms: [
            ['BOOLEAN', 'NUMERIC', 'NUMERIC'],
            ['BOOLEAN', 'STRING', 'STRING'],
            ['BOOLEAN', 'BOOLEAN', 'BOOLEAN'],
            ['BOOLEAN', 'CHARACTER', 'CHARACTER'],
            ['BOOLEAN', 'BINARY', 'BINARY'],
            ['BOOLEAN', 'DATE', 'DATE'],
            ['BOOLEAN', 'TIMESTAMP', 'TIMESTAMP'],
            ['BOOLEAN', 'TIME', 'TIME'],
          ],
        },
        operands,
      );
    }
    const unified = unify([a, b], () => new ValidationError('Illegal mixing of types in IF'));
    const nullable = operands.some((o) => o.type.nullable);
    return { operands: [condition, ...unified.operands], type: withNullable(unified.type, nullable) };
  },
  compile: (args) => {
    const [when, then, otherwise] = args as readonly [Compiled, Compiled, Compiled];
    return (row) => (when(row) === true ? then(row) : otherwise(row));
  },
};

/** How Flink's newer functions refuse their arguments. */
export function invalidCall(name: string, operands: readonly Rex[], cause: string): ValidationError {
  const types = operands.map((o) => (o.type.root === 'NULL' ? 'NULL' : typeToString(o.type)));
  return new ValidationError(`Invalid function call:\n${name}(${types.join(', ')})\n${cause}`);
}

function atLeast(name: string, operands: readonly Rex[], least: number): void {
  if (operands.length < least) {
    throw invalidCall(
      name,
      operands,
      `Invalid number of arguments. At least ${least} arguments expected but ${operands.length} passed.`,
    );
  }
}

export function exactly(name: string, operands: readonly Rex[], ...counts: number[]): void {
  if (!counts.includes(operands.length)) {
    throw invalidCall(
      name,
      operands,
      `Invalid number of arguments. ${counts.join(' or ')} arguments expected but ${operands.length} passed.`,
    );
  }
}

function noCommonType(name: string, operands: readonly Rex[]): ValidationError {
  return invalidCall(
    name,
    operands,
    `Could not find a common type for arguments: [${operands.map((o) => calciteName(o.type)).join(', ')}]`,
  );
}

function compileCoalesce(args: readonly Compiled[]): Compiled {
  const [a, b] = args as readonly [Compiled, Compiled];
  if (args.length === 2) {
    return (row) => {
      const x = a(row);
      return x === null ? b(row) : x;
    };
  }
  return (row) => {
    for (let i = 0; i < args.length; i++) {
      const x = args[i]!(row);
      if (x !== null) return x;
    }
    return null;
  };
}

function coalescing(name: string, doc: string, check: (operands: readonly Rex[]) => void): ScalarFunction {
  return {
    name,
    doc,
    bind: (operands) => {
      check(operands);
      const unified = unify(operands, () => noCommonType(name, operands));
      const nullable = operands.every((o) => o.type.nullable);
      return { operands: unified.operands, type: withNullable(unified.type, nullable) };
    },
    compile: compileCoalesce,
  };
}

export const COALESCE = coalescing('COALESCE', 'COALESCE(a, b, …): the first that is not NULL.', (operands) =>
  atLeast('COALESCE', operands, 1),
);
export const IFNULL = coalescing('IFNULL', 'IFNULL(a, b): b when a is NULL, else a.', (operands) =>
  exactly('IFNULL', operands, 2),
);

/** The greater for sign 1, the less for -1; NULL when one is NULL. */
function extreme(name: 'GREATEST' | 'LEAST', sign: 1 | -1, doc: string): ScalarFunction {
  return {
    name,
    doc,
    bind: (operands) => {
      atLeast(name, operands, 1);
      const unified = unify(operands, () => noCommonType(name, operands));
      if (operands.some((o) => o.type.root === 'NULL')) {
        throw new TableError(
          `Unsupported casting from NULL to ${typeToString(withNullable(unified.type, true))}.`,
        );
      }
      return { operands: unified.operands, type: unified.type };
    },
    compile: (args, call) => {
      const compare = compareOf(call.type) as (a: unknown, b: unknown) => number;
      return (row) => {
        let best: unknown = null;
        for (let i = 0; i < args.length; i++) {
          const x = args[i]!(row);
          if (x === null) return null;
          if (best === null || compare(x, best) * sign > 0) best = x;
        }
        return best;
      };
    },
  };
}

export const CONDITIONAL: readonly ScalarFunction[] = [
  IF,
  COALESCE,
  IFNULL,
  extreme('GREATEST', 1, 'GREATEST(a, b, …): the greatest; NULL when one is NULL.'),
  extreme('LEAST', -1, 'LEAST(a, b, …): the least; NULL when one is NULL.'),
];
