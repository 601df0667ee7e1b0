// The SQL that is measured.
export interface JobTables {
  readonly broker: string;
  readonly topic: string;
  readonly redisPort: number;
  /** Messages of partition 0 to read; undefined: what all partitions have. */
  readonly rows?: number;
}

const bounds = (rows: number | undefined) =>
  rows === undefined
    ? `'scan.bounded.mode' = 'latest-offset'`
    : `'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:${rows}'`;

export const sourceTable = ({ broker, topic, rows }: JobTables, columns: string, format = 'json') => `
CREATE TEMPORARY TABLE src (${columns}) WITH (
  'connector' = 'kafka', 'topic' = '${topic}', 'properties.bootstrap.servers' = '${broker}', 'format' = '${format}',
  'scan.startup.mode' = 'earliest-offset', ${bounds(rows)});
SET 'table.dml-sync' = 'true';
`;

const USER = 'id STRING, name STRING, score STRING';

const redis = ({ redisPort }: JobTables, options: string) =>
  `'connector' = 'redis', 'host' = '127.0.0.1', 'port' = '${redisPort}', ${options}`;

interface Sink {
  readonly source?: string;
  readonly format?: string;
  readonly columns: string;
  readonly options: string;
  readonly query: string;
}

/** Kafka → Redis. */
export function sinkJob(tables: JobTables, sink: Sink): string {
  return `${sourceTable(tables, sink.source ?? USER, sink.format)}
CREATE TEMPORARY TABLE snk (${sink.columns}, PRIMARY KEY (id) NOT ENFORCED) WITH (${redis(tables, sink.options)});
INSERT INTO snk ${sink.query};`;
}

/** Kafka JSON → STRING. */
export function setJob(tables: JobTables): string {
  return sinkJob(tables, {
    columns: 'id STRING, name STRING',
    options: `'mode' = 'STRING'`,
    query: 'SELECT id, name FROM src',
  });
}

interface Join {
  readonly columns: string;
  readonly options: string;
  /** What of the dimension table is selected: a column, `name` in the sink. */
  readonly selected: string;
}

/** Kafka JSON ⋈ Redis → blackhole; with `checked`, → STRING under keys that begin with it, so that the rows can be looked at. */
export function joinJob(tables: JobTables, join: Join, checked: string | null): string {
  const sink =
    checked === null
      ? `${USER}) WITH ('connector' = 'blackhole')`
      : `id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${redis(tables, `'mode' = 'STRING', 'key-prefix' = '${checked}'`)})`;
  return `${sourceTable(tables, `${USER}, pt AS PROCTIME()`)}
CREATE TEMPORARY TABLE dim (${join.columns}, PRIMARY KEY (id) NOT ENFORCED) WITH (${redis(tables, join.options)});
CREATE TEMPORARY TABLE snk (${sink};
INSERT INTO snk SELECT s.id, ${join.selected} AS name${checked === null ? ', s.score' : ''}
  FROM src AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id = d.id;`;
}
