// The SQL that is measured.
export interface JobTables {
  readonly broker: string;
  readonly topic: string;
  readonly redisPort: number;
}

const source = ({ broker, topic }: JobTables, more = '') => `
CREATE TEMPORARY TABLE src (id STRING, name STRING, score STRING${more}) WITH (
  'connector' = 'kafka', 'topic' = '${topic}', 'properties.bootstrap.servers' = '${broker}', 'format' = 'json',
  'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
SET 'table.dml-sync' = 'true';
`;

const redis = ({ redisPort }: JobTables) =>
  `'connector' = 'redis', 'host' = '127.0.0.1', 'port' = '${redisPort}'`;

/** Kafka JSON → STRING. */
export function setJob(tables: JobTables): string {
  return `${source(tables)}
CREATE TEMPORARY TABLE snk (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${redis(tables)}, 'mode' = 'STRING');
INSERT INTO snk SELECT id, name FROM src;`;
}

/** Kafka JSON ⋈ STRING, no cache → blackhole. */
export function joinJob(tables: JobTables): string {
  return `${source(tables, ', pt AS PROCTIME()')}
CREATE TEMPORARY TABLE dim (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${redis(tables)}, 'mode' = 'STRING');
CREATE TEMPORARY TABLE snk (id STRING, name STRING, score STRING) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT s.id, d.name, s.score FROM src AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id = d.id;`;
}
