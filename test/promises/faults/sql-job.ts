// A job from Kafka into Redis, run inside of the test, with what it logs: for faults that end an attempt and not only a
// connection.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { JobHandle } from '../../../src/runtime/job.ts';
import { TableEnvironment } from '../../../src/table-environment/table-environment.ts';
import { type Clock, systemClock } from '../../../src/types/clock.ts';
import { errorChain } from '../../../src/types/errors.ts';
import { ask, connected, type Options } from '../../integration/redis/support.ts';
import { produce } from '../../support/kafka-messages.ts';
import { eventually } from '../../support/redis-table.ts';
import { type SharedKafka, sharedKafka } from '../../support/services.ts';

const KEYS = 9;

export interface SqlJobOptions {
  /** A clock other than the system's keeps the job in one thread. */
  readonly clock?: Clock;
  /** As many partitions; a key is always in the same one. */
  readonly threads?: number;
}

/** One input, written into strings (the last value of each key) and into lists (all of them, in order). */
export class SqlJob {
  /** Warnings and errors. */
  readonly log: string[] = [];
  readonly #kafka: SharedKafka;
  readonly #topic: string;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #threads: number;
  #job: JobHandle | null = null;
  #produced = 0;

  private constructor(kafka: SharedKafka, topic: string, folder: string, clock: Clock, threads: number) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#folder = folder;
    this.#clock = clock;
    this.#threads = threads;
  }

  /** Whoever makes it closes it. */
  static async create({ clock = systemClock, threads = 1 }: SqlJobOptions = {}): Promise<SqlJob> {
    const kafka = await sharedKafka();
    const folder = await mkdtemp(path.join(tmpdir(), 'drey-fault-'));
    return new SqlJob(kafka, await kafka.createTopic('fault', threads), folder, clock, threads);
  }

  get restarts(): number {
    return this.log.filter((line) => line.includes('starts again from its last checkpoint')).length;
  }

  get status(): string {
    return this.#job?.status() ?? 'none';
  }

  /** Threads that it runs in. */
  get threads(): number {
    return this.#job!.parallelism;
  }

  /** Starts the job, from its newest checkpoint if it has run before. */
  async start(at: Options): Promise<void> {
    const tell = (message: string) => void this.log.push(message);
    const env = TableEnvironment.create({
      resume: true,
      clock: this.#clock,
      logger: { debug() {}, info() {}, warn: tell, error: tell },
      config: {
        'pipeline.name': 'faults',
        'parallelism.default': String(this.#threads),
        'execution.checkpointing.dir': this.#folder,
        'execution.checkpointing.interval': '100ms',
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '1000',
        'restart-strategy.fixed-delay.delay': '100ms',
      },
    });
    const redis = Object.entries(at)
      .map(([key, value]) => `, '${key}' = '${value}'`)
      .join('');
    const columns = '(k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED)';
    for (const sql of [
      `CREATE TABLE src (k STRING, v STRING) WITH ('connector' = 'kafka', 'topic' = '${this.#topic}', 'format' = 'json',
        'properties.bootstrap.servers' = '${this.#kafka.brokers}', 'scan.startup.mode' = 'earliest-offset')`,
      `CREATE TABLE strings ${columns} WITH ('connector' = 'redis', 'mode' = 'STRING', 'key-prefix' = 'job:s:',
        'sink.buffer-flush.interval' = '20ms'${redis})`,
      `CREATE TABLE lists ${columns} WITH ('connector' = 'redis', 'mode' = 'LIST', 'key-prefix' = 'job:l:',
        'sink.list.direction' = 'right', 'sink.buffer-flush.interval' = '20ms'${redis})`,
    ])
      await env.executeSql(sql);
    const result = await env.executeSql(`EXECUTE STATEMENT SET BEGIN
      INSERT INTO strings SELECT * FROM src; INSERT INTO lists SELECT * FROM src; END`);
    this.#job = result.job;
    this.#job?.wait().catch(() => {}); // whoever waits is told
  }

  async produce(rows: number): Promise<void> {
    const from = this.#produced;
    this.#produced += rows;
    const messages = Array.from({ length: rows }, (_, i) => {
      const n = from + i;
      const key = n % KEYS;
      return { value: JSON.stringify({ k: `k${key}`, v: `value ${n}` }), partition: key % this.#threads };
    });
    await produce(this.#kafka.brokers, this.#topic, messages);
  }

  /** The sum of a metric over both tables. */
  metric(name: string): number {
    const values = [...(this.#job?.metrics() ?? [])].filter(([path]) => path.endsWith(`.${name}`));
    return values.reduce((sum, [, value]) => sum + value, 0);
  }

  /** Why the job has failed for good. */
  async failure(): Promise<string> {
    const error = await this.#job!.wait().then(
      () => new Error('the job ended'),
      (reason: unknown) => reason,
    );
    return errorChain(error).join('\n');
  }

  /** Waits until all that was produced is in Redis. @param at where to read */
  async untilWritten(at: Options, limitMs = 25_000): Promise<void> {
    const port = await connected(at);
    const newest = Array.from({ length: KEYS }, (_, i) => this.#produced - 1 - i);
    await eventually(async () => {
      if (this.status === 'FAILED') throw new Error(await this.failure());
      const replies = await ask(
        port,
        ...newest.map((n) => ['GET', `job:s:k${n % KEYS}`]),
        ...newest.map((n) => ['LINDEX', `job:l:k${n % KEYS}`, -1]),
      );
      return replies.every((reply, i) => reply === `value ${newest[i % KEYS]}`);
    }, limitMs);
  }

  /** Waits until checkpoints have succeeded for a second: their interval is a tenth of it. */
  async untilSteady(): Promise<void> {
    let seen = -1;
    let since = 0;
    await eventually(() => {
      if (this.restarts !== seen || this.status !== 'RUNNING') since = performance.now();
      seen = this.restarts;
      return performance.now() - since > 1000;
    }, 25_000);
  }

  /**
   * Stops the job and compares: each string holds the last value of its key; each list holds all of them, and what was written again
   * is again in order.
   * @returns elements of lists that are there more than once
   */
  async finish(at: Options): Promise<number> {
    await this.#job?.stop();
    const port = await connected(at);
    const keys = Array.from({ length: KEYS }, (_, key) => key);
    const replies = await ask(
      port,
      ...keys.map((key) => ['GET', `job:s:k${key}`]),
      ...keys.map((key) => ['LRANGE', `job:l:k${key}`, 0, -1]),
    );
    let repeated = 0;
    for (const key of keys) {
      const expected = Array.from({ length: this.#produced }, (_, n) => n)
        .filter((n) => n % KEYS === key)
        .map((n) => `value ${n}`);
      expect(replies[key]).toBe(expected.at(-1));
      const list = replies[KEYS + key] as string[];
      // The last time of each: a run that was cut short may have left a part of itself before.
      expect([...new Set([...list].reverse())].reverse()).toEqual(expected);
      repeated += list.length - expected.length;
    }
    return repeated;
  }

  async close(): Promise<void> {
    await this.#job?.cancel();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
