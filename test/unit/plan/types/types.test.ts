// Common types, and which query columns fit which sink columns.
import { expect, test } from 'vitest';
import { isAssignable } from '../../../../src/plan/types/assignable.ts';
import { leastRestrictive } from '../../../../src/plan/types/common-type.ts';
import { parseType } from '../../../../src/sql/parser.ts';
import { typeToString } from '../../../../src/types/logical-type.ts';

const type = (text: string) => parseType(text).type;

test.each<[string[], string | undefined]>([
  [['INT NOT NULL', 'BIGINT'], 'BIGINT'],
  [['INT NOT NULL', 'DECIMAL(2, 1) NOT NULL'], 'DECIMAL(11, 1) NOT NULL'],
  [['FLOAT', 'DOUBLE'], 'FLOAT'],
  [['DOUBLE', 'FLOAT'], 'DOUBLE'],
  [['FLOAT', 'DECIMAL(3, 1)'], 'DOUBLE'],
  [['INT', 'FLOAT'], 'FLOAT'],
  [['CHAR(2) NOT NULL', 'CHAR(2) NOT NULL'], 'CHAR(2) NOT NULL'],
  [['CHAR(2) NOT NULL', 'CHAR(3) NOT NULL'], 'VARCHAR(3) NOT NULL'],
  [['CHAR(2)', 'STRING'], 'STRING'],
  [['DATE', 'TIMESTAMP(3)'], 'TIMESTAMP(3)'],
  [['TIMESTAMP(3)', 'TIMESTAMP_LTZ(6)'], 'TIMESTAMP_LTZ(6)'],
  [['ARRAY<INT>', 'ARRAY<BIGINT>'], 'ARRAY<BIGINT>'],
  [['NULL', 'INT NOT NULL'], 'INT'],
  [['INT', 'STRING'], undefined],
  [['DATE', 'TIME'], undefined],
  [['BOOLEAN', 'INT'], undefined],
])('%s', (types, expected) => {
  const common = leastRestrictive(types.map(type));
  expect(common === undefined ? undefined : typeToString(common)).toBe(expected);
});

test.each<[string, string, boolean]>([
  ['INT', 'BIGINT', true],
  ['BIGINT', 'INT', false],
  ['INT', 'STRING', false],
  ['STRING', 'INT', false],
  ['CHAR(3)', 'STRING', true],
  ['STRING', 'VARCHAR(3)', true],
  ['STRING', 'CHAR(3)', false],
  ['INT', 'DECIMAL(5, 2)', true],
  ['DECIMAL(5, 2)', 'DOUBLE', true],
  ['DOUBLE', 'FLOAT', false],
  ['TIMESTAMP(3)', 'TIMESTAMP_LTZ(3)', true],
  ['DATE', 'TIMESTAMP(3)', false],
  ['NULL', 'STRING', true],
  ['ARRAY<INT>', 'ARRAY<BIGINT>', true],
  ['ROW<a INT>', 'ROW<b BIGINT>', true],
  ['ROW<a INT>', 'ROW<b BIGINT, c INT>', false],
  ['MAP<STRING, INT>', 'MAP<STRING, STRING>', false],
])('%s into %s: %s', (from, to, expected) => {
  expect(isAssignable(type(from), type(to))).toBe(expected);
});
