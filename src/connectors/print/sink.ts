// Prints rows with their kinds, a line each: `+I[1, a]` (org.apache.flink.connector.print.table.PrintTableSinkFactory).
import { type RuntimeContext, subtaskOf } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkWriter } from '../../connector/sink.ts';
import { kindAt, type RowBatch } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';
import { rowPrinter } from '../../types/text/row-text.ts';

export interface PrintSettings {
  /** Undefined: lines begin with the row. */
  readonly identifier: string | undefined;
  readonly standardError: boolean;
  /** `sink.parallelism` */
  readonly parallelism: number | undefined;
}

export function printSink(schema: Schema, settings: PrintSettings): DynamicTableSink {
  return {
    kind: 'sink',
    writableMetadata: new Map(),
    explain: [],
    warnings: [],
    parallelism: settings.parallelism,
    changelogMode: (requested) => requested,
    createWriter: (_, context) => new PrintWriter(schema, settings, context),
  };
}

class PrintWriter implements SinkWriter {
  readonly #print: ReturnType<typeof rowPrinter>;
  readonly #prefix: string;
  readonly #output: (text: string) => void | Promise<void>;
  readonly #sent: { value: number };
  /** The end of what has been handed over. */
  #last: Promise<void> | undefined;

  constructor(schema: Schema, { identifier, standardError }: PrintSettings, context: RuntimeContext) {
    this.#print = rowPrinter(schema);
    const { index, parallelism } = subtaskOf(context);
    const names = [identifier ?? [], parallelism > 1 ? String(index + 1) : []].flat();
    this.#prefix = names.length === 0 ? '' : `${names.join(':')}> `;
    this.#output = standardError ? context.stderr : context.stdout;
    this.#sent = context.metrics.counter('numRecordsSend');
  }

  async open(): Promise<void> {}

  write(batch: RowBatch): void | Promise<void> {
    let text = '';
    for (let i = 0; i < batch.rows.length; i++) {
      text += `${this.#prefix}${this.#print(batch.rows[i]!, kindAt(batch, i))}\n`;
    }
    this.#sent.value += batch.rows.length;
    const taken = this.#output(text);
    if (taken instanceof Promise) this.#last = taken;
    return taken;
  }

  async flush(): Promise<void> {
    await this.#last;
  }

  async close(): Promise<void> {}
}
