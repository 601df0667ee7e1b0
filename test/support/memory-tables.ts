// Sources and sinks in memory, for tests of the runtime: what a reader gives and what a writer was given is all there is.

import type { SinkWriter } from '../../src/connector/sink.ts';
import type { Position, SourceReader } from '../../src/connector/source.ts';
import { kindAt, type Row, type RowBatch, rowKindShort } from '../../src/types/row.ts';

/** A change: its kind and its row. */
export type Change = readonly [kind: number, row: Row];

export function batchOf(changes: readonly Change[]): RowBatch {
  return {
    rows: changes.map(([, row]) => row),
    kinds: changes.every(([k]) => k === 0) ? null : Uint8Array.from(changes.map(([k]) => k)),
  };
}

export function changesOf(batch: RowBatch): Change[] {
  return batch.rows.map((row, i) => [kindAt(batch, i), row]);
}

/** `+I[a, 1]` */
export function changeText([kind, row]: Change): string {
  return `${rowKindShort(kind)}[${row.join(', ')}]`;
}

/** Cuts changes into batches of at most `size`, never between a -U and its +U. */
export function batches(changes: readonly Change[], size: number): RowBatch[] {
  const out: RowBatch[] = [];
  let current: Change[] = [];
  for (const change of changes) {
    current.push(change);
    if (current.length < size || change[0] === 1) continue;
    out.push(batchOf(current));
    current = [];
  }
  if (current.length > 0) out.push(batchOf(current));
  return out;
}

export interface MemoryReader extends SourceReader {
  /** Lets this many more batches out; an endless source waits in between. */
  release(count: number): void;
  readonly committed: Position[];
}

/** Gives out `all`, then ends, or (`bounded` false) waits. `log` gets what happens, in order. */
export function memoryReader(
  all: readonly RowBatch[],
  log: string[] = [],
  { bounded = true, released = Number.POSITIVE_INFINITY } = {},
): MemoryReader {
  let next = 0;
  let allowed = released;
  let wake: (() => void) | null = null;
  const committed: Position[] = [];
  const ready = () => next < Math.min(all.length, allowed) || (bounded && next >= all.length);
  return {
    committed,
    release(count) {
      allowed += count;
      wake?.();
    },
    async open(restored) {
      next = restored === null ? 0 : (restored['next'] as number);
      log.push(`open ${next}`);
    },
    async poll() {
      if (!ready()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
      if (bounded && next >= all.length) return null;
      if (next >= Math.min(all.length, allowed)) return { rows: [], kinds: null };
      log.push(`poll ${next}`);
      return all[next++]!;
    },
    wakeUp() {
      wake?.();
    },
    position: () => ({ next }),
    async commit(position) {
      committed.push(position);
      log.push(`commit ${position['next']}`);
    },
    progress: () => ({ pending: all.length - next }),
    async close() {
      log.push('close source');
    },
  };
}

export interface MemoryWriter extends SinkWriter {
  readonly changes: Change[];
}

/** Keeps what is flushed; what was only written is lost at `close`, as with a real buffer. */
export function memoryWriter(
  log: string[] = [],
  failAt: (written: number) => Error | null = () => null,
): MemoryWriter {
  const changes: Change[] = [];
  const buffered: Change[] = [];
  return {
    changes,
    async open() {},
    write(batch) {
      const failure = failAt(changes.length + buffered.length);
      if (failure !== null) throw failure;
      buffered.push(...changesOf(batch));
    },
    async flush(endOfInput) {
      changes.push(...buffered);
      buffered.length = 0;
      log.push(endOfInput ? 'flush end' : 'flush');
    },
    async close() {
      log.push('close sink');
    },
  };
}
