// Jobs for several threads: without state, with one exchange by key, and with Redis at their end.
import { type JobTables, sinkJob, sourceTable } from './jobs.ts';

export interface ParallelWork {
  readonly name: string;
  readonly title: string;
  readonly job: (tables: JobTables) => string;
  /** Whether it is the threads that limit it: neither Redis, nor the broker, which sits on the same cores. */
  readonly threadsLimit: boolean;
}

const blackhole = (
  tables: JobTables,
  columns: string,
  query: string,
) => `${sourceTable(tables, 'id STRING, name STRING, score INT')}
CREATE TEMPORARY TABLE snk (${columns}) WITH ('connector' = 'blackhole');
INSERT INTO snk ${query};`;

export const PARALLEL_WORKS: readonly ParallelWork[] = [
  {
    name: 'expressions',
    title: 'Kafka JSON → WHERE, REGEXP_EXTRACT, UPPER, CASE → blackhole',
    job: (tables) =>
      blackhole(
        tables,
        'id STRING, name STRING, score INT',
        `SELECT id, CASE WHEN score >= 500 THEN UPPER(REGEXP_EXTRACT(name, '(\\w+) (\\d+)$', 2)) ELSE CONCAT_WS('-', name, id) END,
           score * 2 FROM src WHERE CHAR_LENGTH(id) > 3`,
      ),
    threadsLimit: true,
  },
  {
    name: 'plain',
    title: 'Kafka JSON → blackhole',
    job: (tables) =>
      blackhole(tables, 'id STRING, name STRING, score INT', 'SELECT id, name, score FROM src'),
    threadsLimit: false,
  },
  {
    name: 'group',
    title: 'Kafka JSON → GROUP BY (100,000 groups) COUNT, SUM → blackhole',
    job: (tables) =>
      blackhole(tables, 'id STRING, c BIGINT, s INT', 'SELECT id, COUNT(*), SUM(score) FROM src GROUP BY id'),
    threadsLimit: true,
  },
  {
    name: 'string',
    title: 'Kafka JSON → STRING',
    job: (tables) =>
      sinkJob(tables, {
        columns: 'id STRING, name STRING',
        options: `'mode' = 'STRING'`,
        query: 'SELECT id, name FROM src',
      }),
    threadsLimit: false,
  },
];
