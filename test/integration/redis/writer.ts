// A load on a port that shows afterwards whether every change arrived, in order.
import { expect } from 'vitest';
import { CommandBatch } from '../../../src/connectors/redis/client/command-batch.ts';
import type { RedisPort } from '../../../src/connectors/redis/client/port.ts';
import { ask } from './support.ts';

/** Batches on their way at a time. */
const IN_FLIGHT = 4;
const BATCH = 20;

/** Writes until it is told to stop: appends numbers to lists and sets strings. */
export class Writer {
  readonly #port: RedisPort;
  readonly #keys: readonly string[];
  readonly #running: Promise<unknown>;
  /** Changes of each key so far. */
  readonly counts: number[];
  #stopped = false;
  #turn = 0;
  #acknowledged = 0;

  constructor(port: RedisPort, keys: readonly string[]) {
    this.#port = port;
    this.#keys = keys;
    this.counts = keys.map(() => 0);
    this.#running = Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#run()));
    // whoever waits next is told
    this.#running.catch(() => {});
  }

  async #run(): Promise<void> {
    const batch = new CommandBatch();
    while (!this.#stopped) {
      batch.reset();
      for (let i = 0; i < BATCH; i++) {
        const k = this.#turn++ % this.#keys.length;
        const value = String(this.counts[k]!++);
        batch.add3('RPUSH', this.#keys[k]!, value);
        batch.add3('SET', newest(this.#keys[k]!), value);
      }
      const failure = await this.#port.write(batch);
      if (failure !== null) throw new Error(failure.error.message);
      this.#acknowledged += BATCH;
    }
  }

  /** Waits until so many more changes of each key (as many in all) are acknowledged. */
  async more(changes: number, timeout = 20_000): Promise<void> {
    const goal = this.#acknowledged + changes * this.#keys.length;
    await Promise.race([
      this.#running,
      expect.poll(() => this.#acknowledged >= goal, { timeout, interval: 5 }).toBe(true),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Each list has every number once, in order, and each string the last. */
  async expectExact(port: RedisPort): Promise<void> {
    const { lists, strings } = await this.#read(port);
    for (const [i, list] of lists.entries()) expect(list).toEqual(numbers(this.counts[i]!));
    expect(strings).toEqual(this.counts.map((count) => String(count - 1)));
  }

  /**
   * Each list has every number, the first times in order; what was on its way at a break may be there twice. Each string
   * has the last.
   * @returns how many elements are there twice
   */
  async expectAtLeastOnce(port: RedisPort): Promise<number> {
    const { lists, strings } = await this.#read(port);
    let repeated = 0;
    for (const [i, list] of lists.entries()) {
      expect([...new Set(list)]).toEqual(numbers(this.counts[i]!));
      repeated += list.length - this.counts[i]!;
    }
    expect(strings).toEqual(this.counts.map((count) => String(count - 1)));
    return repeated;
  }

  /**
   * Each list has its numbers in order, none twice, up to the last; where the servers lost some, they are missing.
   * @returns how many are missing
   */
  async expectOrdered(port: RedisPort): Promise<number> {
    const { lists, strings } = await this.#read(port);
    let missing = 0;
    for (const [i, list] of lists.entries()) {
      const found = list.map(Number);
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
      expect(found.at(-1)).toBe(this.counts[i]! - 1);
      missing += this.counts[i]! - found.length;
    }
    expect(strings).toEqual(this.counts.map((count) => String(count - 1)));
    return missing;
  }

  async #read(port: RedisPort): Promise<{ lists: string[][]; strings: string[] }> {
    const replies = await ask(
      port,
      ['MGET', ...this.#keys.map(newest)],
      ...this.#keys.map((key) => ['LRANGE', key, 0, -1]),
    );
    return { strings: replies[0] as string[], lists: replies.slice(1) as string[][] };
  }
}

/** More than what is on its way at a time, both commands of each change. */
export const MOST_REPEATED = IN_FLIGHT * BATCH;

function newest(key: string): string {
  return `{${key}}:newest`;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n));
}
