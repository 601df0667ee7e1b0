import { describe, expect, test } from 'vitest';
import { debeziumJsonFormat } from '../../../../src/formats/debezium-json/format.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { BIGINT, STRING } from '../../../../src/types/logical-type.ts';
import { RowKind } from '../../../../src/types/row.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import { decodeAll, decoderOf, encoderOf, type FormatOptions } from '../../../support/formats.ts';

const FIELDS = [
  { name: 'id', type: STRING },
  { name: 'v', type: BIGINT },
];
const SOURCE = { db: 'shop', schema: 'public', table: 'orders', ts_ms: 1_577_934_245_000, file: null };
const event = (op: string, before: unknown, after: unknown, more = {}) =>
  JSON.stringify({ before, after, source: SOURCE, op, ts_ms: 1_577_934_245_123, ...more });
const decode = (
  messages: (string | null)[],
  options: FormatOptions = {},
  metadata: string[] = [],
  projection?: number[],
) => decodeAll(decoderOf(debeziumJsonFormat, FIELDS, options, metadata, projection), messages);

const OLD = { id: 'a', v: 1 };
const NEW = { id: 'a', v: 2 };

describe('decoding', () => {
  test('the kinds', () => {
    const rows = [
      ['+I', 'a', 1n],
      ['+I', 'a', 1n],
      ['-U', 'a', 1n],
      ['+U', 'a', 2n],
      ['-D', 'a', 2n],
    ];
    const messages = [
      event('r', null, OLD),
      event('c', null, OLD),
      event('u', OLD, NEW),
      event('d', NEW, null),
    ];
    expect(decode([...messages, null, ''])).toEqual(rows);
    expect(
      decode(
        messages.map((m) => `{"schema":{"type":"struct"},"payload":${m}}`),
        { 'schema-include': 'true' },
      ),
    ).toEqual(rows);
  });
  test('only projected columns', () => {
    expect(decode([event('u', OLD, { id: 'a', v: 'no number' })], {}, [], [0])).toEqual([
      ['-U', 'a'],
      ['+U', 'a'],
    ]);
  });
  test('metadata', () => {
    const keys = [
      'ingestion-timestamp',
      'source.timestamp',
      'source.database',
      'source.schema',
      'source.table',
      'source.properties',
    ];
    const [row] = decode([event('c', null, OLD)], {}, keys, [0]);
    expect(row).toEqual([
      '+I',
      'a',
      new TimestampData(1_577_934_245_123),
      new TimestampData(1_577_934_245_000),
      'shop',
      'public',
      'orders',
      new Map(Object.entries({ ...SOURCE, ts_ms: '1577934245000' })),
    ]);
    const plain = '{"before":null,"after":{"id":"a"},"op":"c"}';
    expect(decode([plain], {}, keys, [0])).toEqual([['+I', 'a', null, null, null, null, null, null]]);
  });
  test('metadata with the schema beside the payload', () => {
    const message = `{"schema":{"type":"struct"},"payload":${event('c', null, OLD)}}`;
    expect(decode([message], { 'schema-include': 'true' }, ['schema', 'source.table'], [0])).toEqual([
      ['+I', 'a', '{"type":"struct"}', 'orders'],
    ]);
  });

  const corrupt: [string, string, RegExp][] = [
    ['no before of an update', event('u', null, NEW), /"before" field of UPDATE .* REPLICA IDENTITY to FULL/],
    ['no before of a delete', event('d', null, null), /"before" field of DELETE .* REPLICA IDENTITY to FULL/],
    ['no after', event('c', OLD, null), /"after" field of INSERT message is null/],
    ['an unknown op', event('t', null, null), /Unknown "op" value "t"/],
    ['no op', '{"after":{"id":"a"}}', /"op" field is missing.*schema-include/],
    ['no JSON', '{"after":', /Failed to deserialize JSON/],
    ['a value that does not fit', event('c', null, { id: 'a', v: 'x' }), /Failed to deserialize JSON/],
  ];
  test.each(corrupt)('%s', (_, message, cause) => {
    let chain: string[] = [];
    try {
      decode([message]);
    } catch (error) {
      chain = errorChain(error);
    }
    expect(chain[0]).toBe(`Corrupt Debezium JSON message '${message}'.`);
    expect(chain[1]).toMatch(cause);
    const ignored = decode([event('c', null, OLD), message], { 'ignore-parse-errors': 'true' });
    expect(ignored[0]).toEqual(['+I', 'a', 1n]);
    expect(ignored.length).toBe(message.includes('"v":"x"') ? 2 : 1);
  });
});

describe('encoding', () => {
  test('an update is a d and a c', () => {
    const encoder = encoderOf(debeziumJsonFormat, FIELDS);
    const text = (kind: RowKind) => encoder.encode(['a', 1n], kind)?.toString();
    const created = '{"before":null,"after":{"id":"a","v":1},"op":"c"}';
    const deleted = '{"before":{"id":"a","v":1},"after":null,"op":"d"}';
    expect(text(RowKind.INSERT)).toBe(created);
    expect(text(RowKind.UPDATE_AFTER)).toBe(created);
    expect(text(RowKind.UPDATE_BEFORE)).toBe(deleted);
    expect(text(RowKind.DELETE)).toBe(deleted);
  });
  test('no schema is written', () => {
    expect(() => encoderOf(debeziumJsonFormat, FIELDS, { 'schema-include': 'true' })).toThrow(
      /doesn't support 'debezium-json.schema-include'/,
    );
  });
});
