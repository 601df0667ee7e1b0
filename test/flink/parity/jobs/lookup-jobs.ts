// Every kind of dimension table with every cache, asked in order and out of order; keys that are missing, NULL or repeated;
// conditions beyond the key; hints.
import { debezium, json } from '../changes.ts';
import type { ParityJob } from '../parity-job.ts';

const CLICKS = ['a', 'b', 'a', 'nobody', null, 'Ключ €😀', '', 'c', 'a', 'nobody'].map((user, i) => ({
  n: i,
  user_id: user,
  tag: i % 2 === 0 ? 'Ada' : 'Bob',
}));

const SOURCE =
  "CREATE TABLE clicks (n INT, user_id STRING, tag STRING, pt AS PROCTIME()) WITH ({{kafka clicks}}, 'format' = 'json')";

interface Dimension {
  readonly name: string;
  readonly redis: ParityJob['redis'];
  readonly columns: string;
  readonly options: Readonly<Record<string, string>>;
  /** What a row of the join shows. */
  readonly shows: string;
}

const STRINGS: Dimension = {
  name: 'STRING',
  redis: [['MSET', 'u:a', 'Ada', 'u:b', 'Bob', 'u:Ключ €😀', 'näïve 😀', 'u:', 'empty key', 'u:c', '']],
  columns: 'id STRING, name STRING',
  options: { mode: 'STRING', 'key-prefix': 'u', 'key-prefix-delimiter': ':' },
  shows: 'd.id, d.name',
};

const HASHES: Dimension = {
  name: 'HASHMAP multi-value',
  redis: [
    ['HSET', 'u:a', 'name', 'Ada', 'mail', 'ada@x'],
    ['HSET', 'u:b', 'name', 'Bob'],
    ['HSET', 'u:c', 'other', 'field'],
    ['HSET', 'u:Ключ €😀', 'mail', 'ü@x', 'name', ''],
  ],
  columns: 'mail STRING, id STRING, name STRING',
  options: { mode: 'HASHMAP', 'key-prefix': 'u:' },
  shows: 'd.id, d.name, d.mail',
};

const ONE_HASH: Dimension = {
  name: 'hashName',
  redis: [['HSET', 'users', 'a', 'Ada', 'b', 'Bob', 'c', '', 'Ключ €😀', 'näïve', '', 'empty field']],
  columns: 'id STRING, name STRING',
  options: { hashName: 'users' },
  shows: 'd.id, d.name',
};

const DIMENSIONS = [STRINGS, HASHES, ONE_HASH];

const CACHES: readonly Readonly<Record<string, string>>[] = [
  {},
  { cache: 'LRU', cacheSize: '100', cacheTTLMs: '60000' },
  { cache: 'LRU', cacheSize: '2', cacheEmpty: 'false' },
  { cache: 'ALL', cacheTTLMs: '600000' },
];

const optionsOf = (options: Readonly<Record<string, string>>) =>
  Object.entries(options)
    .map(([key, value]) => `, '${key}' = '${value}'`)
    .join('');

interface Join {
  readonly kind?: 'JOIN' | 'LEFT JOIN';
  readonly on?: string;
  readonly hint?: string;
  readonly key?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly config?: ParityJob['config'];
  readonly unordered?: boolean;
}

function join(name: string, to: Dimension, how: Join = {}): ParityJob {
  const { kind = 'LEFT JOIN', on = 'c.user_id = d.id', hint = '', key = 'id', options = {} } = how;
  return {
    name: `${to.name}: ${name}`,
    ...(how.config === undefined ? {} : { config: how.config }),
    topics: { clicks: json(CLICKS) },
    redis: to.redis!,
    tables: [
      SOURCE,
      `CREATE TABLE d (${to.columns}, PRIMARY KEY (${key}) NOT ENFORCED) WITH ({{redis}}${optionsOf({ ...to.options, ...options })})`,
    ],
    run: [
      `SELECT ${hint} c.n, c.user_id, ${to.shows} FROM clicks AS c ${kind} d FOR SYSTEM_TIME AS OF c.pt AS d ON ${on}`,
    ],
    unordered: how.unordered ?? false,
  };
}

const everyCache = DIMENSIONS.flatMap((to) =>
  CACHES.flatMap((cache) =>
    ['false', 'true'].map((async) => {
      const label = Object.values(cache).slice(0, 2).join(' ') || 'no cache';
      return join(`${label}, async = ${async}`, to, {
        options: { ...cache, async },
        unordered: async === 'true',
      });
    }),
  ),
);

const conditions = [
  ...DIMENSIONS.map((to) => join('inner join', to, { kind: 'JOIN' })),
  join('equality with another column of the stream', STRINGS, { on: 'c.user_id = d.id AND c.tag = d.name' }),
  join('the same behind an LRU cache', STRINGS, {
    on: 'c.user_id = d.id AND c.tag = d.name',
    options: { cache: 'LRU' },
  }),
  join('the same over the whole table in memory', STRINGS, {
    on: 'c.user_id = d.id AND c.tag = d.name',
    options: { cache: 'ALL' },
  }),
  join('equality with a constant', HASHES, { on: "c.user_id = d.id AND d.name = 'Ada'" }),
  join('a range', STRINGS, { kind: 'JOIN', on: "c.user_id = d.id AND d.name > 'B'" }),
  join('a condition on the stream alone', STRINGS, { on: 'c.user_id = d.id AND c.n > 2' }),
  join('a constant key', STRINGS, { on: "d.id = 'b'", kind: 'JOIN' }),
  join('an expression as key', STRINGS, { on: "CONCAT(c.user_id, '') = d.id" }),
];

const hints = [
  join('LOOKUP hint: unordered with capacity', STRINGS, {
    hint: "/*+ LOOKUP('table' = 'd', 'async' = 'true', 'output-mode' = 'allow_unordered', 'capacity' = '5', 'timeout' = '30s') */",
    options: { async: 'true' },
    unordered: true,
  }),
  join('LOOKUP hint: synchronous', STRINGS, { hint: "/*+ LOOKUP('table' = 'd', 'async' = 'false') */" }),
  join('LOOKUP hint: retry of misses', STRINGS, {
    hint: "/*+ LOOKUP('table' = 'd', 'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '20ms', 'max-attempts' = '2') */",
  }),
  join('job options of asynchronous lookups', HASHES, {
    options: { async: 'true' },
    config: {
      'table.exec.async-lookup.buffer-capacity': '1000',
      'table.exec.async-lookup.output-mode': 'ALLOW_UNORDERED',
    },
    unordered: true,
  }),
];

/** Extensions that lookups have. */
const extensions: ParityJob[] = [
  {
    name: 'STRING: documents (value.format) behind a key of two columns (key-template)',
    topics: { clicks: json(CLICKS) },
    redis: [
      ['SET', 'user:0:a', '{"name":"Ada","born":1815,"score":1.50}'],
      ['SET', 'user:2:a', '{"born":null,"name":"Änne"}'],
    ],
    tables: [
      SOURCE,
      "CREATE TABLE d (n INT, id STRING, name STRING, born INT, score DECIMAL(5, 2), PRIMARY KEY (n, id) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING', 'key-template' = 'user:{n}:{id}', 'value.format' = 'json')",
    ],
    run: [
      'SELECT c.n, c.user_id, d.name, d.born, d.score FROM clicks AS c LEFT JOIN d FOR SYSTEM_TIME AS OF c.pt AS d ON c.n = d.n AND c.user_id = d.id',
    ],
  },
  join('invalidated by Redis (cache.invalidation = tracking)', STRINGS, {
    options: { cache: 'LRU', 'cache.invalidation': 'tracking' },
  }),
];

const overChanges: ParityJob = {
  name: 'STRING: changes on the left',
  topics: { items: debezium() },
  redis: [['MSET', 'a', 'A', 'c', 'C', 'e', 'E']],
  tables: [
    "CREATE TABLE source (id STRING, k STRING, v STRING, pt AS PROCTIME(), PRIMARY KEY (id) NOT ENFORCED) WITH ({{kafka items}}, 'format' = 'debezium-json')",
    "CREATE TABLE d (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING')",
    'CREATE TABLE p (id STRING, k STRING, v STRING, name STRING) WITH ({{print}})',
  ],
  run: [
    'INSERT INTO p SELECT s.id, s.k, s.v, d.name FROM source AS s JOIN d FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.id',
  ],
};

const enrichAndWrite: ParityJob = {
  name: 'HASHMAP multi-value: joined, and the result written as a hash',
  topics: { clicks: json(CLICKS) },
  redis: HASHES.redis!,
  tables: [
    SOURCE,
    "CREATE TABLE d (mail STRING, id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'key-prefix' = 'u:')",
    "CREATE TABLE sink (id STRING, name STRING, mail STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true', 'key-prefix' = 'joined:')",
  ],
  run: [
    "INSERT INTO sink SELECT c.user_id, COALESCE(d.name, 'unknown'), d.mail FROM clicks AS c LEFT JOIN d FOR SYSTEM_TIME AS OF c.pt AS d ON c.user_id = d.id WHERE c.user_id IS NOT NULL",
  ],
};

export const LOOKUP_JOBS: readonly ParityJob[] = [
  ...everyCache,
  ...conditions,
  ...hints,
  ...extensions,
  overChanges,
  enrichAndWrite,
];
