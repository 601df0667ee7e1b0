// Jobs that cannot be: what is said must be the same.
import { ITEMS, json } from '../changes.ts';
import type { ParityJob } from '../parity-job.ts';
import {
  HASHMAP,
  insertInto,
  LIST,
  MULTI_VALUE,
  SET,
  SORTEDSET,
  STRING,
  sinkTable,
  sourceTable,
} from '../structures.ts';

const appended = { topics: { items: json(ITEMS) } };
const SOURCE = sourceTable('json');

const badSink = (name: string, table: string, run = insertInto(STRING)): ParityJob => ({
  name,
  ...appended,
  tables: [SOURCE, table],
  run: [run],
});

const badOption = (key: string, value: string, to = STRING) =>
  badSink(`'${key}' = '${value}'`, sinkTable(to, { [key]: value }), insertInto(to));

const sink = (columns: string, options: string) =>
  `CREATE TABLE sink (${columns}) WITH ({{redis}}, ${options})`;
const KEYED = 'k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED';

const badLookup = (name: string, table: string, on = 's.k = d.k', columns = '*'): ParityJob => ({
  name,
  ...appended,
  tables: [
    "CREATE TABLE source (k STRING, v STRING, n INT, pt AS PROCTIME()) WITH ({{kafka items}}, 'format' = 'json')",
    table,
  ],
  run: [`SELECT ${columns} FROM source AS s JOIN d FOR SYSTEM_TIME AS OF s.pt AS d ON ${on}`],
});

const dimension = (columns: string, options = "'mode' = 'STRING'") =>
  `CREATE TABLE d (${columns}) WITH ({{redis}}, ${options})`;

const badOptions: ParityJob[] = [
  badOption('prot', '6380'),
  badOption('ignoreDelete', 'yes'),
  badOption('expiration', '10s'),
  badOption('expiration', '-1'),
  badOption('sink.buffer-flush.max-rows', 'many'),
  badOption('sink.buffer-flush.interval', '3 fortnights'),
  badOption('connect.timeout', 'soon'),
  badOption('mode', 'STRUNG'),
  badOption('sink.null-value', 'ignore'),
  badOption('key-template', '{k'),
  badOption('value.format', 'yaml'),
  badOption('expiration.column', 'nowhere'),
];

const badTables: ParityJob[] = [
  badSink(
    "'port' = '70000'",
    `CREATE TABLE sink (${KEYED}) WITH ({{host}}, 'port' = '70000', 'mode' = 'STRING')`,
  ),
  badSink(
    "'port' = 'abc'",
    `CREATE TABLE sink (${KEYED}) WITH ({{host}}, 'port' = 'abc', 'mode' = 'STRING')`,
  ),
  badSink(
    "'dbNum' = '-1'",
    `CREATE TABLE sink (${KEYED}) WITH ({{server}}, 'dbNum' = '-1', 'mode' = 'STRING')`,
  ),
  badSink(
    'no host',
    "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'STRING')",
  ),
  badSink('no mode', 'CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}})'),
  badSink('no primary key', sink('k STRING, v STRING', "'mode' = 'STRING'")),
  badSink(
    'a composite key for STRING',
    sink('k STRING, v STRING, PRIMARY KEY (k, v) NOT ENFORCED', "'mode' = 'STRING'"),
  ),
  badSink(
    'three columns for STRING',
    sink('k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED', "'mode' = 'STRING'"),
    insertInto(HASHMAP),
  ),
  badSink('two columns for HASHMAP', sink(KEYED, "'mode' = 'HASHMAP'")),
  badSink(
    'a value that is not STRING',
    sink('k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED', "'mode' = 'STRING'"),
    'INSERT INTO sink SELECT k, 1 FROM source',
  ),
  badSink(
    'a score that is not DOUBLE',
    sink('k STRING, s STRING, f STRING, PRIMARY KEY (k) NOT ENFORCED', "'mode' = 'SORTEDSET'"),
    'INSERT INTO sink SELECT k, v, f FROM source',
  ),
  badSink('types that do not fit the table', sinkTable(STRING), 'INSERT INTO sink SELECT k, s FROM source'),
  badSink('too few columns', sinkTable(STRING), 'INSERT INTO sink SELECT k FROM source'),
  badSink('an unknown column', sinkTable(STRING), 'INSERT INTO sink SELECT k, w FROM source'),
  badSink('an unknown table', sinkTable(STRING), 'INSERT INTO sink SELECT k, v FROM nowhere'),
  badSink('a misspelt SELECT', sinkTable(STRING), 'INSERT INTO sink SELEC k, v FROM source'),
  badSink('a dimension table in plain FROM', sinkTable(STRING), 'SELECT * FROM sink'),
];

const badLookups: ParityJob[] = [
  badLookup('lookup: mode LIST', dimension(KEYED, "'mode' = 'LIST'")),
  badLookup('lookup: no primary key', dimension('k STRING, v STRING')),
  badLookup('lookup: a composite key', dimension('k STRING, v STRING, PRIMARY KEY (k, v) NOT ENFORCED')),
  badLookup(
    'lookup: a column that is not STRING',
    dimension('k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED'),
  ),
  badLookup('lookup: joined by another column', dimension(KEYED), 's.v = d.v'),
  badLookup('lookup: no equality', dimension(KEYED), 's.k > d.k'),
  badLookup('lookup: types that differ', dimension(KEYED), 's.n = d.k'),
  badLookup("lookup: 'cache' = 'SOME'", dimension(KEYED, "'cache' = 'SOME'")),
  badLookup("lookup: 'cacheSize' = '-1'", dimension(KEYED, "'cache' = 'LRU', 'cacheSize' = '-1'")),
  badLookup(
    'lookup: a black list without an arrow',
    dimension(KEYED, "'cache' = 'ALL', 'cacheReloadTimeBlackList' = '12:00 - 14:00'"),
  ),
  badLookup(
    'lookup: hashName with three columns',
    dimension('k STRING, v STRING, w STRING, PRIMARY KEY (k) NOT ENFORCED', "'hashName' = 'h'"),
  ),
  {
    ...badLookup('lookup: RIGHT JOIN', dimension(KEYED)),
    run: ['SELECT * FROM source AS s RIGHT JOIN d FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k'],
  },
];

const failing: ParityJob[] = [
  {
    ...badSink('a key of another type in the way (LPUSH)', sinkTable(LIST), insertInto(LIST)),
    redis: [['SET', 'a', 'text']],
  },
  {
    ...badSink('a key of another type in the way (SADD)', sinkTable(SET), insertInto(SET)),
    redis: [['SET', 'a', 'text']],
  },
  {
    ...badSink('a key of another type in the way (ZADD)', sinkTable(SORTEDSET), insertInto(SORTEDSET)),
    redis: [['SET', 'a', 'text']],
  },
  {
    ...badSink('a key of another type in the way (HSET)', sinkTable(MULTI_VALUE), insertInto(MULTI_VALUE)),
    redis: [['SET', 'a', 'text']],
  },
  {
    ...badLookup('lookup: a key of another type in the way', dimension(KEYED, "'mode' = 'HASHMAP'")),
    redis: [['LPUSH', 'a', 'text']],
  },
  {
    ...badLookup(
      'lookup ALL: a hash of another type in the way',
      dimension(KEYED, "'hashName' = 'h', 'cache' = 'ALL'"),
    ),
    redis: [['SET', 'h', 'text']],
  },
  badSink('a NULL key', sinkTable(STRING), "INSERT INTO sink VALUES (CAST(NULL AS STRING), 'a')"),
  badSink('a NULL value', sinkTable(STRING), "INSERT INTO sink VALUES ('a', CAST(NULL AS STRING))"),
  badSink(
    'a score that is no number',
    sinkTable(SORTEDSET),
    "INSERT INTO sink SELECT 'a', n / n, 'x' FROM (VALUES (0.0E0)) AS t(n)",
  ),
  badSink(
    'a database that is not there',
    "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{server}}, 'dbNum' = '5000', 'mode' = 'STRING')",
  ),
  badSink('an option given twice', sink(KEYED, "'mode' = 'STRING', 'key-prefix' = 'a', 'key-prefix' = 'b'")),
  badSink('a password that is not wanted', sinkTable(STRING, { password: 'needless-secret' })),
  badSink(
    'a host that nobody knows',
    "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'host' = 'nowhere.invalid', 'mode' = 'STRING')",
  ),
  badSink(
    'a port that nobody listens on',
    "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'host' = '127.0.0.1', 'port' = '1', 'mode' = 'STRING')",
  ),
  badSink('a message that is no JSON', sinkTable(STRING), insertInto(STRING)),
].map((job) =>
  job.name === 'a message that is no JSON'
    ? { ...job, topics: { items: ['{"k":"a","v":"b"}', 'nonsense'] } }
    : job,
);

export const BAD_JOBS: readonly ParityJob[] = [...badOptions, ...badTables, ...badLookups, ...failing];
