// upsert-kafka on a real Kafka: into Redis with its deletes, written from changelogs and from rows that Redis enriched, and
// what its options do to messages.
import { afterEach, describe, expect, test } from 'vitest';
import { toDisplayString } from '../../../src/plan/types/display.ts';
import type { TableEnvironment } from '../../../src/table-environment/table-environment.ts';
import type { TestMessage } from '../../support/kafka-messages.ts';
import { closeClients, collect, database, session, type Topic, topicOf, WHOLE } from './jobs.ts';
import { canalMessages, SourceTable, withStreams } from './source-table.ts';

afterEach(closeClients);

const UPSERT = { connector: 'upsert-kafka', 'key.format': 'json', 'value.format': 'json' };
const BOUNDED = { ...UPSERT, 'scan.bounded.mode': 'latest-offset' };

/** `+I[a, 1]` of a query. */
async function query(env: TableEnvironment, sql: string): Promise<string[]> {
  const { rows, columns } = await env.executeSql(sql);
  const found: string[] = [];
  for await (const { kind, row } of rows) {
    found.push(
      `${kind}[${row.map((v, i) => toDisplayString(v, columns[i]!.type, 'UTC') ?? 'NULL').join(', ')}]`,
    );
  }
  return found;
}

/** Keys and values of a topic as they stand there. */
async function messagesOf(topic: Topic): Promise<[string, string][]> {
  const env = session();
  await env.executeSql(
    `CREATE TABLE raw_messages (k STRING, v STRING) ${topic.options({
      ...WHOLE,
      'key.format': 'raw',
      'key.fields': 'k',
      'value.format': 'raw',
      'value.fields-include': 'EXCEPT_KEY',
    })}`,
  );
  const { rows } = await env.executeSql('SELECT k, v FROM raw_messages');
  const found: [string, string][] = [];
  for await (const { row } of rows) found.push([row[0] as string, (row[1] as string | null) ?? 'NULL']);
  return found;
}

const message = (key: unknown, value: unknown): TestMessage => ({
  key: JSON.stringify(key),
  value: value === null ? null : JSON.stringify(value),
});

describe('reading', () => {
  test('the table of last values goes to Redis, deletes too', async () => {
    const topic = await topicOf('upserts');
    await topic.produce([
      message({ id: 'a' }, { id: 'a', name: 'Ann', city: 'Oslo' }),
      message({ id: 'b' }, { id: 'b', name: 'Bob', city: 'Rome' }),
      message({ id: 'a' }, { id: 'a', name: 'Anna', city: null }),
      message({ id: 'b' }, null),
      message({ id: 'never' }, null),
      message({ id: 'c' }, { id: 'c', name: 'Cid', city: 'Bern' }),
    ]);
    const [hashes, strings] = [await database(), await database()];
    const env = session();
    await env.executeSql(
      `CREATE TABLE src (id STRING, name STRING, city STRING, PRIMARY KEY (id) NOT ENFORCED) ${topic.options(BOUNDED)}`,
    );
    await env.executeSql(
      `CREATE TABLE hashes (id STRING, name STRING, city STRING, PRIMARY KEY (id) NOT ENFORCED) ${hashes.options({ mode: 'HASHMAP', flattenHash: 'true' })}`,
    );
    await env.executeSql(
      `CREATE TABLE cities (city STRING, id STRING, PRIMARY KEY (city, id) NOT ENFORCED) ${strings.options({ mode: 'SET' })}`,
    );
    await env.executeSql(`EXECUTE STATEMENT SET BEGIN
      INSERT INTO hashes SELECT * FROM src;
      INSERT INTO cities SELECT city, id FROM src WHERE city IS NOT NULL;
    END`);
    expect(await hashes.content()).toEqual({ a: { name: 'Anna' }, c: { name: 'Cid', city: 'Bern' } });
    expect(await strings.content()).toEqual({ Bern: ['c'] });
  });

  test('a prefix, several key columns, metadata; deletes have their whole rows', async () => {
    const topic = await topicOf('upserts');
    await topic.produce([
      message({ id: 1, part: 'x' }, { v: 'one', id: 'not the key' }),
      message({ id: 1, part: 'y' }, { v: 'two' }),
      message({ id: 1, part: 'x' }, { v: 'three' }),
      message({ id: 1, part: 'x' }, { v: 'three' }),
      message({ id: 1, part: 'y' }, null),
    ]);
    const env = session();
    await env.executeSql(
      `CREATE TABLE src (v STRING, key_part STRING, key_id INT, id STRING, place BIGINT METADATA FROM 'offset',
         PRIMARY KEY (key_id, key_part) NOT ENFORCED) ${topic.options({
           ...BOUNDED,
           'key.fields-prefix': 'key_',
           'value.fields-include': 'EXCEPT_KEY',
         })}`,
    );
    expect(await query(env, 'SELECT key_id, key_part, v, id FROM src')).toEqual([
      '+I[1, x, one, not the key]',
      '+I[1, y, two, NULL]',
      '-U[1, x, one, not the key]',
      '+U[1, x, three, NULL]',
      '-D[1, y, two, NULL]',
    ]);
    expect(await query(env, 'SELECT v, place FROM src')).toEqual([
      '+I[one, 0]',
      '+I[two, 1]',
      '-U[one, 0]',
      '+U[three, 2]',
      '-U[three, 2]',
      '+U[three, 3]',
      '-D[two, 1]',
    ]);
  });

  test('from the beginning whatever the group has read, to where it is told', async () => {
    const topic = await topicOf('upserts');
    await topic.produce([1, 2, 3, 4].map((v) => message({ k: 'a' }, { k: 'a', v })));
    const env = session();
    for (const [name, end] of [
      ['two', 'partition:0,offset:2'],
      ['four', 'partition:0,offset:4'],
    ]) {
      await env.executeSql(
        `CREATE TABLE ${name} (k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED) ${topic.options({
          ...UPSERT,
          'properties.group.id': 'same',
          'scan.bounded.mode': 'specific-offsets',
          'scan.bounded.specific-offsets': end!,
        })}`,
      );
      await query(env, `SELECT * FROM ${name}`);
    }
    expect(await query(env, 'SELECT * FROM two')).toEqual(['+I[a, 1]', '-U[a, 1]', '+U[a, 2]']);
    expect((await query(env, 'SELECT * FROM four')).at(-1)).toBe('+U[a, 4]');
  });
});

describe('writing', () => {
  test('changes of groups: each message a whole row, a tombstone for a group that goes', () =>
    withStreams(2, async (tried) => {
      const table = new SourceTable((row) => row.id).tryAll(tried);
      const [source, target] = [await topicOf('cdc'), await topicOf('totals')];
      await source.produce(canalMessages(table.changes));
      const env = session();
      await env.executeSql(
        `CREATE TABLE src (id STRING, k STRING, n INT) ${source.options({ ...WHOLE, format: 'canal-json' })}`,
      );
      for (const [name, buffer] of [
        ['plain', {}],
        ['buffered', { 'sink.buffer-flush.max-rows': '2', 'sink.buffer-flush.interval': '1s' }],
      ] as const) {
        const topic = name === 'plain' ? target : await topicOf('totals-buffered');
        await env.executeSql(
          `CREATE TABLE ${name} (k STRING, c BIGINT, PRIMARY KEY (k) NOT ENFORCED) ${topic.options({ ...BOUNDED, ...buffer })}`,
        );
        await env.executeSql(`INSERT INTO ${name} SELECT k, COUNT(*) FROM src GROUP BY k`);
        const last = new Map<string, string>();
        for (const change of await query(env, `SELECT k, c FROM ${name}`)) {
          const [k, c] = change.slice(3, -1).split(', ') as [string, string];
          if (change.startsWith('-D')) last.delete(k);
          else if (!change.startsWith('-U')) last.set(k, c);
        }
        expect(Object.fromEntries(last)).toEqual(
          collect(
            table.rows.values(),
            (r) => r.k,
            (c: string = '0') => String(Number(c) + 1),
          ),
        );
      }
      const groups = new Set(table.changes.flatMap((c) => ('after' in c ? [c.after.k] : [])));
      const written = await messagesOf(target);
      expect(new Set(written.map(([k]) => (JSON.parse(k) as { k: string }).k))).toEqual(groups);
      for (const [k, v] of written)
        if (v !== 'NULL') expect(JSON.parse(v)).toMatchObject(JSON.parse(k) as object);
    }));

  test('rows enriched by Redis', async () => {
    const [clicks, enriched] = [await topicOf('clicks'), await topicOf('enriched')];
    const db = await database();
    await db.client.hset('user:u1', { name: 'Ann', city: 'Oslo' });
    await db.client.hset('user:u2', { name: 'Bob' });
    await clicks.produce(
      ['u1', 'u2', 'u3', 'u1'].map((user, i) => ({
        value: JSON.stringify({ user_id: user, page: `p${i}` }),
      })),
    );
    const env = session();
    await env.executeSql(
      `CREATE TABLE clicks (user_id STRING, page STRING, proc AS PROCTIME()) ${clicks.options({ ...WHOLE, format: 'json' })}`,
    );
    await env.executeSql(
      `CREATE TABLE users (id STRING, name STRING, city STRING, PRIMARY KEY (id) NOT ENFORCED) ${db.options({
        mode: 'HASHMAP',
        'key-prefix': 'user',
        'key-prefix-delimiter': ':',
      })}`,
    );
    await env.executeSql(
      `CREATE TABLE last_pages (u_id STRING, name STRING, city STRING, page STRING, PRIMARY KEY (u_id) NOT ENFORCED) ${enriched.options(
        { ...BOUNDED, 'key.fields-prefix': 'u_', 'value.fields-include': 'EXCEPT_KEY' },
      )}`,
    );
    await env.executeSql(
      `INSERT INTO last_pages SELECT c.user_id, u.name, u.city, c.page FROM clicks AS c
         LEFT JOIN users FOR SYSTEM_TIME AS OF c.proc AS u ON c.user_id = u.id`,
    );
    expect(await messagesOf(enriched)).toEqual([
      ['{"id":"u1"}', '{"name":"Ann","city":"Oslo","page":"p0"}'],
      ['{"id":"u2"}', '{"name":"Bob","city":null,"page":"p1"}'],
      ['{"id":"u3"}', '{"name":null,"city":null,"page":"p2"}'],
      ['{"id":"u1"}', '{"name":"Ann","city":"Oslo","page":"p3"}'],
    ]);
    expect(await query(env, 'SELECT * FROM last_pages')).toEqual([
      '+I[u1, Ann, Oslo, p0]',
      '+I[u2, Bob, NULL, p1]',
      '+I[u3, NULL, NULL, p2]',
      '-U[u1, Ann, Oslo, p0]',
      '+U[u1, Ann, Oslo, p3]',
    ]);
  });

  test('metadata', async () => {
    const topic = await topicOf('upserts-metadata');
    const env = session();
    await env.executeSql(
      `CREATE TABLE snk (k STRING, v STRING, t TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', h MAP<STRING, BYTES> METADATA FROM 'headers',
         PRIMARY KEY (k) NOT ENFORCED) ${topic.options(BOUNDED)}`,
    );
    await env.executeSql(
      "INSERT INTO snk SELECT 'a', 'b', TO_TIMESTAMP_LTZ(1577934245123, 3), MAP['h', X'6162']",
    );
    expect(await query(env, "SELECT k, v, CAST(t AS STRING), CAST(h['h'] AS STRING) FROM snk")).toEqual([
      '+I[a, b, 2020-01-02 03:04:05.123, ab]',
    ]);
  });
});
