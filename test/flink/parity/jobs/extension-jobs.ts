// What the connector has beyond the page, and columns, keys and NULLs that need care.
import { debezium, ITEMS, json } from '../changes.ts';
import type { ParityJob } from '../parity-job.ts';
import {
  HASHMAP,
  insertInto,
  LIST,
  LIST_ELEMENTS,
  SET,
  STRING,
  sinkTable,
  sourceTable,
} from '../structures.ts';

const appended = { topics: { items: json(ITEMS) } };
const changed = { topics: { items: debezium() } };
const FROM_ADDED = sourceTable('json');
const FROM_CHANGED = sourceTable('debezium-json');

const WITH_NULLS = json([
  { id: '1', k: 'a', f: 'x', s: 1, v: 'one' },
  { id: '2', k: 'a', f: 'y', s: 2, v: null },
  { id: '3', k: 'b', f: null, s: null, v: 'three' },
  { id: '4', k: 'c', f: 'z', s: 4, v: null },
  { id: '5', k: null, f: 'z', s: 5, v: 'five' },
]);

export const EXTENSION_JOBS: readonly ParityJob[] = [
  {
    name: 'sink.delete.scope = element, PRIMARY KEY (k)',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(SET, { 'sink.delete.scope': 'element' })],
    run: [insertInto(SET)],
  },
  {
    name: 'sink.delete.scope = key, PRIMARY KEY (k, f)',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(LIST_ELEMENTS, { 'sink.delete.scope': 'key' })],
    run: [insertInto(LIST_ELEMENTS)],
  },
  {
    name: 'flattenHash: a NULL removes its field',
    topics: { items: WITH_NULLS },
    redis: [['HSET', 'a', 'f', 'old', 'v', 'old', 'other', 'kept']],
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true')",
    ],
    run: ['INSERT INTO sink SELECT k, f, v FROM source WHERE k IS NOT NULL'],
  },
  {
    name: 'flattenHash: columns that the INSERT leaves out are left alone',
    ...appended,
    redis: [['HSET', 'a', 'f', 'old', 'v', 'old']],
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true')",
    ],
    run: ['INSERT INTO sink (k, v) SELECT k, v FROM source'],
  },
  {
    name: 'sink.null-value = skip',
    topics: { items: WITH_NULLS },
    tables: [FROM_ADDED, sinkTable(HASHMAP, { 'sink.null-value': 'skip' })],
    run: ['INSERT INTO sink SELECT k, f, v FROM source WHERE k IS NOT NULL'],
  },
  {
    name: 'sink.null-value = delete',
    topics: { items: WITH_NULLS },
    redis: [['SET', 'c', 'old']],
    tables: [FROM_ADDED, sinkTable(STRING, { 'sink.null-value': 'delete' })],
    run: ['INSERT INTO sink SELECT k, v FROM source WHERE k IS NOT NULL'],
  },
  {
    name: 'NULL keys dropped (table.exec.sink.not-null-enforcer = DROP)',
    config: { 'table.exec.sink.not-null-enforcer': 'DROP' },
    topics: { items: WITH_NULLS },
    tables: [FROM_ADDED, sinkTable(STRING, { 'sink.null-value': 'skip' })],
    run: [insertInto(STRING)],
  },
  {
    name: 'expiration.column: a time to live for each row',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, v STRING, ttl BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING', 'expiration' = '3600000', 'expiration.column' = 'ttl')",
    ],
    run: [
      "INSERT INTO sink SELECT k, v, CASE k WHEN 'a' THEN 7200000 WHEN 'b' THEN 0 ELSE CAST(NULL AS BIGINT) END FROM source",
    ],
  },
  {
    name: 'metadata ttl: a time to live for each row',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, f STRING, ms BIGINT METADATA FROM 'ttl', PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'SET')",
    ],
    run: [
      "INSERT INTO sink SELECT k, f, CASE k WHEN 'a' THEN CAST(10800000 AS BIGINT) ELSE CAST(NULL AS BIGINT) END FROM source",
    ],
  },
  {
    name: 'expiration without one: SET clears the time to live of a key, HSET keeps it',
    ...appended,
    redis: [
      ['SET', 'a', 'old', 'PX', 7_200_000],
      ['HSET', 'h:b', 'x', 'old'],
      ['PEXPIRE', 'h:b', 7_200_000],
    ],
    tables: [
      FROM_ADDED,
      sinkTable(STRING),
      "CREATE TABLE hashes (k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'key-prefix' = 'h:')",
    ],
    run: [insertInto(STRING), 'INSERT INTO hashes SELECT k, f, v FROM source'],
  },
  {
    name: 'expiration.policy = first-write',
    ...appended,
    redis: [
      ['RPUSH', 'a', 'old'],
      ['PEXPIRE', 'a', 3_600_000],
    ],
    tables: [FROM_ADDED, sinkTable(LIST, { expiration: '10800000', 'expiration.policy': 'first-write' })],
    run: [insertInto(LIST)],
  },
  {
    name: 'key-template of two columns',
    ...changed,
    tables: [
      FROM_CHANGED,
      "CREATE TABLE sink (id STRING, k STRING, f STRING, v STRING, PRIMARY KEY (id, k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true', 'key-template' = 'item:{{{id}}}:{k}')",
    ],
    run: ['INSERT INTO sink SELECT id, k, f, v FROM source'],
  },
  {
    name: 'value.format = json: columns of any type as one document',
    ...appended,
    tables: [
      FROM_ADDED,
      `CREATE TABLE sink (k STRING, n BIGINT, s DOUBLE, price DECIMAL(10, 2), ok BOOLEAN, d DATE, t TIME, ts TIMESTAMP(3), b BYTES, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING', 'value.format' = 'json')`,
    ],
    run: [
      "INSERT INTO sink SELECT k, CHAR_LENGTH(v), s, CAST(12.30 AS DECIMAL(10, 2)), s > 1, DATE '2026-01-02', TIME '03:04:05', TIMESTAMP '2026-01-02 03:04:05.120', X'00ff' FROM source",
    ],
  },
  {
    name: 'columns of nested types in a document',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, tags ARRAY<STRING>, m MAP<STRING, INT>, r ROW<a INT, b STRING>, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING', 'value.format' = 'json')",
    ],
    run: ["INSERT INTO sink SELECT k, ARRAY[f, v], MAP['n', 1], ROW(1, v) FROM source"],
  },
  {
    name: 'value.format = csv in a list',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, f STRING, s DOUBLE, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'LIST', 'value.format' = 'csv', 'value.csv.field-delimiter' = ';')",
    ],
    run: ['INSERT INTO sink SELECT k, f, s, v FROM source'],
  },
  {
    name: 'sink.list.direction = right, sink.list.max-length = 2',
    ...appended,
    tables: [FROM_ADDED, sinkTable(LIST, { 'sink.list.direction': 'right', 'sink.list.max-length': '2' })],
    run: [insertInto(LIST)],
  },
  {
    name: 'sink.parallel-connections = 3',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(HASHMAP, { 'sink.parallel-connections': '3' })],
    run: [insertInto(HASHMAP)],
  },
  {
    name: 'the key is not the first column; CHAR and VARCHAR',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (v VARCHAR(3), k VARCHAR(40), f CHAR(2), PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true')",
    ],
    run: [
      'INSERT INTO sink SELECT CAST(v AS VARCHAR(3)), CAST(k AS VARCHAR(40)), CAST(f AS CHAR(2)) FROM source',
    ],
  },
  {
    name: 'scores at the edges of DOUBLE',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, s DOUBLE, f STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'SORTEDSET')",
    ],
    run: [
      "INSERT INTO sink SELECT 'z', n / d, f FROM (VALUES (1.0E0, 0.0E0, 'inf'), (-1.0E0, 0.0E0, '-inf'), (1.0E0, 3.0E0, 'third'), (1.0E300, 1.0E0, 'big'), (5.0E-324, 1.0E0, 'least')) AS t(n, d, f)",
    ],
  },
  {
    name: 'options that mean nothing here are no mistake',
    ...appended,
    tables: [
      FROM_ADDED,
      sinkTable(STRING, { cache: 'ALL', flattenHash: 'true', 'sink.list.max-length': '5' }),
    ],
    run: [insertInto(STRING)],
  },
  {
    name: 'option names and values in other case',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'MODE' = 'string', 'KEY-PREFIX' = 'x', 'IgnoreDelete' = 'TRUE')",
    ],
    run: [insertInto(STRING)],
  },
  {
    name: 'Kafka metadata, a computed column and a filter → STRING',
    ...appended,
    tables: [
      "CREATE TABLE source (k STRING, v STRING, pos BIGINT METADATA FROM 'offset' VIRTUAL, part INT METADATA FROM 'partition' VIRTUAL, both_ AS CONCAT(k, '-', v)) WITH ({{kafka items}}, 'format' = 'json')",
      sinkTable(STRING),
    ],
    run: [
      "INSERT INTO sink SELECT CONCAT(CAST(part AS STRING), ':', CAST(pos AS STRING)), both_ FROM source WHERE v <> ''",
    ],
  },
];
