import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canalJsonFormat } from '../../../../src/formats/canal-json/format.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { BIGINT, STRING } from '../../../../src/types/logical-type.ts';
import { RowKind } from '../../../../src/types/row.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import { decodeAll, decoderOf, encoderOf, type FormatOptions } from '../../../support/formats.ts';

const FIELDS = [
  { name: 'id', type: STRING },
  { name: 'v', type: BIGINT },
  { name: 'note', type: STRING },
];

function event(type: string, data: unknown, old: unknown = null, more = {}): string {
  return JSON.stringify({
    data,
    database: 'shop',
    es: 1_577_934_245_000,
    old,
    table: 'orders',
    type,
    ...more,
  });
}

const decode = (
  messages: (string | null)[],
  options: FormatOptions = {},
  metadata: string[] = [],
  projection?: number[],
) => decodeAll(decoderOf(canalJsonFormat, FIELDS, options, metadata, projection), messages);

const chainOf = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    return errorChain(error);
  }
  return [];
};

const ROW = { id: 'a', v: '1', note: 'x' };

describe('decoding', () => {
  test('every row of a message', () => {
    const messages = [
      event('INSERT', [ROW, { id: 'b', v: 2, note: null }]),
      event('DELETE', [ROW, { id: 'b', v: 2 }]),
      null,
      '',
    ];
    expect(decode(messages)).toEqual([
      ['+I', 'a', 1n, 'x'],
      ['+I', 'b', 2n, null],
      ['-D', 'a', 1n, 'x'],
      ['-D', 'b', 2n, null],
    ]);
  });

  test('an update has the changed columns in old, each row its own', () => {
    const data = [
      { id: 'a', v: '5', note: 'x' },
      { id: 'b', v: '6', note: null },
      { id: 'c2', v: null, note: 'z' },
    ];
    const old = [{ v: '1' }, { note: 'y' }, { id: 'c', v: '3' }];
    expect(decode([event('UPDATE', data, old)])).toEqual([
      ['-U', 'a', 1n, 'x'],
      ['+U', 'a', 5n, 'x'],
      ['-U', 'b', 6n, 'y'],
      ['+U', 'b', 6n, null],
      ['-U', 'c', 3n, 'z'],
      ['+U', 'c2', null, 'z'],
    ]);
  });

  test('a column that was NULL is not one that did not change', () => {
    expect(decode([event('UPDATE', [ROW], [{ note: null }])])).toEqual([
      ['-U', 'a', 1n, null],
      ['+U', 'a', 1n, 'x'],
    ]);
  });

  test('an update without old changes nothing', () => {
    expect(decode([event('UPDATE', [ROW], null)])).toEqual([
      ['-U', 'a', 1n, 'x'],
      ['+U', 'a', 1n, 'x'],
    ]);
  });

  test('statements about the table itself are passed over', () => {
    const statements = ['CREATE', 'ALTER', 'ERASE', 'RENAME', 'CINDEX', 'QUERY'];
    expect(decode(statements.map((type) => event(type, null, null, { isDdl: true })))).toEqual([]);
    expect(decode([event('CREATE', null)])).toEqual([]);
  });

  test('only projected columns', () => {
    const data = [{ id: 'b', v: 'no number', note: 'x' }];
    expect(decode([event('UPDATE', data, [{ id: 'a', v: '-' }])], {}, [], [2, 0])).toEqual([
      ['-U', 'x', 'a'],
      ['+U', 'x', 'b'],
    ]);
  });

  test('metadata', () => {
    const keys = ['database', 'table', 'sql-type', 'pk-names', 'ingestion-timestamp', 'event-timestamp'];
    const more = { ts: 1_577_934_245_123, sqlType: { id: 12, v: -5 }, pkNames: ['id'] };
    expect(decode([event('UPDATE', [ROW], [{ v: 0 }], more)], {}, keys, [1])).toEqual(
      [
        ['-U', 0n],
        ['+U', 1n],
      ].map((row) => [
        ...row,
        'shop',
        'orders',
        new Map([
          ['id', 12],
          ['v', -5],
        ]),
        ['id'],
        new TimestampData(1_577_934_245_123),
        new TimestampData(1_577_934_245_000),
      ]),
    );
    expect(decode(['{"data":[{"id":"a"}],"type":"INSERT"}'], {}, keys, [0])).toEqual([
      ['+I', 'a', null, null, null, null, null, null],
    ]);
  });

  test('database.include and table.include are about whole names, and about more than the columns', () => {
    const other = { ...ROW, v: 'not a number here' };
    const messages = [
      event('INSERT', [ROW]),
      event('INSERT', [other], null, { table: 'orders_old' }),
      event('INSERT', [other], null, { database: 'shop2' }),
      event('NONSENSE', [other], null, { database: 'eshop' }),
    ];
    const options = { 'database.include': 'shop', 'table.include': 'orders|order_items' };
    expect(decode(messages, options)).toEqual([['+I', 'a', 1n, 'x']]);
    expect(decode([messages[0]!], { 'table.include': '^ord.*' })).toHaveLength(1);
    expect(decode([messages[0]!], { 'table.include': 'ord' })).toEqual([]);
    const nameless = '{"data":[{"id":"a"}],"type":"INSERT"}';
    expect(chainOf(() => decode([nameless], { 'table.include': 'orders' }))).toEqual([
      `Corrupt Canal JSON message '${nameless}'.`,
      `The "table" field is missing, but 'table.include' asks for it.`,
    ]);
    expect(chainOf(() => decode([], { 'database.include': '(' }))[0]).toBe(
      "Invalid value for option 'database.include'.",
    );
  });

  const corrupt: [string, string, RegExp][] = [
    ['an unknown type', event('UPSERT', [ROW]), /Unknown "type" value "UPSERT"/],
    ['rows taken away unnamed', event('TRUNCATE', null, null, { isDdl: true }), /value "TRUNCATE"/],
    ['no type', '{"data":[{"id":"a"}]}', /"type" field is missing/],
    ['no data', event('INSERT', null), /"data" field of INSERT message is null/],
    ['no row', event('DELETE', [null]), /row in the "data" field of DELETE message is null/],
    ['rows in data and old that do not match', event('UPDATE', [ROW, ROW], [{ v: 1 }]), /1 rows, .* 2\./],
    ['old that is no list', event('UPDATE', [ROW], { v: 1 }), /Failed to deserialize JSON/],
    ['no JSON', '{"data":', /Failed to deserialize JSON/],
    ['a value that does not fit', event('INSERT', [{ id: 'a', v: 'x' }]), /Failed to deserialize JSON/],
  ];
  test.each(corrupt)('%s', (_, message, cause) => {
    const chain = chainOf(() => decode([message]));
    expect(chain[0]).toBe(`Corrupt Canal JSON message '${message}'.`);
    expect(chain[1]).toMatch(cause);
    const ignored = decode([event('INSERT', [ROW]), message], { 'ignore-parse-errors': 'true' });
    expect(ignored[0]).toEqual(['+I', 'a', 1n, 'x']);
    expect(ignored.length).toBe(message.includes('"v":"x"') ? 2 : 1);
  });

  test('law: what an update gives are the rows before and after', () => {
    const value = fc.record({
      id: fc.string({ maxLength: 4 }),
      v: fc.option(fc.integer()),
      note: fc.option(fc.string({ maxLength: 4 })),
    });
    type Value = { id: string; v: number | null; note: string | null };
    const changed = ([before, after]: readonly [Value, Value]) =>
      Object.fromEntries(Object.entries(before).filter(([k, v]) => after[k as keyof Value] !== v));
    const shown = (kind: string, r: Value) => [kind, r.id, r.v === null ? null : BigInt(r.v), r.note];
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 4 }), (updates) => {
        const message = event(
          'UPDATE',
          updates.map(([, after]) => after),
          updates.map(changed),
        );
        expect(decode([message])).toEqual(
          updates.flatMap(([before, after]) => [shown('-U', before), shown('+U', after)]),
        );
      }),
    );
  });
});

test('encoding: an update is a DELETE and an INSERT', () => {
  const encoder = encoderOf(canalJsonFormat, FIELDS);
  const text = (kind: RowKind) => encoder.encode(['a', 1n, null], kind)?.toString();
  const inserted = '{"data":[{"id":"a","v":1,"note":null}],"type":"INSERT"}';
  const deleted = '{"data":[{"id":"a","v":1,"note":null}],"type":"DELETE"}';
  expect(text(RowKind.INSERT)).toBe(inserted);
  expect(text(RowKind.UPDATE_AFTER)).toBe(inserted);
  expect(text(RowKind.UPDATE_BEFORE)).toBe(deleted);
  expect(text(RowKind.DELETE)).toBe(deleted);
});
