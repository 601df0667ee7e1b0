// What is measured: the rows of the table, each with its job, its goal, what limits it and what must come out.
import { type JobTables, joinJob, setJob, sinkJob } from './jobs.ts';
import { nameOf, userKey } from './messages.ts';

export type Words = readonly string[];

export interface Work {
  readonly name: string;
  readonly title: string;
  /** CPU µs a row: what has to be reached, and what is wished for. */
  readonly goal: readonly [must: number, wish: number] | null;
  readonly topic: Topic;
  readonly job: (tables: JobTables) => string;
  /** redis-benchmark's command for the same work (`__rand_int__` for the number of the key), rows of one such command, and the goal's share of its rate. */
  readonly limit: { readonly command: Words; readonly rows: number; readonly share: number } | null;
  readonly result: Result;
}

export type Topic = 'rows' | 'keys10k' | 'keys100k' | 'changes';

/** What must be in Redis afterwards. */
interface Written {
  readonly kind: 'written';
  readonly keys: (rows: number) => number;
  /** The command that reads what message key `id` has made, and its reply. */
  readonly sample: (id: number, rows: number) => readonly [command: Words, reply: unknown];
}

/** Every row must find its match in a dimension table of `keys` rows. `checkedJob` writes what it joins to STRING keys. */
interface Joined {
  readonly kind: 'joined';
  readonly keys: (rows: number) => number;
  readonly dimension: (id: number) => Words;
  readonly checkedJob: (tables: JobTables, prefix: string) => string;
}

export type Result = Written | Joined;

const NAME = 'name of the user 123456';
const KEY = 'user-__rand_int__';
const all = (rows: number) => rows;

function sink(
  name: string,
  title: string,
  goal: readonly [number, number],
  table: Parameters<typeof sinkJob>[1],
  command: Words,
  sample: Written['sample'],
): Work {
  return {
    name,
    title,
    goal,
    topic: 'rows',
    job: (tables) => sinkJob(tables, table),
    limit: { command, rows: 1, share: 0.9 },
    result: { kind: 'written', keys: all, sample },
  };
}

function join(
  name: string,
  title: string,
  goal: readonly [number, number],
  table: Parameters<typeof joinJob>[1],
  dimension: Joined['dimension'],
  limit: Work['limit'],
  topic: 'rows' | 'keys10k' | 'keys100k' = 'rows',
): Work {
  return {
    name,
    title,
    goal,
    topic,
    job: (tables) => joinJob(tables, table, null),
    limit,
    result: {
      kind: 'joined',
      keys: (rows) => distinctKeys(topic, rows),
      dimension,
      checkedJob: (tables, prefix) => joinJob(tables, table, prefix),
    },
  };
}

/** Different keys in a topic of so many messages. */
export function distinctKeys(topic: Topic, rows: number): number {
  return Math.min(rows, topic === 'keys10k' ? 10_000 : topic === 'keys100k' ? 100_000 : rows);
}

const SETTING = (id: number): Words => ['SET', userKey(id), nameOf(id)];
const STRING_DIM = { columns: 'id STRING, name STRING', selected: 'd.name' };
const MGET = ['MGET', ...Array.from({ length: 200 }, () => KEY)];
const HMGET_HASH = ['HMGET', 'users', ...Array.from({ length: 200 }, () => KEY)];

export const WORKS: readonly Work[] = [
  {
    name: 'string',
    title: 'Kafka JSON → STRING',
    goal: [1.2, 0.8],
    topic: 'rows',
    job: setJob,
    limit: { command: ['SET', KEY, NAME], rows: 1, share: 0.9 },
    result: { kind: 'written', keys: all, sample: (id) => [['GET', userKey(id)], nameOf(id)] },
  },
  sink(
    'hash',
    'Kafka JSON → HASHMAP, 2 fields',
    [1.6, 1.1],
    {
      columns: 'id STRING, name STRING, score STRING',
      options: `'mode' = 'HASHMAP', 'flattenHash' = 'true'`,
      query: 'SELECT id, name, score FROM src',
    },
    ['HSET', KEY, 'name', NAME, 'score', '123'],
    (id) => [
      ['HMGET', userKey(id), 'name', 'score'],
      [nameOf(id), String(id % 1000)],
    ],
  ),
  sink(
    'list',
    'Kafka JSON → LIST',
    [1.4, 0.9],
    {
      columns: 'id STRING, name STRING',
      options: `'mode' = 'LIST'`,
      query: 'SELECT id, name FROM src',
    },
    ['LPUSH', KEY, NAME],
    (id) => [['LRANGE', userKey(id), '0', '-1'], [nameOf(id)]],
  ),
  sink(
    'set',
    'Kafka JSON → SET',
    [1.4, 0.9],
    { columns: 'id STRING, name STRING', options: `'mode' = 'SET'`, query: 'SELECT id, name FROM src' },
    ['SADD', KEY, NAME],
    (id) => [['SMEMBERS', userKey(id)], [nameOf(id)]],
  ),
  sink(
    'sortedset',
    'Kafka JSON → SORTEDSET',
    [1.4, 0.9],
    {
      source: 'id STRING, name STRING, score DOUBLE',
      columns: 'id STRING, score DOUBLE, name STRING',
      options: `'mode' = 'SORTEDSET'`,
      query: 'SELECT id, score, name FROM src',
    },
    ['ZADD', KEY, '123', NAME],
    (id) => [
      ['ZRANGE', userKey(id), '0', '-1', 'WITHSCORES'],
      [nameOf(id), String(id % 1000)],
    ],
  ),
  sink(
    'expressions',
    'the same through WHERE, CAST, CONCAT, CASE',
    [1.5, 1.1],
    {
      columns: 'id STRING, name STRING',
      options: `'mode' = 'STRING'`,
      query: `SELECT id, CASE WHEN CAST(score AS INT) >= 500 THEN CONCAT(name, '!') ELSE name END FROM src WHERE id <> ''`,
    },
    ['SET', KEY, NAME],
    (id) => [['GET', userKey(id)], id % 1000 >= 500 ? `${nameOf(id)}!` : nameOf(id)],
  ),
  {
    name: 'group',
    title: 'Kafka JSON → GROUP BY (100,000 groups) COUNT, SUM → STRING',
    goal: [3.5, 3.5],
    topic: 'keys100k',
    job: (tables) =>
      sinkJob(tables, {
        source: 'id STRING, name STRING, score INT',
        columns: 'id STRING, name STRING',
        options: `'mode' = 'STRING'`,
        query: `SELECT id, CONCAT(CAST(COUNT(*) AS STRING), ' ', CAST(SUM(score) AS STRING)) FROM src GROUP BY id`,
      }),
    limit: null,
    result: {
      kind: 'written',
      keys: (rows) => distinctKeys('keys100k', rows),
      sample: (id, rows) => {
        const count = rows / distinctKeys('keys100k', rows);
        return [['GET', userKey(id)], `${count} ${count * (id % 1000)}`];
      },
    },
  },
  {
    name: 'debezium',
    title: 'debezium-json → STRING with deletes',
    goal: [3.5, 3.5],
    topic: 'changes',
    job: (tables) =>
      sinkJob(tables, {
        format: 'debezium-json',
        columns: 'id STRING, name STRING',
        options: `'mode' = 'STRING'`,
        query: 'SELECT id, name FROM src',
      }),
    limit: null,
    result: {
      kind: 'written',
      keys: (rows) => rows / 4,
      sample: (id, rows) => {
        const key = id % (rows / 2);
        return [['GET', userKey(key)], key % 2 === 0 ? `new ${nameOf(key)}` : null];
      },
    },
  },
  join(
    'join',
    'Kafka JSON ⋈ STRING → blackhole',
    [1.8, 1.1],
    { ...STRING_DIM, options: `'mode' = 'STRING'` },
    SETTING,
    { command: MGET, rows: 200, share: 0.7 },
  ),
  join(
    'join-hash',
    'Kafka JSON ⋈ HASHMAP, 3 fields → blackhole',
    [2.4, 2.4],
    {
      columns: 'id STRING, name STRING, city STRING, score STRING',
      selected: 'CONCAT(d.name, d.city, d.score)',
      options: `'mode' = 'HASHMAP'`,
    },
    (id) => ['HSET', userKey(id), 'name', nameOf(id), 'city', '', 'score', ''],
    { command: ['HMGET', KEY, 'name', 'city', 'score'], rows: 1, share: 0 },
  ),
  join(
    'join-hashname',
    'Kafka JSON ⋈ hashName → blackhole',
    [2.4, 2.4],
    { ...STRING_DIM, options: `'mode' = 'HASHMAP', 'hashName' = 'users'` },
    (id) => ['HSET', 'users', userKey(id), nameOf(id)],
    { command: HMGET_HASH, rows: 200, share: 0 },
  ),
  join(
    'join-lru',
    'Kafka JSON ⋈ LRU (10,000 keys, all hits) → blackhole',
    [1, 1],
    { ...STRING_DIM, options: `'mode' = 'STRING', 'cache' = 'LRU'` },
    SETTING,
    null,
    'keys10k',
  ),
  join(
    'join-all',
    'Kafka JSON ⋈ ALL (100,000 keys) → blackhole',
    [1, 1],
    { ...STRING_DIM, options: `'mode' = 'STRING', 'cache' = 'ALL'` },
    SETTING,
    null,
    'keys100k',
  ),
];
