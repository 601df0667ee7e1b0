// Promise: any text is a key, a field, a member and a value: it arrives as its UTF-8 bytes and comes back as it was, whatever it
// would mean to the protocol. Halves of a surrogate pair have no UTF-8: they arrive as U+FFFD.
import { expect, test } from 'vitest';
import type { Change } from '../../support/memory-tables.ts';
import { redisDatabase } from '../../support/redis-database.ts';
import { schema } from '../../support/redis-table.ts';

const TEXTS = [
  '',
  '\0',
  'nul\0byte',
  '\0'.repeat(60),
  '\r\n',
  'a\r\nb\rc\nd',
  '*1\r\n$8\r\nFLUSHALL\r\n',
  '$-1\r\n',
  '😀 👩‍👩‍👧 é é ß Ключ 鍵',
  `${'x'.repeat(47)}😀${'y'.repeat(300)}`,
  '\ufeffbom\u2028\u2029',
  '\x7f\x80\xff',
  '\'"`;{}[]*?\\',
  '\ud800',
  `a\udfffb${'z'.repeat(80)}`,
  '\ude00\ud83d',
];

const { write, open, one, allKeys } = redisDatabase();

/** What UTF-8 makes of it. */
const inRedis = (text: string) => text.toWellFormed();
const distinct = [...new Set(TEXTS.map(inRedis))].sort();
const row = (...cells: string[]): Change => [0, cells];

test('as keys and values of strings, with a prefix of any text', async () => {
  for (const prefix of ['', 'p\r\n\0😀:']) {
    const options = { mode: 'STRING', ...(prefix === '' ? {} : { 'key-prefix': prefix }) };
    const kv = schema(['k', 'v'], ['k']);
    await write(
      options,
      kv,
      TEXTS.map((text) => row(text, text)),
    );
    expect(await allKeys()).toEqual(distinct.map((text) => prefix + text).sort());
    for (const text of TEXTS) expect(await one('GET', prefix + text)).toBe(inRedis(text));
    expect(await one('STRLEN', prefix + TEXTS[8]!)).toBe(Buffer.byteLength(TEXTS[8]!));
    for (const cache of ['None', 'LRU', 'ALL']) {
      const lookup = await open({ ...options, cache }, kv);
      const found = await lookup.lookup(TEXTS.map((text) => [text]));
      expect(
        found.map((rows) => rows.map((r) => r[1])),
        cache,
      ).toEqual(TEXTS.map((text) => [inRedis(text)]));
    }
    await one('FLUSHDB');
  }
});

test('as keys, fields and values of hashes', async () => {
  const single = schema(['k', 'f', 'v'], ['k', 'f']);
  const rows = TEXTS.flatMap((key) => TEXTS.map((field) => row(key, field, field + key)));
  await write({ mode: 'HASHMAP' }, single, rows);
  const expected = Object.fromEntries(rows.map(([, [k, f, v]]) => [`${k}|${f}`.toWellFormed(), v as string]));
  for (const key of TEXTS) {
    for (const field of TEXTS) {
      const value = await one('HGET', key, field);
      expect(value).toBe(inRedis(expected[inRedis(`${key}|${field}`)]!));
    }
  }
  for (const cache of ['None', 'LRU', 'ALL']) {
    const hash = await open({ hashName: TEXTS[5]!, cache }, schema(['f', 'v'], ['f']));
    const found = await hash.lookup(TEXTS.map((text) => [text]));
    expect(
      found.map((r) => r[0]?.[1]),
      cache,
    ).toEqual(TEXTS.map((field) => inRedis(expected[inRedis(`${TEXTS[5]}|${field}`)]!)));
  }
});

test('as columns and values of hashes with many fields', async () => {
  const columns = ['k', 'with\0nul', 'with\r\nlines', '😀'];
  const flat = schema(columns, ['k']);
  await write(
    { mode: 'HASHMAP', flattenHash: 'true' },
    flat,
    TEXTS.map((text) => row(text, text, `${text}2`, `${text}3`)),
  );
  for (const cache of ['None', 'LRU', 'ALL']) {
    const lookup = await open({ mode: 'HASHMAP', cache }, flat);
    const found = await lookup.lookup(TEXTS.map((text) => [text]));
    const last = (text: string) => inRedis(TEXTS.findLast((other) => inRedis(other) === inRedis(text))!);
    expect(
      found.map((rows) => rows[0]?.slice(1)),
      cache,
    ).toEqual(TEXTS.map((text) => [last(text), `${last(text)}2`, `${last(text)}3`]));
  }
});

test('as members of lists, sets and sorted sets; deletions find them', async () => {
  const kv = schema(['k', 'v'], ['k', 'v']);
  await write(
    { mode: 'LIST', 'sink.list.direction': 'right' },
    kv,
    TEXTS.map((text) => row('list', text)),
  );
  expect(await one('LRANGE', 'list', 0, -1)).toEqual(TEXTS.map(inRedis));
  await write({ mode: 'SET' }, kv, [
    ...TEXTS.map((text) => row('set', text)),
    [3, ['set', 'nul\0byte']],
    [3, ['set', '\ud800']],
  ]);
  const members = (await one('SMEMBERS', 'set')) as string[];
  expect([...members].sort()).toEqual(distinct.filter((text) => text !== 'nul\0byte' && text !== '\ufffd'));
  const scored = schema(['k', 'score', 'm'], ['k', 'm']);
  await write({ mode: 'SORTEDSET' }, scored, [
    ...TEXTS.map((text, i): Change => [0, ['zset', i, text]]),
    [3, ['zset', 4, '\r\n']],
  ]);
  const ranked = (await one('ZRANGE', 'zset', 0, -1)) as string[];
  expect(ranked).toEqual([...new Set(TEXTS.map(inRedis))].filter((text) => text !== '\r\n'));
});
