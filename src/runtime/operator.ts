// What a running job is made of. Batches are pushed down; a promise in return means "not yet more".
import type { RowBatch } from '../types/row.ts';
import type { RowKey } from './row-key.ts';

/** Hands a batch to whatever comes next. */
export type Output = (batch: RowBatch) => void | Promise<void>;

export interface Operator {
  open?(): Promise<void>;
  /** Takes a batch over. Never called again before a returned promise has settled. */
  process(batch: RowBatch): void | Promise<void>;
  /**
   * Hands on everything in flight and (sinks) has it acknowledged. Called at checkpoints, at the end of input and at a
   * graceful stop, inputs before those that read them; no `process` runs meanwhile.
   */
  drain?(endOfInput: boolean): void | Promise<void>;
  /** State in entries that `encodeValue` can write. Called after `drain`. */
  snapshot?(): Iterable<unknown>;
  restore?: (entries: readonly unknown[]) => void;
  /** The key (`keyOf`) that an entry of state belongs to; absent where state is not kept by key. */
  readonly stateKey?: (entry: unknown) => RowKey;
  close?(): Promise<void>;
}

/** Passes a batch on unless nothing is left of it. */
export function emit(batch: RowBatch, output: Output): void | Promise<void> {
  if (batch.rows.length > 0) return output(batch);
}
