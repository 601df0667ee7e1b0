// Joins with a table of Redis, one of each kind, as SQL jobs that run while something happens to the server. Every row has to
// come out once, with the value that Redis holds.
import { expect } from 'vitest';
import { ask, connected, type Options } from '../../integration/redis/support.ts';
import { type TestSession, testSession } from '../../support/session.ts';

const KEYS = 60;
/** Keys of the input that Redis does not have. */
const MISSING = 10;
const HASH = 'dim:hash';

/** How the keys are stored, and the options of the table that looks them up. */
const KINDS: Readonly<Record<string, { readonly options: Options; readonly columns?: string }>> = {
  sync: { options: { 'key-prefix': 'dim:s:' } },
  async: { options: { mode: 'HASHMAP', 'key-prefix': 'dim:h:', async: 'true' } },
  // Entries are read again all the time, misses too.
  LRU: { options: { hashName: HASH, cache: 'LRU', cacheSize: '40', cacheTTLMs: '50' } },
  ALL: { options: { 'key-prefix': 'dim:s:', cache: 'ALL', cacheTTLMs: '100' } },
};

const contentOf = (key: number) => `value ${key} €😀`;

/** Writes what the joins find. @param at where to write */
export async function fillDimension(at: Options): Promise<void> {
  const port = await connected({ 'socket.timeout': '10s', ...at }, 'sink');
  const keys = Array.from({ length: KEYS }, (_, key) => key);
  const replies = await ask(
    port,
    ...keys.map((key) => ['SET', `dim:s:${key}`, contentOf(key)]),
    ...keys.map((key) => ['HSET', `dim:h:${key}`, 'v', contentOf(key)]),
    ['HSET', HASH, ...keys.flatMap((key) => [String(key), contentOf(key)])],
  );
  expect(replies.every((reply) => reply === 'OK' || typeof reply === 'number')).toBe(true);
}

export interface LookupOutcome {
  readonly kind: string;
  readonly rows: number;
  /** The longest time without a row. */
  readonly longestGapMs: number;
}

class Join {
  readonly kind: string;
  seen = 0;
  readonly #counts: Uint32Array;
  readonly #wrong: string[] = [];
  #longestGapMs = 0;
  readonly #rows: number;
  readonly done: Promise<void>;

  constructor(kind: string, session: TestSession, rows: number, query: string) {
    this.kind = kind;
    this.#rows = rows;
    this.#counts = new Uint32Array(rows);
    this.done = this.#run(session, query);
    this.done.catch(() => {}); // whoever waits is told
  }

  async #run(session: TestSession, query: string): Promise<void> {
    let last = performance.now();
    for await (const { kind, row } of (await session.env.executeSql(query)).rows) {
      const [n, value] = row as [bigint | number, string | null];
      const key = Number(n) % (KEYS + MISSING);
      const expected = key < KEYS ? contentOf(key) : null;
      if (kind !== '+I' || value !== expected) this.#wrong.push(`${kind} ${n}: ${value}`);
      this.#counts[Number(n)]!++;
      this.seen++;
      const now = performance.now();
      this.#longestGapMs = Math.max(this.#longestGapMs, now - last);
      last = now;
    }
  }

  async finish(): Promise<LookupOutcome> {
    await this.done;
    expect(this.#wrong, this.kind).toEqual([]);
    const notOnce = this.#counts.reduce((sum, count) => sum + (count === 1 ? 0 : 1), 0);
    expect(notOnce, this.kind).toBe(0);
    return { kind: this.kind, rows: this.#rows, longestGapMs: Math.round(this.#longestGapMs) };
  }
}

export class LookupLoad {
  readonly #joins: readonly Join[];

  private constructor(joins: readonly Join[]) {
    this.#joins = joins;
  }

  /**
   * Starts a join of each kind. The input comes evenly, over about `ms`.
   * @param at the options by which tables reach Redis. `timeout`: of asynchronous lookups
   */
  static async start(
    at: Options,
    { ms = 3000, perSecond = 1000, kinds = Object.keys(KINDS), timeout = '3 min' } = {},
  ): Promise<LookupLoad> {
    const rows = Math.round((ms * perSecond) / 1000);
    const session = testSession({ config: { 'table.exec.async-lookup.timeout': timeout } });
    await session.run(
      `CREATE TABLE src (n BIGINT, p AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '${perSecond}',
        'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${rows - 1}')`,
    );
    const joins: Join[] = [];
    for (const kind of kinds) {
      const options = Object.entries({ connector: 'redis', ...KINDS[kind]!.options, ...at });
      await session.run(
        `CREATE TABLE dim_${kind} (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${options
          .map(([key, value]) => `'${key}' = '${value}'`)
          .join(', ')})`,
      );
      joins.push(
        new Join(
          kind,
          session,
          rows,
          `SELECT s.n, d.v FROM (SELECT n, p, CAST(MOD(n, ${KEYS + MISSING}) AS STRING) AS k FROM src) AS s
           LEFT JOIN dim_${kind} FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k`,
        ),
      );
    }
    const load = new LookupLoad(joins);
    await load.more(1);
    return load;
  }

  /** Waits until so many more rows of each join have come out. */
  async more(rows: number, limitMs = 25_000): Promise<void> {
    const goals = this.#joins.map((join) => join.seen + rows);
    const reached = () => this.#joins.every((join, i) => join.seen >= goals[i]!);
    await Promise.race([
      Promise.all(this.#joins.map((join) => join.done)),
      expect.poll(reached, { timeout: limitMs, interval: 5 }).toBe(true),
    ]);
  }

  /** Waits for the end: every row came out once, with the right value. */
  async finish(): Promise<LookupOutcome[]> {
    return await Promise.all(this.#joins.map((join) => join.finish()));
  }

  /** What each join failed of. */
  async failures(): Promise<Error[]> {
    const ends = await Promise.allSettled(this.#joins.map((join) => join.done));
    return ends.map((end, i) => {
      if (end.status === 'fulfilled') throw new Error(`${this.#joins[i]!.kind} did not fail`);
      return end.reason as Error;
    });
  }
}
