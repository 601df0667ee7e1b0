// The loop of one pipeline: poll → process, one batch after the other, with a place to pause between two batches.
import type { Clock } from '../types/clock.ts';
import type { RowBatch } from '../types/row.ts';
import type { Operator } from './operator.ts';
import type { RunningSource } from './topology.ts';

/** Longest stretch of work before timers and sockets get their turn. */
const BUSY_MS = 4;

export class PipelineLoop {
  readonly #sources: readonly RunningSource[];
  readonly #operators: readonly Operator[];
  readonly #batchSize: number;
  readonly #clock: Clock;
  readonly #ended = new Set<RunningSource>();
  readonly #polls = new Map<RunningSource, Promise<[RunningSource, RowBatch | null]>>();
  #pause: PromiseWithResolvers<void> | null = null;
  #resume: PromiseWithResolvers<void> | null = null;
  #stopping = false;
  #aborted = false;
  #finished = false;
  #lastYield: number;

  /** @param operators inputs before what reads them */
  constructor(
    sources: readonly RunningSource[],
    operators: readonly Operator[],
    batchSize: number,
    clock: Clock,
  ) {
    this.#sources = sources;
    this.#operators = operators;
    this.#batchSize = batchSize;
    this.#clock = clock;
    this.#lastYield = clock.monotonic();
  }

  /** Resolves at the end of input or after `stop`, with everything drained; rejects with the first failure. */
  async run(): Promise<void> {
    while (!this.#aborted) {
      if (this.#pause !== null) await this.#waitForResume();
      if (this.#stopping || this.#ended.size === this.#sources.length) break;
      await this.#step();
    }
    if (this.#aborted) return;
    await this.#processPending();
    await this.drain(!this.#stopping);
    this.#finished = true;
    this.#pause?.resolve();
  }

  async #step(): Promise<void> {
    const [source, batch] = await this.#next();
    if (batch === null) this.#ended.add(source);
    else if (batch.rows.length > 0 && !this.#aborted) {
      const wait = source.output(batch);
      if (wait !== undefined) await wait;
    }
    if (this.#clock.monotonic() - this.#lastYield < BUSY_MS) return;
    await new Promise(setImmediate);
    this.#lastYield = this.#clock.monotonic();
  }

  async #next(): Promise<[RunningSource, RowBatch | null]> {
    const only = this.#sources.length === 1 ? this.#sources[0] : undefined;
    if (only !== undefined) {
      const polled = only.reader.poll(this.#batchSize);
      return [only, polled instanceof Promise ? await polled : polled];
    }
    for (const source of this.#sources) {
      if (this.#ended.has(source) || this.#polls.has(source)) continue;
      const polled = Promise.resolve(source.reader.poll(this.#batchSize));
      this.#polls.set(
        source,
        polled.then((batch) => [source, batch]),
      );
    }
    const won = await Promise.race(this.#polls.values());
    // A ready source must not starve the others: it goes to the end of the race.
    this.#polls.delete(won[0]);
    return won;
  }

  /** Stands still between two batches, everything polled processed. Resolves when that is so, or the pipeline has ended. */
  pause(): Promise<void> {
    if (this.#finished) return Promise.resolve();
    this.#pause = Promise.withResolvers<void>();
    for (const source of this.#sources) source.reader.wakeUp();
    return this.#pause.promise;
  }

  resume(): void {
    this.#pause = null;
    this.#resume?.resolve();
    this.#resume = null;
  }

  async #waitForResume(): Promise<void> {
    await this.#processPending();
    await this.drain(false);
    const pause = this.#pause;
    if (pause === null) return;
    this.#resume = Promise.withResolvers<void>();
    pause.resolve();
    await this.#resume.promise;
  }

  async #processPending(): Promise<void> {
    for (const source of this.#sources) source.reader.wakeUp();
    for (const poll of [...this.#polls.values()]) {
      const [source, batch] = await poll;
      this.#polls.delete(source);
      if (batch === null) this.#ended.add(source);
      else if (batch.rows.length > 0) await source.output(batch);
    }
  }

  async drain(endOfInput: boolean): Promise<void> {
    for (const operator of this.#operators) await operator.drain?.(endOfInput);
  }

  /** Ends the loop after the batch at hand. */
  stop(): void {
    this.#stopping = true;
    for (const source of this.#sources) source.reader.wakeUp();
  }

  /** Ends the loop without draining: the job has failed or is cancelled. */
  abort(): void {
    this.#aborted = true;
    for (const source of this.#sources) source.reader.wakeUp();
    this.resume();
  }
}
