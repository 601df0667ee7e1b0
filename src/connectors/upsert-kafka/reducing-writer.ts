// Keeps changes back for a while and writes the last one of each key only
// (org.apache.flink.streaming.connectors.kafka.table.ReducingUpsertWriter). What it holds goes at every checkpoint.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { SinkWriter } from '../../connector/sink.ts';
import type { Timer } from '../../types/clock.ts';
import { kindAt, type Row, type RowBatch, type RowKind } from '../../types/row.ts';

/** Both above zero. */
export interface BufferLimits {
  readonly maxRows: number;
  readonly intervalMs: number;
}

interface Change {
  readonly row: Row;
  readonly kind: RowKind;
}

export class ReducingWriter implements SinkWriter {
  readonly #writer: SinkWriter;
  readonly #identity: (row: Row) => string;
  readonly #limits: BufferLimits;
  readonly #context: RuntimeContext;
  /** By identity, the key that changed last at the end. */
  readonly #changes = new Map<string, Change>();
  readonly #out = new BatchBuilder();
  #timer: Timer | null = null;
  /** What the timer sent and the writer has no room for yet. */
  #sending: Promise<void> | null = null;

  /** @param identity equal for rows of which the later replaces the earlier */
  constructor(
    writer: SinkWriter,
    identity: (row: Row) => string,
    limits: BufferLimits,
    context: RuntimeContext,
  ) {
    this.#writer = writer;
    this.#identity = identity;
    this.#limits = limits;
    this.#context = context;
  }

  open(): Promise<void> {
    return this.#writer.open();
  }

  write(batch: RowBatch): void | Promise<void> {
    if (this.#sending !== null) return this.#sending.then(() => this.#take(batch, 0));
    return this.#take(batch, 0);
  }

  #take(batch: RowBatch, first: number): void | Promise<void> {
    const { rows } = batch;
    for (let i = first; i < rows.length; i++) {
      this.#keep(rows[i]!, kindAt(batch, i));
      if (this.#changes.size < this.#limits.maxRows) continue;
      const wait = this.#send();
      if (wait instanceof Promise) return wait.then(() => this.#take(batch, i + 1));
    }
    if (this.#changes.size > 0) {
      this.#timer ??= this.#context.clock.schedule(this.#limits.intervalMs, () => this.#onTime());
    }
  }

  #keep(row: Row, kind: RowKind): void {
    const id = this.#identity(row);
    this.#changes.delete(id);
    this.#changes.set(id, { row, kind });
  }

  #onTime(): void {
    this.#timer = null;
    // The caller's next write waits for what is under way; the rest goes with it or with the next interval.
    if (this.#sending !== null) return;
    try {
      const wait = this.#send();
      if (!(wait instanceof Promise)) return;
      this.#sending = wait
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#sending = null;
        });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#context.fail(error instanceof Error ? error : new Error(String(error)));
  }

  #send(): void | Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    for (const { row, kind } of this.#changes.values()) this.#out.addKind(row, kind);
    this.#changes.clear();
    return this.#writer.write(this.#out.take());
  }

  async flush(endOfInput: boolean): Promise<void> {
    if (this.#sending !== null) await this.#sending;
    if (this.#changes.size > 0) await this.#send();
    await this.#writer.flush(endOfInput);
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    return this.#writer.close();
  }
}
