// What may make a row dearer: how many there are, partitions, batches, columns, sizes of values.
import { type JobTables, sinkJob } from './jobs.ts';
import { nameOf, userKey } from './messages.ts';

export interface Point {
  readonly label: string;
  readonly topic: string;
  readonly partitions: number;
  readonly rows: number;
  readonly message: (i: number) => string;
  /** The messages repeat themselves after so many. */
  readonly period: number | null;
  readonly job: (tables: JobTables) => string;
  /** Keys in Redis afterwards: the last so many messages have one each. */
  readonly keys: number;
  /** What message `i` has made, if it is one of the last `keys`. */
  readonly sample: (i: number) => { readonly command: readonly string[]; readonly reply: string };
  /** What the cost of a row is divided by. */
  readonly units: number;
}

export interface Series {
  readonly name: string;
  readonly title: string;
  readonly unit: 'row' | 'column' | 'byte';
  /** Whether a unit may become cheaper from point to point. */
  readonly mayFall: boolean;
  readonly points: readonly Point[];
}

const ROWS = 1_000_000;
/** So that Redis's memory is no part of it. */
const KEYS = 200_000;

/** @param most rows of the largest topic */
export function seriesUpTo(most: number): readonly Series[] {
  const counts = [1_000_000, 10_000_000, 100_000_000].filter((rows) => rows <= most);
  return [
    {
      name: 'rows',
      title: 'rows',
      unit: 'row',
      mayFall: true,
      points: counts.map((rows) => repeated(user(`${rows / 1e6} M`, `rows-${rows}`, { rows }))),
    },
    {
      name: 'partitions',
      title: 'partitions',
      unit: 'row',
      mayFall: false,
      points: [1, 4, 16, 64].map((partitions) =>
        user(`${partitions}`, `parts-${partitions}`, { partitions }),
      ),
    },
    {
      name: 'batches',
      title: 'sink.buffer-flush.max-rows',
      unit: 'row',
      mayFall: false,
      points: [50, 200, 1000, 5000].map((batch) => user(`${batch}`, 'batches', { batch })),
    },
    {
      name: 'columns',
      title: 'columns, HASHMAP',
      unit: 'column',
      mayFall: true,
      points: [2, 10, 50, 200].map(columns),
    },
    {
      name: 'values',
      title: 'bytes of the value',
      unit: 'byte',
      mayFall: true,
      points: [10, 100, 1000, 10_000, 100_000].map(value),
    },
  ];
}

interface Variation {
  readonly rows?: number;
  readonly partitions?: number;
  readonly batch?: number;
}

function user(label: string, topic: string, { rows = ROWS, partitions = 1, batch = 200 }: Variation): Point {
  return {
    label,
    topic,
    partitions,
    rows,
    // A key stays in its partition: 64 divides the number of keys.
    message: (i) => `{"id":"${userKey(i % KEYS)}","name":"${nameOf(i)}","score":"${i % 1000}"}`,
    job: (tables) =>
      sinkJob(tables, {
        columns: 'id STRING, name STRING',
        options: `'mode' = 'STRING', 'sink.buffer-flush.max-rows' = '${batch}'`,
        query: 'SELECT id, name FROM src',
      }),
    keys: KEYS,
    period: null,
    sample: (i) => ({ command: ['GET', userKey(i % KEYS)], reply: nameOf(i) }),
    units: 1,
  };
}

/** So many messages can only be made by sending the same ones again. */
function repeated(point: Point): Point {
  return {
    ...point,
    period: KEYS,
    message: (i) => point.message(i % KEYS),
    sample: (i) => point.sample(i % KEYS),
  };
}

/** A key and `count` fields of 12 bytes. */
function columns(count: number): Point {
  const names = Array.from({ length: count }, (_, c) => `field_${c}`);
  const rows = Math.max(20_000, Math.round((2 * ROWS) / count));
  const keys = Math.min(rows, 20_000);
  const text = (i: number, c: number) => `v${c}-${i}`.padEnd(12, '.');
  const declared = ['id', ...names].map((name) => `${name} STRING`).join(', ');
  return {
    label: `${count}`,
    topic: `columns-${count}`,
    partitions: 1,
    rows,
    message: (i) =>
      `{"id":"${userKey(i % keys)}",${names.map((name, c) => `"${name}":"${text(i, c)}"`).join(',')}}`,
    job: (tables) =>
      sinkJob(tables, {
        source: declared,
        columns: declared,
        options: `'mode' = 'HASHMAP', 'flattenHash' = 'true'`,
        query: 'SELECT * FROM src',
      }),
    keys,
    period: null,
    sample: (i) => ({
      command: ['HGET', userKey(i % keys), names.at(-1)!],
      reply: text(i, count - 1),
    }),
    units: count,
  };
}

function value(bytes: number): Point {
  const rows = Math.max(10_000, Math.min(ROWS, Math.round(1e9 / bytes)));
  const keys = Math.min(rows, 2_000);
  const text = (i: number) => `${i} `.padEnd(bytes, 'The quick brown fox jumps. ').slice(0, bytes);
  return {
    label: `${bytes}`,
    topic: `values-${bytes}`,
    partitions: 1,
    rows,
    message: (i) => `{"id":"${userKey(i % keys)}","name":"${text(i)}"}`,
    job: (tables) =>
      sinkJob(tables, {
        source: 'id STRING, name STRING',
        columns: 'id STRING, name STRING',
        options: `'mode' = 'STRING'`,
        query: 'SELECT id, name FROM src',
      }),
    keys,
    period: null,
    sample: (i) => ({ command: ['GET', userKey(i % keys)], reply: text(i) }),
    units: bytes,
  };
}
