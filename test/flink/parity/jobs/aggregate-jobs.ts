// Aggregates, their retractions, and what becomes of them in Redis.
import { debezium, ITEMS, json } from '../changes.ts';
import type { ParityJob } from '../parity-job.ts';
import { HASHMAP_ELEMENTS, MULTI_VALUE, SORTEDSET, STRING, sinkTable, sourceTable } from '../structures.ts';

const appended = { topics: { items: json(ITEMS) } };
const changed = { topics: { items: debezium() } };
const FROM_ADDED = sourceTable('json');
const FROM_CHANGED = sourceTable('debezium-json');

const printTable = (columns: string) => `CREATE TABLE p (${columns}) WITH ({{print}})`;

export const AGGREGATE_JOBS: readonly ParityJob[] = [
  {
    name: 'COUNT of a group → STRING',
    ...appended,
    tables: [FROM_ADDED, sinkTable(STRING)],
    run: ['INSERT INTO sink SELECT k, CAST(COUNT(*) AS STRING) FROM source GROUP BY k'],
  },
  {
    name: 'COUNT, SUM, MIN, MAX, AVG over changes, printed',
    ...changed,
    tables: [
      FROM_CHANGED,
      printTable('k STRING, n BIGINT, total DOUBLE, least DOUBLE, most DOUBLE, mean DOUBLE'),
    ],
    run: ['INSERT INTO p SELECT k, COUNT(*), SUM(s), MIN(s), MAX(s), AVG(s) FROM source GROUP BY k'],
  },
  {
    name: 'COUNT, SUM, MIN, MAX over changes → HASHMAP multi-value',
    ...changed,
    tables: [
      FROM_CHANGED,
      "CREATE TABLE sink (k STRING, n STRING, total STRING, least STRING, most STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'HASHMAP', 'flattenHash' = 'true')",
    ],
    run: [
      'INSERT INTO sink SELECT k, CAST(COUNT(*) AS STRING), CAST(SUM(s) AS STRING), CAST(MIN(s) AS STRING), CAST(MAX(s) AS STRING) FROM source GROUP BY k',
    ],
  },
  {
    name: 'HAVING: a group that no longer counts is deleted → STRING',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(STRING)],
    run: [
      'INSERT INTO sink SELECT k, CAST(COUNT(*) AS STRING) FROM source GROUP BY k HAVING COUNT(*) >= 1 AND MAX(s) < 6',
    ],
  },
  {
    name: 'HAVING, printed',
    ...changed,
    tables: [FROM_CHANGED, printTable('k STRING, n BIGINT')],
    run: ['INSERT INTO p SELECT k, COUNT(*) FROM source GROUP BY k HAVING COUNT(*) > 1'],
  },
  {
    name: 'SUM as the score of a member → SORTEDSET',
    ...appended,
    tables: [FROM_ADDED, sinkTable(SORTEDSET)],
    run: ['INSERT INTO sink SELECT k, SUM(s), MAX(f) FROM source GROUP BY k'],
  },
  {
    name: 'groups of two columns → HASHMAP by key and field',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(HASHMAP_ELEMENTS)],
    run: ['INSERT INTO sink SELECT k, f, CAST(COUNT(*) AS STRING) FROM source GROUP BY k, f'],
  },
  {
    name: 'SELECT DISTINCT over changes → HASHMAP multi-value',
    ...changed,
    tables: [FROM_CHANGED, sinkTable(MULTI_VALUE)],
    run: ["INSERT INTO sink SELECT DISTINCT k, f, 'x' FROM source"],
  },
  {
    name: 'COUNT of a whole topic, printed',
    ...changed,
    tables: [FROM_CHANGED, printTable('n BIGINT, m BIGINT')],
    run: ['INSERT INTO p SELECT COUNT(*), COUNT(DISTINCT k) FROM source'],
  },
  {
    name: 'the latest row of each key (ROW_NUMBER) → STRING',
    ...appended,
    tables: [
      "CREATE TABLE source (id STRING, k STRING, f STRING, s DOUBLE, v STRING, pt AS PROCTIME()) WITH ({{kafka items}}, 'format' = 'json')",
      sinkTable(STRING),
    ],
    run: [
      'INSERT INTO sink SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt DESC) AS rn FROM source) WHERE rn = 1',
    ],
  },
  {
    name: 'the first row of each key, printed',
    ...appended,
    tables: [
      "CREATE TABLE source (id STRING, k STRING, f STRING, s DOUBLE, v STRING, pt AS PROCTIME()) WITH ({{kafka items}}, 'format' = 'json')",
      printTable('k STRING, v STRING'),
    ],
    run: [
      'INSERT INTO p SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt ASC) AS rn FROM source) WHERE rn = 1',
    ],
  },
  {
    name: 'filters, CASE and CONCAT in one statement set → two sinks',
    ...appended,
    tables: [
      FROM_ADDED,
      "CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'STRING')",
      "CREATE TABLE members (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ({{redis}}, 'mode' = 'SET', 'key-prefix' = 'm:')",
    ],
    run: [
      "EXECUTE STATEMENT SET BEGIN INSERT INTO sink SELECT CONCAT(k, '/', f), CASE WHEN s > 1 THEN UPPER(v) ELSE v END FROM source WHERE f <> ''; INSERT INTO members SELECT k, f FROM source; END",
    ],
  },
];
