import { expect, test } from 'vitest';
import { packError, unpackError } from '../../../../src/runtime/parallel/error-transfer.ts';
import {
  ConnectorError,
  DataError,
  DreyError,
  errorChain,
  SqlParserError,
  TableError,
  ValidationError,
} from '../../../../src/types/errors.ts';

const span = { line: 1, column: 2, endLine: 1, endColumn: 3, start: 1, end: 3 };
const moved = (error: unknown) => unpackError(structuredClone(packError(error)));

test.each([
  new SqlParserError('parse', { span }),
  new ValidationError('validation', { hint: 'do this' }),
  new TableError('table', { span, hint: 'and that' }),
  new ConnectorError('connector', { retryable: false }),
  new ConnectorError('connector', { retryable: true, cause: new Error('refused') }),
  new DataError('data', { cause: new TableError('inner', { hint: 'inner hint' }) }),
  new DreyError('INTERNAL', 'a defect'),
])('%s keeps class, place, hint and cause', (error) => {
  const arrived = moved(error);
  expect(arrived).toBeInstanceOf(error.constructor);
  expect(arrived).toMatchObject({ message: error.message, name: error.name, code: error.code });
  expect((arrived as DreyError).span).toEqual(error.span);
  expect((arrived as DreyError).hint).toBe(error.hint);
  expect(arrived.stack).toBe(error.stack);
  expect(errorChain(arrived)).toEqual(errorChain(error));
  if (error instanceof ConnectorError) expect((arrived as ConnectorError).retryable).toBe(error.retryable);
  if (error.cause instanceof DreyError) expect(arrived.cause).toMatchObject({ hint: error.cause.hint });
});

test('errors of the system keep their code; what is no error becomes one', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 });
  expect(moved(refused)).toMatchObject({ message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' });
  expect(moved('just text')).toMatchObject({ message: 'just text' });
});

test('a chain without an end is cut', () => {
  const loop: Error & { cause?: unknown } = new Error('round');
  loop.cause = loop;
  expect(errorChain(moved(loop))).toHaveLength(20);
});
