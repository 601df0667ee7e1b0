// A load of changes on tables of every mode, with a model of what Redis has to hold afterwards.
import { expect } from 'vitest';
import type { SinkWriter } from '../../../src/connector/sink.ts';
import type { Reply } from '../../../src/connectors/redis/client/port.ts';
import { RowKind } from '../../../src/types/row.ts';
import type { PhysicalSchema } from '../../../src/types/schema.ts';
import { ask, connected, type Options } from '../../integration/redis/support.ts';
import { batchOf, type Change } from '../../support/memory-tables.ts';
import { openSink, schema, type TestRuntime, testRuntime } from '../../support/redis-table.ts';

/** Rows of each table that a test waits for at a time: more of them make the run longer, not different. */
export const ROWS = Number(process.env['DREY_TEST_FAULT_ROWS'] ?? 1000);
const KEYS = 7;
const FIELDS = 5;
/** In a round: it ends with a flush, so that what is acknowledged is known. */
const ROUND = 200;
/** In the buffer: several batches are on their way in each round. */
const BUFFER = 25;

interface Table {
  readonly options: Options;
  readonly physical: PhysicalSchema;
  change(n: number): Change;
  /** What a key has to hold, of all changes up to `n`; and the command that reads it. */
  expected(key: number, changes: readonly Change[]): unknown;
  read(key: string): (string | number)[];
  found(reply: Reply): unknown;
}

const keyOf = (n: number) => `k${n % KEYS}`;
const ofKey = (key: number, changes: readonly Change[]) =>
  changes.filter(([, row]) => row[0] === `k${key}`).map(([kind, row]) => ({ kind, cells: row.slice(1) }));
const pairs = (reply: Reply) => {
  const flat = reply as string[];
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : [])));
};

const TABLES: Readonly<Record<string, Table>> = {
  STRING: {
    options: { mode: 'STRING' },
    physical: schema(['k', 'v'], ['k']),
    // Now and then a deletion: a change that comes too late would bring the key back.
    change: (n) => [n % 11 === 10 ? RowKind.DELETE : RowKind.INSERT, [keyOf(n), String(n)]],
    expected(key, changes) {
      const last = ofKey(key, changes).at(-1);
      return last === undefined || last.kind === RowKind.DELETE ? null : last.cells[0];
    },
    read: (key) => ['GET', key],
    found: (reply) => reply,
  },
  LIST: {
    options: { mode: 'LIST', 'sink.list.direction': 'right' },
    physical: schema(['k', 'v'], ['k']),
    change: (n) => [RowKind.INSERT, [keyOf(n), String(n)]],
    expected: (key, changes) => ofKey(key, changes).map(({ cells }) => cells[0]),
    read: (key) => ['LRANGE', key, 0, -1],
    found: (reply) => reply,
  },
  SET: {
    options: { mode: 'SET' },
    physical: schema(['k', 'v'], ['k', 'v']),
    // Members come and go: each is there or not by its last change.
    change: (n) => [n % 3 === 2 ? RowKind.DELETE : RowKind.INSERT, [keyOf(n), `m${n % 4}`]],
    expected: (key, changes) => present(ofKey(key, changes)),
    read: (key) => ['SMEMBERS', key],
    found: (reply) => [...(reply as string[])].sort(),
  },
  HASHMAP: {
    options: { mode: 'HASHMAP' },
    physical: schema(['k', 'f', 'v'], ['k', 'f']),
    change: (n) => [n % 13 === 12 ? RowKind.DELETE : RowKind.INSERT, [keyOf(n), `f${n % FIELDS}`, String(n)]],
    expected: (key, changes) => lastOf(ofKey(key, changes), 0, 1),
    read: (key) => ['HGETALL', key],
    found: pairs,
  },
  SORTEDSET: {
    options: { mode: 'SORTEDSET' },
    physical: schema(['k', 'score', 'm'], ['k', 'm']),
    change: (n) => [n % 13 === 12 ? RowKind.DELETE : RowKind.INSERT, [keyOf(n), n, `m${n % FIELDS}`]],
    expected: (key, changes) => lastOf(ofKey(key, changes), 1, 0),
    read: (key) => ['ZRANGE', key, 0, -1, 'WITHSCORES'],
    found: pairs,
  },
};

interface KeyChange {
  readonly kind: number;
  readonly cells: readonly unknown[];
}

function lastOf(changes: readonly KeyChange[], name: number, value: number): Record<string, string> {
  const fields = new Map<string, string>();
  for (const { kind, cells } of changes) {
    if (kind === RowKind.DELETE) fields.delete(String(cells[name]));
    else fields.set(String(cells[name]), String(cells[value]));
  }
  return Object.fromEntries(fields);
}

function present(changes: readonly KeyChange[]): string[] {
  return Object.keys(lastOf(changes, 0, 0)).sort();
}

/** What a load found out. */
export interface SinkOutcome {
  /** Changes written, of all tables. */
  readonly rows: number;
  /** Elements of lists that are there twice. */
  readonly duplicates: number;
  /** The longest time without an acknowledgement. */
  readonly longestGapMs: number;
}

class TableLoad {
  readonly name: string;
  readonly runtime: TestRuntime = testRuntime();
  readonly table: Table;
  readonly changes: Change[] = [];
  acknowledged = 0;
  longestGapMs = 0;
  #writer: SinkWriter | null = null;
  #stopped = false;
  readonly #prefix: string;
  running: Promise<void> = Promise.resolve();

  constructor(name: string, prefix: string) {
    this.name = name;
    this.#prefix = `${prefix}:${name}:`;
    this.table = TABLES[name]!;
  }

  async open(at: Options): Promise<void> {
    const own = { 'sink.buffer-flush.max-rows': String(BUFFER), 'key-prefix': this.#prefix };
    this.#writer = await openSink(
      { ...own, ...this.table.options, ...at },
      this.table.physical,
      this.runtime,
    );
  }

  start(): void {
    this.running = this.#run();
    this.running.catch(() => {}); // whoever waits is told
  }

  async #run(): Promise<void> {
    const writer = this.#writer!;
    let last = performance.now();
    while (!this.#stopped) {
      const from = this.changes.length;
      for (let n = from; n < from + ROUND; n++) this.changes.push(this.table.change(n));
      await writer.write(batchOf(this.changes.slice(from)));
      await writer.flush(false);
      this.acknowledged = this.changes.length;
      const now = performance.now();
      this.longestGapMs = Math.max(this.longestGapMs, now - last);
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 2)); // others want the processor, too
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.running;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#writer?.close();
    await this.running.catch(() => {});
  }

  /** The commands that read all keys. */
  readonly reads = (): (string | number)[][] =>
    Array.from({ length: KEYS }, (_, key) => this.table.read(`${this.#prefix}k${key}`));
}

export class SinkLoad {
  readonly #tables: readonly TableLoad[];

  private constructor(tables: readonly TableLoad[]) {
    this.#tables = tables;
  }

  /** Starts to write into tables of these modes (all of them) until it is stopped. Whoever starts it closes it. */
  static async start(
    at: Options,
    { prefix = 'load', modes = Object.keys(TABLES) }: { prefix?: string; modes?: readonly string[] } = {},
  ): Promise<SinkLoad> {
    const load = new SinkLoad(modes.map((mode) => new TableLoad(mode, prefix)));
    await Promise.all(load.#tables.map((table) => table.open(at)));
    for (const table of load.#tables) table.start();
    return load;
  }

  /** Changes acknowledged so far, of the table that has fewest. */
  get acknowledged(): number {
    return Math.min(...this.#tables.map((table) => table.acknowledged));
  }

  get warnings(): string[] {
    return this.#tables.flatMap((table) => table.runtime.warnings);
  }

  /** The sum of a metric over all tables. */
  metric(name: string): number {
    return this.#tables.reduce((sum, table) => sum + (table.runtime.metric(name) ?? 0), 0);
  }

  /** Waits until so many more changes of each table are acknowledged. @returns how long that took */
  async more(rows = ROWS, limitMs = 25_000): Promise<number> {
    const start = performance.now();
    const goal = this.#tables.map((table) => table.acknowledged + rows);
    await Promise.race([
      Promise.all(this.#tables.map((table) => table.running)),
      expect
        .poll(() => this.#tables.every((table, i) => table.acknowledged >= goal[i]!), {
          timeout: limitMs,
          interval: 5,
        })
        .toBe(true),
    ]);
    return performance.now() - start;
  }

  /** Resolves with the errors of the tables once all of them have failed. */
  async failures(): Promise<Error[]> {
    const ends = await Promise.allSettled(this.#tables.map((table) => table.running));
    return ends.map((end) => {
      if (end.status === 'fulfilled') throw new Error('a table did not fail');
      return end.reason as Error;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#tables.map((table) => table.close()));
  }

  /**
   * Stops writing and compares every key with the model: each list has all of its elements in order (those that were on their
   * way when a connection broke may be there again), each other key holds what its last change says.
   * @param at where to read
   */
  async finish(at: Options): Promise<SinkOutcome> {
    for (const table of this.#tables) await table.stop();
    const port = await connected({ 'socket.timeout': '10s', ...at });
    let duplicates = 0;
    for (const { name, table, changes, reads } of this.#tables) {
      const replies = await ask(port, ...reads());
      for (const [key, reply] of replies.entries()) {
        let found = table.found(reply);
        if (name === 'LIST') {
          const list = found as string[];
          found = [...new Set(list)];
          duplicates += list.length - (found as string[]).length;
        }
        expect(found, `${name} k${key}`).toEqual(table.expected(key, changes));
      }
    }
    return {
      rows: this.#tables.reduce((sum, table) => sum + table.changes.length, 0),
      duplicates,
      longestGapMs: Math.round(Math.max(...this.#tables.map((table) => table.longestGapMs))),
    };
  }
}

/** More elements of a list cannot be there twice after one break: what was on its way. */
export const MOST_REPEATED = ROUND;
