// A job that writes numbers into strings and lists of a Redis, and the model of what Redis has to hold afterwards.
import { expect } from 'vitest';
import type { FlinkHandle } from '../../../scripts/flink/cluster.mjs';
import type { RedisReply } from '../../../scripts/services/index.mjs';
import { inDatabase } from '../../support/in-database.ts';
import { eventually } from './eventually.ts';
import { FlinkSession } from './flink.ts';
import { placeOf } from './place.ts';

export const ROWS = Number(process.env['DREY_TEST_ROWS'] ?? 40_000);
const PER_SECOND = 8000;
const LISTS = 10;

/** A job that starts again by itself, from a checkpoint not older than a second or two. */
export const RESTARTING = {
  'execution.checkpointing.interval': '500ms',
  'execution.checkpointing.timeout': '30s',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '300ms',
  'drey.worker.silence-limit': '3s',
};

const ONCE = `'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '${ROWS}'`;
const WITHOUT_END = "'fields.n.kind' = 'random', 'fields.n.min' = '1', 'fields.n.max' = '1000000000'";

/** Where the tables are: options of a server, or of a cluster. */
export type Where = string;

export const at = (server: { readonly host: string; readonly port: number }, database: number): Where =>
  `'host' = '${server.host}', 'port' = '${server.port}', 'dbNum' = '${database}'`;

/** DDL of `strings` and `lists`. */
export const redisTables = (where: Where): string[] => [
  `CREATE TABLE strings (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'STRING', ${where})`,
  `CREATE TABLE lists (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'mode' = 'LIST', 'key-prefix' = 'list ', ${where})`,
];

const WRITE = `EXECUTE STATEMENT SET BEGIN
  INSERT INTO strings SELECT CAST(n AS STRING), CONCAT('value ', CAST(n AS STRING)) FROM numbers;
  INSERT INTO lists SELECT CAST(MOD(n, ${LISTS}) AS STRING), CAST(n AS STRING) FROM numbers; END`;

export interface Running {
  readonly session: FlinkSession;
  readonly jobId: string;
}

/** Starts the job; `endless`: it goes on until it is cancelled. */
export async function startWriting(
  flink: FlinkHandle,
  where: Where,
  { settings = {}, endless = false }: { settings?: Readonly<Record<string, string>>; endless?: boolean } = {},
): Promise<Running> {
  const session = await FlinkSession.open({ ...RESTARTING, ...settings }, placeOf(flink));
  await session.execute(
    `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '${PER_SECOND}', ${endless ? WITHOUT_END : ONCE})`,
  );
  for (const table of redisTables(where)) await session.execute(table);
  return { session, jobId: await session.start(WRITE) };
}

/** Waits until a share of the rows is written. `size`: keys that there are. */
export function written(
  size: () => Promise<number>,
  share: number,
  { session, jobId }: Running,
  limitMs: number,
): Promise<void> {
  const enough = async () => (await size()) >= ROWS * share;
  const why = () => session.jobs.failure(jobId);
  return eventually(`${share} of the rows are written`, enough, limitMs, why);
}

/** Every string and list of a server's database. */
export async function contents(port: number, database = 0): Promise<Map<string, RedisReply>> {
  const [names] = (await inDatabase({ port, database }, [['KEYS', '*']])) as [string[]];
  const found = await inDatabase(
    { port, database },
    names.map((name) => (name.startsWith('list ') ? ['LRANGE', name, 0, -1] : ['GET', name])),
  );
  return new Map(names.map((name, i) => [name, found[i]!]));
}

/** Every number is there with its value and in its list, in order, and nothing else. Answers how many list elements are there twice. */
export function expectAll(found: ReadonlyMap<string, RedisReply>): number {
  const strings = [...found].filter(([name]) => !name.startsWith('list '));
  const numbers = Array.from({ length: ROWS }, (_, i) => i + 1);
  expect(new Map(strings)).toEqual(new Map(numbers.map((n) => [String(n), `value ${n}`])));
  expect(found.size).toBe(ROWS + LISTS);
  let twice = 0;
  for (let list = 0; list < LISTS; list++) {
    // The newest stands at the head. What was under way when something broke may come again, never before what it followed.
    const elements = (found.get(`list ${list}`) as string[]).toReversed();
    const unique = [...new Set(elements)];
    twice += elements.length - unique.length;
    expect(unique).toEqual(numbers.filter((n) => n % LISTS === list).map(String));
  }
  return twice;
}
