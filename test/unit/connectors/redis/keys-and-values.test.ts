// Keys of several columns and values that formats make, on a real Redis: in each mode, and read back.
import { describe, expect, test } from 'vitest';
import { BIGINT, BOOLEAN, BYTES, DOUBLE, INT } from '../../../../src/types/logical-type.ts';
import type { Change } from '../../../support/memory-tables.ts';
import { column, problem, redisDatabase } from '../../../support/redis-database.ts';
import { ask, schema } from '../../../support/redis-table.ts';

const I = 0;
const UB = 1;
const UA = 2;
const D = 3;

const { write, open, one, allKeys, port } = redisDatabase();

describe('key-template', () => {
  const TEMPLATE = { 'key-template': '{{{id}}}:{region}:n' };
  const ID = column('id', BIGINT);

  test('every mode: several columns make the key, whole numbers as their digits; deletions and updates find it', async () => {
    const kv = schema([ID, 'v', 'region'], ['region', 'id']);
    await write({ ...TEMPLATE, mode: 'STRING' }, kv, [
      [I, [7n, 'x', 'eu']],
      [I, [7n, 'y', 'us']],
      [D, [7n, 'y', 'us']],
      [UB, [7n, 'x', 'eu']],
      [UA, [7n, 'z', 'eu']],
    ]);
    expect(await allKeys()).toEqual(['{7}:eu:n']);
    expect(await one('GET', '{7}:eu:n')).toBe('z');
    await ask(port(), [['FLUSHDB']]);

    await write({ ...TEMPLATE, mode: 'LIST', 'key-prefix': 'p', 'key-prefix-delimiter': ':' }, kv, [
      [I, [-1n, 'x', 'eu']],
      [I, [-1n, 'y', 'eu']],
    ]);
    expect(await one('LRANGE', 'p:{-1}:eu:n', 0, -1)).toEqual(['y', 'x']);

    const set = schema([ID, 'v', 'region'], ['region', 'id', 'v']);
    await write({ ...TEMPLATE, mode: 'SET' }, set, [
      [I, [1n, 'x', 'eu']],
      [I, [1n, 'y', 'eu']],
      [D, [1n, 'x', 'eu']],
    ]);
    expect(await one('SMEMBERS', '{1}:eu:n')).toEqual(['y']);

    const hash = schema(['region', 'f', ID, 'v'], ['id', 'region', 'f']);
    await write({ ...TEMPLATE, mode: 'HASHMAP' }, hash, [
      [I, ['eu', 'a', 2n, '1']],
      [I, ['eu', 'b', 2n, '2']],
      [D, ['eu', 'a', 2n, '1']],
    ]);
    expect(await one('HGETALL', '{2}:eu:n')).toEqual(['b', '2']);

    const zset = schema(['region', 'score', ID, 'm'], ['id', 'region']);
    await write({ ...TEMPLATE, mode: 'SORTEDSET' }, zset, [[I, ['eu', 1.5, 3n, 'm']]]);
    expect(await one('ZSCORE', '{3}:eu:n', 'm')).toBe('1.5');

    const flat = schema(['a', ID, 'b', 'region'], ['id', 'region']);
    await write({ ...TEMPLATE, mode: 'HASHMAP', flattenHash: 'true' }, flat, [[I, ['x', 4n, 'y', 'eu']]]);
    expect(await one('HGETALL', '{4}:eu:n')).toEqual(['a', 'x', 'b', 'y']);
  });

  test('dimension tables: by all columns of the key, with any cache', async () => {
    await ask(port(), [
      ['MSET', '{7}:eu:n', 'a', '{7}:us:n', 'b', '{8}:n', 'no'],
      ['HSET', 'h:7:eu', 'f', 'x', 'g', 'y'],
    ]);
    const kv = schema(['v', 'region', ID], ['id', 'region']);
    for (const cache of ['None', 'LRU', 'ALL']) {
      const lookup = await open({ ...TEMPLATE, cache }, kv);
      const keys = [
        ['eu', 7n],
        ['us', 7n],
        ['eu', 9n],
      ];
      for (let i = 0; i < 2; i++) {
        expect(await lookup.lookup(keys)).toEqual([[['a', 'eu', 7n]], [['b', 'us', 7n]], []]);
      }
      const hash = schema(['f', ID, 'region', 'g'], ['id', 'region']);
      const flat = await open({ 'key-template': 'h:{id}:{region}', mode: 'HASHMAP', cache }, hash);
      expect(await flat.lookup([[7n, 'eu']])).toEqual([[['x', 7n, 'eu', 'y']]]);
    }
  });

  test('two rows whose columns make one key keep their own columns', async () => {
    await ask(port(), [['SET', '123', 'x']]);
    const kv = schema(['a', 'b', 'v'], ['a', 'b']);
    const expected = [[['1', '23', 'x']], [['12', '3', 'x']]];
    const asked = [
      ['1', '23'],
      ['12', '3'],
    ];
    for (const cache of ['None', 'LRU', 'ALL']) {
      const lookup = await open({ 'key-template': '{a}{b}', cache }, kv);
      expect(await lookup.lookup(asked)).toEqual(expected);
      expect(await lookup.lookup(asked)).toEqual(expected);
    }
  });

  test('what is refused', () => {
    const kv = schema(['a', 'b', 'v'], ['a', 'b']);
    const template = { mode: 'STRING', 'key-template': '{a}:{b}' };
    expect(problem({ ...template, 'key-template': '{a}:{c}' }, kv)).toContain(
      "Invalid value for option 'key-template': Table 'default_catalog.default_database.t' has no column 'c'. Its columns are a, b, v.",
    );
    expect(problem(template, schema(['a', 'b', 'v'], ['a']))).toContain(
      "declares PRIMARY KEY (`a`), but the columns of its 'key-template' are its key: PRIMARY KEY (`a`, `b`) NOT ENFORCED.",
    );
    expect(problem({ ...template, 'key-template': '{a}' }, kv)).toContain(
      "declares PRIMARY KEY (`a`, `b`), but the primary key of mode 'STRING' is the columns of the Redis key.",
    );
    expect(problem(template, schema([column('a', DOUBLE), 'b', 'v'], ['a', 'b']))).toContain(
      "column 'a' is DOUBLE, but a part of a key is STRING",
    );
    expect(problem({ mode: 'STRING' }, kv)).toContain('takes exactly one primary key column');
    expect(problem({ 'key-template': '{a}:{b}', hashName: 'h' }, kv, 'lookup')).toContain(
      "with 'hashName' all rows are fields of one key",
    );
    expect(problem({ ...template, 'key-template': '{a' }, kv)).toContain(
      "needs the name of a column and a '}'",
    );
  });

  test('a NULL in a part of the key fails the row', async () => {
    const kv = schema(['a', 'b', 'v'], ['a', 'b']);
    const writing = write({ mode: 'STRING', 'key-template': '{a}:{b}' }, kv, [[I, ['x', null, 'v']]]);
    await expect(writing).rejects.toThrow("column 'b' is part of the Redis key, and a NULL is being written");
  });
});

describe('value.format', () => {
  const JSON_FORMAT = { 'value.format': 'json' };
  const N = column('n', INT);
  const OK = column('ok', BOOLEAN);

  test('STRING: all columns but the key as one JSON value; read back with their types, with any cache', async () => {
    const rows = schema([N, 'k', 'name', OK], ['k']);
    await write({ ...JSON_FORMAT, mode: 'STRING', 'value.json.encode.ignore-null-fields': 'true' }, rows, [
      [I, [1, 'a', 'Änna', true]],
      [I, [2, 'b', null, false]],
      [I, [3, 'c', 'gone', false]],
      [D, [3, 'c', 'gone', false]],
    ]);
    expect(await one('GET', 'a')).toBe('{"n":1,"name":"Änna","ok":true}');
    expect(await one('GET', 'b')).toBe('{"n":2,"ok":false}');
    expect(await allKeys()).toEqual(['a', 'b']);
    for (const cache of ['None', 'LRU', 'ALL']) {
      const lookup = await open({ ...JSON_FORMAT, cache }, rows);
      for (let i = 0; i < 2; i++) {
        expect(await lookup.lookup([['b'], ['a'], ['c']])).toEqual([
          [[2, 'b', null, false]],
          [[1, 'a', 'Änna', true]],
          [],
        ]);
      }
    }
  });

  test('LIST, SET, SORTEDSET, HASHMAP: the columns behind key, score and field; elements are found again', async () => {
    const rows = schema(['k', N, OK], ['k']);
    const all = schema(['k', N, OK], ['k', 'n', 'ok']);
    const changes: Change[] = [
      [I, ['k', 1, true]],
      [I, ['k', 2, true]],
      [D, ['k', 1, true]],
    ];
    await write({ ...JSON_FORMAT, mode: 'LIST', 'key-prefix': 'list-' }, all, changes);
    expect(await one('LRANGE', 'list-k', 0, -1)).toEqual(['{"n":2,"ok":true}']);
    await write(
      { ...JSON_FORMAT, mode: 'SET', 'key-prefix': 'set-', 'sink.delete.scope': 'element' },
      rows,
      changes,
    );
    expect(await one('SMEMBERS', 'set-k')).toEqual(['{"n":2,"ok":true}']);
    await write({ ...JSON_FORMAT, mode: 'SET', 'key-prefix': 'update-' }, all, [
      [I, ['k', 1, true]],
      [UB, ['k', 1, true]],
      [UA, ['k', 3, true]],
    ]);
    expect(await one('SMEMBERS', 'update-k')).toEqual(['{"n":3,"ok":true}']);

    const scored = schema(['k', 'score', N, OK], ['k', 'n', 'ok']);
    await write({ ...JSON_FORMAT, mode: 'SORTEDSET', 'key-prefix': 'z-' }, scored, [
      [I, ['k', 2.5, 1, true]],
      [I, ['k', 1, 2, true]],
      [D, ['k', 1, 2, true]],
    ]);
    expect(await one('ZRANGE', 'z-k', 0, -1, 'WITHSCORES')).toEqual(['{"n":1,"ok":true}', '2.5']);

    const fields = schema(['k', 'f', N, OK], ['k', 'f']);
    await write({ ...JSON_FORMAT, mode: 'HASHMAP' }, fields, [
      [I, ['users', 'a', 1, true]],
      [I, ['users', 'b', 2, null]],
    ]);
    expect(await one('HGETALL', 'users')).toEqual(['a', '{"n":1,"ok":true}', 'b', '{"n":2,"ok":null}']);
    for (const cache of ['None', 'LRU', 'ALL']) {
      const lookup = await open({ ...JSON_FORMAT, hashName: 'users', cache }, schema(['f', N, OK], ['f']));
      expect(await lookup.lookup([['b'], ['a']])).toEqual([[['b', 2, null]], [['a', 1, true]]]);
    }
  });

  test('csv and raw, bytes included', async () => {
    await write({ mode: 'STRING', 'value.format': 'csv' }, schema(['k', N, 'v'], ['k']), [
      [I, ['a', 1, 'x,y']],
    ]);
    expect(await one('GET', 'a')).toBe('1,"x,y"');
    const bytes = schema(['k', column('b', BYTES)], ['k']);
    await write({ mode: 'STRING', 'value.format': 'raw' }, bytes, [
      [I, ['b', Buffer.from([0, 255, 13, 10])]],
    ]);
    expect(await one('STRLEN', 'b')).toBe(4);
    await expect(write({ mode: 'STRING', 'value.format': 'raw' }, bytes, [[I, ['c', null]]])).rejects.toThrow(
      "a NULL is being written into column 'b' of the row with key 'c'",
    );
    await write({ mode: 'STRING', 'value.format': 'raw', 'sink.null-value': 'delete' }, bytes, [
      [I, ['b', null]],
    ]);
    expect(await one('EXISTS', 'b')).toBe(0);
  });

  test('with a time to live: still one command', async () => {
    const rows = schema(['k', N, OK], ['k']);
    await write({ ...JSON_FORMAT, mode: 'STRING', expiration: '60000' }, rows, [[I, ['a', 1, true]]]);
    expect(await one('PTTL', 'a')).toBeGreaterThan(50_000);
    await write(
      { ...JSON_FORMAT, mode: 'STRING', expiration: '90000', 'expiration.policy': 'first-write' },
      rows,
      [[I, ['a', 2, true]]],
    );
    expect(await one('GET', 'a')).toBe('{"n":2,"ok":true}');
    expect(await one('PTTL', 'a')).toBeLessThanOrEqual(60_000);
  });

  test('a value that is not of the format fails the lookup, with the key; or is no match where the format says so', async () => {
    await ask(port(), [['MSET', 'bad', '{"n":', 'good', '{"n":1,"ok":true}']]);
    const rows = schema(['k', N, OK], ['k']);
    const lookup = await open(JSON_FORMAT, rows);
    await expect(lookup.lookup([['good'], ['bad']])).rejects.toThrow(
      "format 'json' cannot read the value of key 'bad'",
    );
    const lenient = await open({ ...JSON_FORMAT, 'value.json.ignore-parse-errors': 'true' }, rows);
    expect(await lenient.lookup([['good'], ['bad']])).toEqual([[['good', 1, true]], []]);
  });

  test('what is refused', () => {
    const rows = schema(['k', N], ['k']);
    expect(problem({ mode: 'STRING', 'value.format': 'debezium-json' }, rows)).toContain(
      "'debezium-json' writes changes, but a Redis value is a row",
    );
    expect(problem({ mode: 'STRING', 'value.format': 'jsn' }, rows)).toContain(
      'Could not find any factory for identifier',
    );
    expect(problem({ ...JSON_FORMAT, mode: 'HASHMAP', flattenHash: 'true' }, rows)).toContain(
      "Option 'value.format' makes one value of all columns",
    );
    expect(problem({ ...JSON_FORMAT, mode: 'HASHMAP' }, rows, 'lookup')).toContain(
      "Option 'value.format' makes one value of all columns",
    );
    expect(problem({ ...JSON_FORMAT, mode: 'STRING' }, schema(['k'], ['k']))).toContain(
      "takes here: key STRING, at least one for 'value.format'.",
    );
    expect(problem({ mode: 'STRING', 'value.json.fail-on-missing-field': 'true' }, rows)).toContain(
      'Unsupported options',
    );
    expect(problem({ mode: 'STRING' }, rows)).toContain("Column 'n' of table");
  });
});
