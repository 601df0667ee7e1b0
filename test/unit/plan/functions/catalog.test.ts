import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/plan/compile/expression.ts';
import { bindExpression } from '../../../../src/plan/expression-binder.ts';
import {
  builtInFunctions,
  FunctionCatalog,
  functionNames,
  lookupFunction,
} from '../../../../src/plan/functions/catalog.ts';
import { define } from '../../../../src/plan/functions/define.ts';
import { parseExpression } from '../../../../src/sql/parser.ts';
import { INT } from '../../../../src/types/logical-type.ts';
import { contextOf, scopeOf } from '../../../support/expressions.ts';

test('names are found in any case, aliases too', () => {
  expect(lookupFunction('concat_ws')?.name).toBe('CONCAT_WS');
  expect(lookupFunction('Character_Length')?.name).toBe('CHAR_LENGTH');
  expect(lookupFunction('nope')).toBeUndefined();
});

test('every function is documented', () => {
  for (const name of functionNames()) expect(lookupFunction(name)!.doc, name).not.toBe('');
  expect(functionNames()).toEqual([...functionNames()].sort());
  expect(functionNames().length).toBeGreaterThan(130);
});

test("a user's function stands beside the built-in ones and may replace one", () => {
  const functions = new FunctionCatalog(builtInFunctions)
    .register(
      define({
        name: 'TWICE',
        doc: 'TWICE(n): 2 * n.',
        forms: [['INTEGER']],
        result: INT,
        as: [INT],
        fn: (n: number) => n * 2,
      }),
    )
    .register(define({ name: 'PI', doc: 'PI(): about 3.', forms: [[]], result: INT, fn: () => 3 }));
  const run = (text: string) =>
    compileExpression(bindExpression(parseExpression(text), { ...scopeOf([]), functions }), contextOf())([]);
  expect(run('twice(21) + PI()')).toBe(45);
  expect(lookupFunction('TWICE')).toBeUndefined();
});
