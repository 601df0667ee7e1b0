import { expect, test } from 'vitest';
import {
  parseKeyTemplate,
  printKeyTemplate,
} from '../../../../../src/connectors/redis/modes/key-template.ts';

test.each([
  ['user:{id}:{region}', [{ text: 'user:' }, { column: 'id' }, { text: ':' }, { column: 'region' }]],
  ['{id}', [{ column: 'id' }]],
  ['{{{id}}}:orders', [{ text: '{' }, { column: 'id' }, { text: '}:orders' }]],
  ['{{x}}{id}', [{ text: '{x}' }, { column: 'id' }]],
  ['{a b}-{ü}', [{ column: 'a b' }, { text: '-' }, { column: 'ü' }]],
])('%s', (template, parts) => {
  expect(parseKeyTemplate(template)).toEqual(parts);
  expect(printKeyTemplate(parts)).toBe(template);
});

test.each([
  ['', 'names no column'],
  ['user', 'names no column'],
  ['{{id}}', 'names no column'],
  ['user:{id', "The '{' at character 6 needs the name of a column and a '}'"],
  ['user:{}', "The '{' at character 6 needs the name"],
  ['a}b{id}', "Character 2 is a '}' that closes nothing"],
  ['{a{b}}', "The '{' at character 1 needs the name"],
])('%s is refused', (template, message) => {
  expect(() => parseKeyTemplate(template)).toThrow(message);
});
