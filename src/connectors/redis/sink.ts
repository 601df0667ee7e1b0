// Writes changes to Redis: encodes them at once, in order, into a batch of commands; sends the batch when it is full, when
// it has waited long enough, or at a flush. Several batches are on their way at a time.
//
// No change replaces an earlier one in the buffer. That would be allowed for some modes (same key, same field), but costs
// a look-up by key for each row, as much as the encoding itself; and every change in its order is right for all of them.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { SinkWriter } from '../../connector/sink.ts';
import type { Timer } from '../../types/clock.ts';
import { EncodedText } from '../../types/encoded-text.ts';
import { ConnectorError } from '../../types/errors.ts';
import { type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { CommandBatch } from './client/command-batch.ts';
import type { PortStats, RedisPort, WriteFailure } from './client/port.ts';
import { type Durability, ReplicaBarrier } from './durability.ts';
import type { ChangeEncoder } from './modes/mode.ts';
import { connectionError, refusalError } from './refusal-error.ts';
import { SinkMetrics, type WriterState } from './sink-metrics.ts';

export interface SinkWriterSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly encoder: ChangeEncoder;
  readonly ignoreDelete: boolean;
  /** Changes in the buffer at which it is sent; 0: sent with the call that brought them. */
  readonly maxRows: number;
  /** Milliseconds since the first buffered change at which it is sent; 0: no timer. */
  readonly intervalMs: number;
  /** Replicas that a flush waits for; null: none. */
  readonly durability: Durability | null;
  openPort(): Promise<RedisPort>;
}

/** A batch is sent when it has this many bytes, whatever its rows. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** Rows of a batch where nothing is buffered between calls. */
const UNBUFFERED_ROWS = 200;
/** Batches on their way; more of them where they are small, so that as many rows can be as keep a server busy for milliseconds. */
const MIN_IN_FLIGHT = 4;
const MAX_IN_FLIGHT = 64;
const ROWS_IN_FLIGHT = 2000;

export class RedisSinkWriter implements SinkWriter, WriterState {
  readonly #settings: SinkWriterSettings;
  readonly #encoder: ChangeEncoder;
  readonly #context: RuntimeContext;
  readonly #metrics: SinkMetrics;
  readonly #batchRows: number;
  readonly #maxInFlight: number;
  readonly #free: CommandBatch[] = [];
  #port: RedisPort | null = null;
  #buffer = new CommandBatch();
  /** Changes in the buffer. */
  #rows = 0;
  /** A -U that waits for the +U that may follow it. */
  #before: Row | null = null;
  /** Batches that were put on their way, ever; each has its number. */
  #sent = 0;
  /** Numbers of those that are not answered, ascending. */
  readonly #underWay = new Set<number>();
  #timer: Timer | null = null;
  /** The timer has rung, but there was no room. */
  #overdue = false;
  #error: Error | null = null;
  #closed = false;
  #settled: PromiseWithResolvers<void> | null = null;
  #barrier: ReplicaBarrier | null = null;
  /** The last batch that the replicas have confirmed. */
  #confirmed = 0;

  /** @param metrics of the table, where it has several writers */
  constructor(settings: SinkWriterSettings, context: RuntimeContext, metrics?: SinkMetrics) {
    this.#settings = settings;
    this.#encoder = settings.encoder;
    this.#context = context;
    this.#metrics = metrics ?? new SinkMetrics(context.metrics, () => [this]);
    this.#batchRows = settings.maxRows === 0 ? UNBUFFERED_ROWS : settings.maxRows;
    const small = Math.ceil(ROWS_IN_FLIGHT / this.#batchRows);
    this.#maxInFlight = Math.min(MAX_IN_FLIGHT, Math.max(MIN_IN_FLIGHT, small));
  }

  get encodedColumns(): readonly number[] {
    return this.#encoder.encoded;
  }

  get portStats(): PortStats | null {
    return this.#port?.stats ?? null;
  }

  get bufferedRecords(): number {
    return this.#rows;
  }

  get bufferFill(): number {
    return Math.min(1, Math.max(this.#rows / this.#batchRows, this.#buffer.byteLength / MAX_BATCH_BYTES));
  }

  get batchesInFlight(): number {
    return this.#underWay.size;
  }

  async open(): Promise<void> {
    this.#port = await this.#settings.openPort();
    if (this.#closed) await this.#port.close(); // closed before there was anything to close
    try {
      await this.#port.connect();
    } catch (reason) {
      throw connectionError(this.#settings.table, 'connecting to', reason);
    }
    const { table, durability } = this.#settings;
    if (durability === null) return;
    this.#barrier = new ReplicaBarrier(table, durability, this.#port);
    await this.#barrier.open();
  }

  write(batch: RowBatch): void | Promise<void> {
    this.#throwError();
    const next = this.#fill(batch, 0);
    if (next < batch.rows.length || !this.#sendWhatIsDue()) return this.#writeRest(batch, next);
    this.#keepBefore();
  }

  async #writeRest(batch: RowBatch, from: number): Promise<void> {
    let next = from;
    while (next < batch.rows.length || !this.#sendWhatIsDue()) {
      await this.#roomOrError();
      next = this.#fill(batch, next);
    }
    this.#keepBefore();
  }

  /** The rows of a call are the caller's again when it is over. */
  #keepBefore(): void {
    if (this.#before !== null)
      this.#before = this.#before.map((cell) => (cell instanceof EncodedText ? cell.copy() : cell));
  }

  async #roomOrError(): Promise<void> {
    while (this.#underWay.size >= this.#maxInFlight && this.#error === null) await this.#nextSettled();
    this.#throwError();
  }

  /** Encodes rows, sending full batches while there is room. @returns the first row that found none */
  #fill(batch: RowBatch, from: number): number {
    const { rows, kinds } = batch;
    let i = from;
    try {
      while (i < rows.length) {
        if (this.#isFull() && !this.#send()) return i;
        i = kinds === null ? this.#encodeInserts(rows, i) : this.#encodeChanges(rows, kinds, i);
      }
    } catch (error) {
      // The row is lost to this writer: nothing may be acknowledged any more.
      this.#error ??= error as Error;
      throw error;
    }
    return i;
  }

  #isFull(): boolean {
    return this.#rows >= this.#batchRows || this.#buffer.byteLength >= MAX_BATCH_BYTES;
  }

  #encodeInserts(rows: readonly Row[], from: number): number {
    const out = this.#buffer;
    const encoder = this.#encoder;
    if (this.#before !== null) this.#deleteBefore(out);
    const end = Math.min(rows.length, from + Math.max(1, this.#batchRows - this.#rows));
    let i = from;
    while (i < end && out.byteLength < MAX_BATCH_BYTES) encoder.upsert(rows[i++]!, out);
    this.#rows += i - from;
    return i;
  }

  #encodeChanges(rows: readonly Row[], kinds: Uint8Array, from: number): number {
    let i = from;
    do {
      this.#change(rows[i]!, kinds[i] as RowKind);
      i++;
    } while (i < rows.length && !this.#isFull());
    return i;
  }

  #change(row: Row, kind: RowKind): void {
    const out = this.#buffer;
    if (this.#before !== null) {
      // An update of the same thing is one write: nobody sees it missing in between.
      const update = kind === RowKind.UPDATE_AFTER && this.#encoder.sameTarget(this.#before, row);
      if (update) this.#before = null;
      else this.#deleteBefore(out);
    }
    switch (kind) {
      case RowKind.INSERT:
      case RowKind.UPDATE_AFTER:
        this.#encoder.upsert(row, out);
        this.#rows++;
        return;
      case RowKind.UPDATE_BEFORE:
        if (!this.#settings.ignoreDelete) this.#before = row;
        return;
      case RowKind.DELETE:
        if (this.#settings.ignoreDelete) return;
        this.#encoder.delete(row, out);
        this.#rows++;
    }
  }

  #deleteBefore(out: CommandBatch): void {
    const row = this.#before!;
    this.#before = null;
    this.#encoder.delete(row, out);
    this.#rows++;
  }

  /** After a call: false when something has to go, and there is no room for it. */
  #sendWhatIsDue(): boolean {
    if (this.#isFull() || (this.#settings.maxRows === 0 && this.#rows > 0)) return this.#send();
    if (this.#rows > 0 || this.#before !== null) this.#startTimer();
    return true;
  }

  #startTimer(): void {
    if (this.#timer !== null || this.#overdue || this.#settings.intervalMs === 0) return;
    this.#timer = this.#context.clock.schedule(this.#settings.intervalMs, () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timer = null;
    if (this.#error !== null || this.#closed) return;
    try {
      if (this.#before !== null) this.#deleteBefore(this.#buffer);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#overdue = !this.#send();
  }

  /** Puts the buffer on its way. False when there is no room. */
  #send(): boolean {
    if (this.#underWay.size >= this.#maxInFlight) return false;
    this.#timer?.cancel();
    this.#timer = null;
    this.#overdue = false;
    const rows = this.#rows;
    this.#rows = 0;
    if (this.#buffer.count === 0) return true; // rows that need no command
    const batch = this.#buffer;
    this.#buffer = this.#free.pop() ?? new CommandBatch();
    const number = ++this.#sent;
    this.#underWay.add(number);
    this.#port!.write(batch).then(
      (failure) => {
        this.#underWay.delete(number);
        this.#onAnswer(batch, rows, failure);
      },
      (reason: unknown) => {
        this.#underWay.delete(number);
        this.#onBroken(batch, rows, reason);
      },
    );
    return true;
  }

  #onAnswer(batch: CommandBatch, rows: number, failure: WriteFailure | null): void {
    if (failure !== null) {
      this.#metrics.failed(rows);
      this.#fail(refusalError(this.#settings.table, batch, failure.index, failure.error));
      return;
    }
    this.#metrics.sent(rows, batch.byteLength);
    batch.reset();
    this.#free.push(batch);
    if (this.#overdue && this.#error === null && !this.#closed) this.#send();
    this.#signal();
  }

  #onBroken(batch: CommandBatch, rows: number, reason: unknown): void {
    this.#metrics.failed(rows);
    this.#fail(connectionError(this.#settings.table, 'writing to', reason, batch));
  }

  #fail(error: Error): void {
    if (this.#error === null && !this.#closed) {
      this.#error = error;
      this.#context.fail(error);
    }
    this.#signal();
  }

  async flush(_endOfInput: boolean): Promise<void> {
    this.#throwError();
    try {
      if (this.#before !== null) this.#deleteBefore(this.#buffer);
    } catch (error) {
      this.#error ??= error as Error;
      throw error;
    }
    while (!this.#send()) await this.#roomOrError();
    // Not those that others send meanwhile: where rows never stop coming, there is always one under way.
    const last = this.#sent;
    while (this.#oldestUnderWay() <= last && this.#error === null) await this.#nextSettled();
    this.#throwError();
    if (this.#barrier !== null && this.#confirmed < last) {
      await this.#passBarrier(this.#barrier);
      this.#confirmed = last;
    }
  }

  #oldestUnderWay(): number {
    for (const number of this.#underWay) return number;
    return Number.POSITIVE_INFINITY;
  }

  async #passBarrier(barrier: ReplicaBarrier): Promise<void> {
    try {
      await barrier.pass();
    } catch (error) {
      this.#error ??= error as Error;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#error ??= new ConnectorError(`Table '${this.#settings.table}': the writer is closed.`);
    this.#timer?.cancel();
    this.#timer = null;
    this.#signal();
    await this.#port?.close();
  }

  #throwError(): void {
    if (this.#error !== null) throw this.#error;
  }

  #nextSettled(): Promise<void> {
    this.#settled ??= Promise.withResolvers<void>();
    return this.#settled.promise;
  }

  #signal(): void {
    const settled = this.#settled;
    this.#settled = null;
    settled?.resolve();
  }
}
