// `sink.parallel-connections`: several writers, each with a connection and a buffer of its own. A row goes to the writer that its
// key's hash names, so that the changes of a key stay in order.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { SinkWriter } from '../../connector/sink.ts';
import { addText, addUnit, HASH_START, mixed } from '../../types/hash.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import { RedisSinkWriter, type SinkWriterSettings } from './sink.ts';
import { SinkMetrics } from './sink-metrics.ts';

/** Behind each part of a key, so that 'a', 'bc' and 'ab', 'c' are not the same. */
const SEPARATOR = 0x1f;

export interface ParallelSettings {
  /** One for each connection. An encoder is not shared. */
  readonly writers: readonly SinkWriterSettings[];
  /** Columns of the Redis key. */
  readonly keyColumns: readonly number[];
}

interface Part {
  rows: Row[];
  kinds: number[];
}

export class ParallelSinkWriter implements SinkWriter {
  readonly #writers: RedisSinkWriter[] = [];
  readonly #keyColumns: readonly number[];

  constructor(settings: ParallelSettings, context: RuntimeContext) {
    const metrics = new SinkMetrics(context.metrics, () => this.#writers);
    for (const writer of settings.writers) this.#writers.push(new RedisSinkWriter(writer, context, metrics));
    this.#keyColumns = settings.keyColumns;
  }

  get encodedColumns(): readonly number[] {
    return this.#writers[0]!.encodedColumns;
  }

  async open(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.open()));
  }

  write(batch: RowBatch): void | Promise<void> {
    const parts = this.#split(batch);
    const waits: Promise<void>[] = [];
    for (let i = 0; i < parts.length; i++) {
      const { rows, kinds } = parts[i]!;
      if (rows.length === 0) continue;
      const wait = this.#writers[i]!.write({
        rows,
        kinds: batch.kinds === null ? null : Uint8Array.from(kinds),
      });
      if (wait !== undefined) waits.push(wait);
    }
    if (waits.length > 0) return Promise.all(waits).then(() => undefined);
  }

  /** The two halves of an update go where their own keys say: a -U without its +U is a deletion, which is what it means then. */
  #split({ rows, kinds }: RowBatch): Part[] {
    const parts: Part[] = this.#writers.map(() => ({ rows: [], kinds: [] }));
    for (let i = 0; i < rows.length; i++) {
      const part = parts[this.#hash(rows[i]!) % parts.length]!;
      part.rows.push(rows[i]!);
      if (kinds !== null) part.kinds.push(kinds[i]!);
    }
    return parts;
  }

  #hash(row: Row): number {
    let hash = HASH_START;
    for (const column of this.#keyColumns) {
      const value = row[column];
      // A key that is NULL is refused by whichever writer gets it.
      hash = addUnit(addText(hash, typeof value === 'string' ? value : String(value)), SEPARATOR);
    }
    return mixed(hash);
  }

  async flush(endOfInput: boolean): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.flush(endOfInput)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()));
  }
}
