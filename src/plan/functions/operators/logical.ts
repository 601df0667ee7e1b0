// AND, OR, NOT and the IS tests: three-valued logic.
import type { LogicalType } from '../../../types/logical-type.ts';
import type { Compiled, ScalarFunction } from '../../rex.ts';
import { define } from '../define.ts';

const BOOLEAN: LogicalType = { root: 'BOOLEAN', nullable: false };

/** `decisive` settles it, whatever the others are: FALSE for AND, TRUE for OR. */
function connective(name: 'AND' | 'OR', decisive: boolean, doc: string): ScalarFunction {
  return define({
    name,
    doc,
    syntax: 'infix',
    forms: [{ repeat: 'BOOLEAN', least: 2 }],
    result: BOOLEAN,
    compile: (args) => (args.length === 2 ? both(args[0]!, args[1]!, decisive) : all(args, decisive)),
    print: (args) => `(${args.join(` ${name} `)})`,
  });
}

function both(a: Compiled, b: Compiled, decisive: boolean): Compiled {
  return (row) => {
    const x = a(row);
    if (x === decisive) return decisive;
    const y = b(row);
    if (y === decisive) return decisive;
    return x === null || y === null ? null : !decisive;
  };
}

function all(args: readonly Compiled[], decisive: boolean): Compiled {
  return (row) => {
    let result: boolean | null = !decisive;
    for (let i = 0; i < args.length; i++) {
      const x = args[i]!(row);
      if (x === decisive) return decisive;
      if (x === null) result = null;
    }
    return result;
  };
}

export const AND = connective('AND', false, 'a AND b');
export const OR = connective('OR', true, 'a OR b');

export const NOT = define({
  name: 'NOT',
  doc: 'NOT a; UNKNOWN stays UNKNOWN.',
  syntax: 'prefix',
  forms: [['BOOLEAN']],
  result: BOOLEAN,
  fn: (x: boolean) => !x,
});

function isTest(name: string, family: 'ANY' | 'BOOLEAN', test: (x: unknown) => boolean): ScalarFunction {
  return define({
    name,
    doc: `a ${name}`,
    syntax: 'postfix',
    forms: [[family]],
    result: BOOLEAN,
    nulls: 'never',
    compile:
      ([arg]) =>
      (row) =>
        test(arg!(row)),
    print: (args) => `${args[0]} ${name}`,
  });
}

/** By the words behind the operand. */
export const IS_TESTS: Readonly<Record<string, ScalarFunction>> = {
  'IS NULL': isTest('IS NULL', 'ANY', (x) => x === null),
  'IS NOT NULL': isTest('IS NOT NULL', 'ANY', (x) => x !== null),
  'IS TRUE': isTest('IS TRUE', 'BOOLEAN', (x) => x === true),
  'IS NOT TRUE': isTest('IS NOT TRUE', 'BOOLEAN', (x) => x !== true),
  'IS FALSE': isTest('IS FALSE', 'BOOLEAN', (x) => x === false),
  'IS NOT FALSE': isTest('IS NOT FALSE', 'BOOLEAN', (x) => x !== false),
  'IS UNKNOWN': isTest('IS UNKNOWN', 'BOOLEAN', (x) => x === null),
  'IS NOT UNKNOWN': isTest('IS NOT UNKNOWN', 'BOOLEAN', (x) => x !== null),
};
