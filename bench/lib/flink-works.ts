// The jobs that are measured on Apache Flink: the same SQL over the connector and over Java's clients (flink/bench).

/** What a sink or a lookup is compared with, and how much faster it is to be. */
interface Goal {
  readonly than: string;
  readonly factor: number;
}

export interface FlinkWork {
  readonly name: string;
  readonly title: string;
  readonly kind: 'sink' | 'lookup';
  /** Options of the table, without the server's address; null: no Redis, the source alone. */
  readonly options: string | null;
  /** Settings of the session. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Slow ones get this share of the rows. */
  readonly share: number;
  readonly goals?: readonly Goal[];
}

/** `table.exec.async-lookup.buffer-capacity` */
const capacity = (keys: number) => ({ 'table.exec.async-lookup.buffer-capacity': String(keys) });

const REDIS = `'connector' = 'redis', 'mode' = 'STRING'`;

export const FLINK_WORKS: readonly FlinkWork[] = [
  { name: 'source', title: 'datagen → blackhole, no Redis', kind: 'sink', options: null, share: 1 },
  {
    name: 'sink',
    title: 'sink, settings of the page (200 rows)',
    kind: 'sink',
    options: REDIS,
    share: 1,
    goals: [{ than: 'jedis-sink-200', factor: 1 }],
  },
  {
    name: 'sink-1000',
    title: 'sink, sink.buffer-flush.max-rows = 1000',
    kind: 'sink',
    options: `${REDIS}, 'sink.buffer-flush.max-rows' = '1000'`,
    share: 1,
    goals: [
      { than: 'jedis-sink', factor: 1 },
      { than: 'lettuce-sink', factor: 3 },
    ],
  },
  {
    name: 'jedis-sink-200',
    title: 'Jedis sink, pipelines of 200',
    kind: 'sink',
    options: `'connector' = 'jedis', 'batch' = '200'`,
    share: 1,
  },
  {
    name: 'jedis-sink',
    title: 'Jedis sink, pipelines of 1000',
    kind: 'sink',
    options: `'connector' = 'jedis', 'batch' = '1000'`,
    share: 1,
  },
  {
    name: 'lettuce-sink',
    title: 'Lettuce sink, a command a row, awaited',
    kind: 'sink',
    options: `'connector' = 'lettuce', 'batch' = '1000'`,
    share: 1,
  },
  {
    name: 'lookup-1000',
    title: 'lookup, async, capacity 1000',
    kind: 'lookup',
    options: `${REDIS}, 'async' = 'true'`,
    settings: capacity(1000),
    share: 1,
    goals: [{ than: 'lettuce-lookup', factor: 2.5 }],
  },
  {
    name: 'lettuce-lookup',
    title: 'Lettuce lookup, async, capacity 1000',
    kind: 'lookup',
    options: `'connector' = 'lettuce'`,
    settings: capacity(1000),
    share: 1,
  },
  {
    name: 'lookup',
    title: 'lookup, all settings as they are',
    kind: 'lookup',
    options: REDIS,
    share: 1,
    goals: [{ than: 'jedis-lookup', factor: 3 }],
  },
  {
    name: 'jedis-lookup',
    title: 'Jedis lookup, waits for each key',
    kind: 'lookup',
    options: `'connector' = 'jedis'`,
    share: 0.1,
  },
];

/** Keys of the dimension table. */
export const DIMENSION_KEYS = 100_000;
/** Where the joined rows' number is put. */
export const RESULT_KEY = 'result';
/** Numbers get twelve digits by it. */
const FIRST = 100_000_000_000;
/** Makes a key and its value a hundred bytes. */
const PADDING = 'x'.repeat(54);
/** A prime: keys come in an order that is not that of their numbers. */
const STRIDE = 7919;

export const flinkKey = (n: number): string => `user-${FIRST + n}`;
export const dimensionValue = (n: number): string => `name of the user ${FIRST + n}`;
export const sinkValue = (n: number): string => `${dimensionValue(n)}${PADDING}`;

/** Statements of a job over `rows` rows, the INSERT last. */
export function flinkStatements(work: FlinkWork, rows: number, redisPort: number): string[] {
  const server = `'host' = '127.0.0.1', 'port' = '${redisPort}'`;
  const source = `CREATE TEMPORARY TABLE src (n BIGINT, pt AS PROCTIME()) WITH (
    'connector' = 'datagen', 'rows-per-second' = '1000000000',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${rows - 1}')`;
  const table = (name: string, options: string) =>
    `CREATE TEMPORARY TABLE ${name} (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${options})`;
  if (work.kind === 'lookup') {
    return [
      source,
      table('dim', `${work.options}, ${server}`),
      table('snk', `'connector' = 'checked', ${server}, 'result' = '${RESULT_KEY}'`),
      `INSERT INTO snk SELECT s.id, d.name
         FROM (SELECT CONCAT('user-', CAST(${FIRST} + MOD(n * ${STRIDE}, ${DIMENSION_KEYS}) AS STRING)) AS id, pt FROM src) AS s
         JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id = d.id`,
    ];
  }
  return [
    source,
    table('snk', work.options === null ? `'connector' = 'blackhole'` : `${work.options}, ${server}`),
    `INSERT INTO snk SELECT CONCAT('user-', CAST(${FIRST} + n AS STRING)),
       CONCAT('name of the user ', CAST(${FIRST} + n AS STRING), '${PADDING}') FROM src`,
  ];
}
