import Big from 'big.js';
import { describe, expect, test } from 'vitest';
import { BatchBuilder } from '../../../../src/connector/batch-builder.ts';
import { jsonFormat } from '../../../../src/formats/json/format.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
} from '../../../../src/types/logical-type.ts';
import type { Field } from '../../../../src/types/schema.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import { decodeAll, decoderOf, type FormatOptions } from '../../../support/formats.ts';

const nullable = true;
const field = (name: string, type: LogicalType): Field => ({ name, type });
const one = (type: LogicalType, json: string, options: FormatOptions = {}) =>
  decodeAll(decoderOf(jsonFormat, [field('a', type)], options), [`{"a":${json}}`])[0]?.[1];

function failure(fields: readonly Field[], message: string | Buffer, options: FormatOptions = {}): string[] {
  try {
    decodeAll(decoderOf(jsonFormat, fields, options), [message]);
  } catch (error) {
    return errorChain(error);
  }
  throw new Error('The message was read.');
}

const TIMESTAMP_3: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable };
const LTZ_3: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable };
const DECIMAL_5_2: LogicalType = { root: 'DECIMAL', precision: 5, scale: 2, nullable };

const values: [LogicalType, string, unknown][] = [
  [STRING, '"x"', 'x'],
  [STRING, '"\\u00e9\\n\\"\\/\\ud83d\\ude00é"', 'é\n"/😀é'],
  [STRING, '""', ''],
  [STRING, 'null', null],
  [STRING, '"tab\tinside"', 'tab\tinside'],
  [STRING, '-12.50e+3', '-12.50e+3'],
  [STRING, '{"b":[1.50,1e3,-0,true,null,"\\u00e9\\u001F"],"b2":{},"b":[ ]}', '{"b":[],"b2":{}}'],
  [STRING, '[1.50, 1e3, -0, true, "\\u00e9\\u001F"]', '[1.5,1000.0,0,true,"é\\u001F"]'],
  [BOOLEAN, 'true', true],
  [BOOLEAN, '" TRUE "', true],
  [BOOLEAN, '1', false],
  [INT, '2147483647', 2_147_483_647],
  [INT, '-0', 0],
  [INT, '-1.9', -1],
  [INT, '1e3', 1000],
  [INT, '" +7 "', 7],
  [BIGINT, '9223372036854775807', 9_223_372_036_854_775_807n],
  [BIGINT, '-5', -5n],
  [BIGINT, '1.9', 1n],
  [BIGINT, '"12"', 12n],
  [DOUBLE, '100', 100],
  [DOUBLE, '"1.5d"', 1.5],
  [DOUBLE, '"NaN"', Number.NaN],
  [DOUBLE, '1e400', Number.POSITIVE_INFINITY],
  [{ root: 'FLOAT', nullable }, '0.1', Math.fround(0.1)],
  [DECIMAL_5_2, '-1.005', new Big('-1.01')],
  [DECIMAL_5_2, '999.995', null],
  [DECIMAL_5_2, '1e9999', null],
  [DECIMAL_5_2, '"0.001"', new Big(0)],
  [BYTES, '"YWI="', Buffer.from('ab')],
  [{ root: 'DATE', nullable }, '"2020-01-02"', 18_263],
  [{ root: 'TIME', precision: 0, nullable }, '"03:04:05.999"', 11_045_000],
  [{ root: 'TIME', precision: 3, nullable }, '"03:04:05.12"', 11_045_120],
  [TIMESTAMP_3, '"2020-01-02 03:04:05.1239"', new TimestampData(1_577_934_245_123)],
  [TIMESTAMP_3, '"2020-02-31 00:00:00"', new TimestampData(1_582_934_400_000)],
  [LTZ_3, '"2020-01-02 03:04:05Z"', new TimestampData(1_577_934_245_000)],
  [{ root: 'ARRAY', element: INT, nullable }, '[1, null, "3"]', [1, null, 3]],
  [
    { root: 'MAP', key: STRING, value: INT, nullable },
    '{"x":1,"y":null}',
    new Map([
      ['x', 1],
      ['y', null],
    ]),
  ],
  [{ root: 'MULTISET', element: STRING, nullable }, '{"x":2}', new Map([['x', 2]])],
  [
    { root: 'ROW', fields: [field('x', INT), field('y', STRING)], nullable },
    '{"y":"q","z":[{}],"x":1}',
    [1, 'q'],
  ],
  [{ root: 'INTERVAL_DAY_TIME', nullable }, '1500', 1500],
];
test.each(values)('%j reads %s', (type, json, value) => expect(one(type, json)).toEqual(value));

test('ISO-8601', () => {
  const options = { 'timestamp-format.standard': 'ISO-8601' };
  expect(one(TIMESTAMP_3, '"2020-01-02T03:04"', options)).toEqual(new TimestampData(1_577_934_240_000));
  expect(one(LTZ_3, '"2020-01-02T03:04:05.5Z"', options)).toEqual(new TimestampData(1_577_934_245_500));
  const offset = { 'timestamp-format.standard': 'ISO-8601-WITH-OFFSET' };
  expect(one(LTZ_3, '"2020-01-02T04:04:05+01:00"', offset)).toEqual(new TimestampData(1_577_934_245_000));
});

const unfit: [LogicalType, string][] = [
  [{ root: 'TINYINT', nullable }, '128'],
  [{ root: 'TINYINT', nullable }, '1.9'],
  [INT, '2147483648'],
  [INT, '"1.9"'],
  [INT, '{"x":1}'],
  [BIGINT, '9223372036854775808'],
  [BIGINT, '1e400'],
  [DOUBLE, '"x"'],
  [DECIMAL_5_2, 'true'],
  [BYTES, '"***"'],
  [BYTES, '5'],
  [{ root: 'DATE', nullable }, '"2020-1-2"'],
  [TIMESTAMP_3, '"2020-01-02T03:04:05"'],
  [LTZ_3, '"2020-01-02 03:04:05"'],
  [{ root: 'ARRAY', element: INT, nullable }, '{}'],
  [{ root: 'ROW', fields: [field('x', INT)], nullable }, '[]'],
];
describe('a value that does not fit', () => {
  test.each(unfit)('%j of %s fails, or is NULL with ignore-parse-errors', (type, json) => {
    const message = `{"a":${json},"b":"x"}`;
    const fields = [field('a', type), field('b', STRING)];
    expect(failure(fields, message).slice(0, 2)).toEqual([
      `Failed to deserialize JSON '${message}'.`,
      'Fail to deserialize at field: a.',
    ]);
    const decoder = decoderOf(jsonFormat, fields, { 'ignore-parse-errors': 'true' });
    expect(decodeAll(decoder, [message])).toEqual([['+I', null, 'x']]);
  });
});

const broken = [
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{a:1}',
  "{'a':1}",
  '{"a":01}',
  '{"a":+1}',
  '{"a":1x}',
  '{"a":.5}',
  '{"a":1.}',
  '{"a":NaN}',
  '{"a":tru}',
  '{"a":nullx}',
  '{"a":"x}',
  '{"a":"\\x"}',
  '{"a":"\\u12"}',
  '{"a":[1,]}',
  '{"a":[1 2]}',
  '{"z":{"y":[}}',
  '{"z":"\\q","a":1}',
  ' ',
  '5',
  '"x"',
  'null',
  '[{"a":1},5]',
];
describe('broken messages', () => {
  test.each(broken)('%s', (message) => {
    expect(failure([field('a', STRING)], message)[0]).toBe(`Failed to deserialize JSON '${message}'.`);
    if (!message.startsWith('[')) {
      const decoder = decoderOf(jsonFormat, [field('a', STRING)], { 'ignore-parse-errors': 'true' });
      expect(decodeAll(decoder, [message])).toEqual([]);
    }
  });
  test('the cause says where and what', () => {
    expect(failure([field('a', INT)], '{"a":1 "b":2}')[1]).toBe(
      `Unexpected character ('"' (code 34)): was expecting ',' or '}' at offset 7`,
    );
  });
  test.each([
    ['nonsense', "Unrecognized token 'nonsense': was expecting"],
    ['{"a":nil,"b":1}', "Unrecognized token 'nil': was expecting"],
    ['{"a":truth}', "Unrecognized token 'truth': was expecting"],
    ['<a/>', "Unexpected character ('<' (code 60)): expected a valid value"],
    ['{"a":}', "Unexpected character ('}' (code 125)): expected a valid value"],
  ])('what is not a value: %s', (message, words) => {
    const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    expect(failure([field('a', STRING)], message)[1]).toContain(`${words} ${values} at offset`);
  });
  test('invalid UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"é'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(failure([field('a', STRING)], bytes)[1]).toBe('Invalid UTF-8 in a string at offset 6');
  });
  test('too deep', () => {
    const deep = `{"z":${'['.repeat(1001)}${']'.repeat(1001)}}`;
    expect(failure([field('a', STRING)], deep)[1]).toMatch(/deeper than 1000/);
  });
  test('a long message is cut', () => {
    const [message] = failure([field('a', INT)], `{"a":"${'x'.repeat(10_000)}"}`);
    expect(message!.length).toBeLessThan(4200);
    expect(message).toMatch(/… \(10008 bytes\)'\.$/);
  });
});

describe('messages', () => {
  const fields = [field('a', INT), field('b', STRING)];
  const decode = (messages: (string | null)[], options: FormatOptions = {}) =>
    decodeAll(decoderOf(jsonFormat, fields, options), messages);

  test('empty ones and tombstones make no row', () => expect(decode(['', null])).toEqual([]));
  test('what stands behind the object is left alone', () => {
    expect(decode(['{"a":1}{"a":2} x'])).toEqual([['+I', 1, null]]);
  });
  test('an array makes a row an object', () => {
    expect(decode(['[{"a":1},null,{"b":"x"}]', '[]'])).toEqual([
      ['+I', 1, null],
      ['+I', null, 'x'],
    ]);
  });
  test('an array with a broken object makes no row at all', () => {
    const decoder = decoderOf(jsonFormat, fields);
    const out = new BatchBuilder();
    const bytes = Buffer.from('[{"a":1},{"a":"x"}]');
    expect(() => decoder.decode(bytes, 0, bytes.length, out)).toThrow();
    expect(out.length).toBe(0);
  });
  test('an array’s element that is no object is skipped with ignore-parse-errors', () => {
    expect(decode(['[{"a":1},5,{"a":2}]'], { 'ignore-parse-errors': 'true' })).toEqual([
      ['+I', 1, null],
      ['+I', 2, null],
    ]);
  });
  test('a repeated key counts with its first value, whatever the shape before', () => {
    const message = '{"a":1,"a":2,"b":"x","b":"y"}';
    expect(decode([message, message, '{"a":null,"a":2}'])).toEqual([
      ['+I', 1, 'x'],
      ['+I', 1, 'x'],
      ['+I', null, null],
    ]);
  });
  test('names with escapes and of other scripts', () => {
    const named = [field('é"', INT), field('ключ', INT)];
    const message = '{"\\u00e9\\"":1,"ключ":2}';
    expect(decodeAll(decoderOf(jsonFormat, named), [message, message])).toEqual([
      ['+I', 1, 2],
      ['+I', 1, 2],
    ]);
  });
  test('a byte order mark', () => {
    expect(decode(['\ufeff{"a":1}', '\ufeff{"a":2}'])).toEqual([
      ['+I', 1, null],
      ['+I', 2, null],
    ]);
  });
  test('missing fields, with fail-on-missing-field', () => {
    expect(failure(fields, '{"b":"x"}', { 'fail-on-missing-field': 'true' })[1]).toBe(
      "Some field is missing in the JSON data. Could not find field with name 'a'.",
    );
    expect(decode(['{"b":null,"a":null}'], { 'fail-on-missing-field': 'true' })).toEqual([
      ['+I', null, null],
    ]);
  });
  test('only projected columns are made', () => {
    const decoder = decoderOf(jsonFormat, fields, {}, [], [1]);
    expect(decodeAll(decoder, ['{"a":"no number","b":"x"}', '{"a":[],"b":"y"}'])).toEqual([
      ['+I', 'x'],
      ['+I', 'y'],
    ]);
    expect(decodeAll(decoderOf(jsonFormat, fields, {}, [], []), ['{"a":1}'])).toEqual([['+I']]);
  });
  test('both error options', () => {
    expect(() =>
      decoderOf(jsonFormat, fields, { 'fail-on-missing-field': 'true', 'ignore-parse-errors': 'true' }),
    ).toThrow("fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
  });
  test('maps have text keys', () => {
    const map: LogicalType = { root: 'MAP', key: INT, value: INT, nullable };
    expect(() => decoderOf(jsonFormat, [field('m', map)])).toThrow(
      "JSON format doesn't support non-string as key type of map. The type is: MAP<INT, INT>",
    );
  });
});
