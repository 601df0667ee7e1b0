// Planning object of a Redis table that is written.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkTarget, SinkWriter } from '../../connector/sink.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { summaryString } from '../../types/schema.ts';
import { openPort } from './connection.ts';
import type { BoundSink, TableContext } from './modes/mode.ts';
import type { Settings, SinkSettings } from './settings.ts';
import { RedisSinkWriter } from './sink.ts';

export class RedisSink implements DynamicTableSink {
  readonly kind = 'sink';
  readonly writableMetadata: ReadonlyMap<string, LogicalType> = new Map();
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  readonly #context: TableContext;
  readonly #settings: Settings<SinkSettings>;
  readonly #bound: BoundSink;

  /** @throws ValidationError about columns or primary key */
  constructor(context: TableContext, settings: Settings<SinkSettings>) {
    this.#context = context;
    this.#settings = settings;
    this.#bound = settings.own.mode.bindSink(context, settings.own);
    this.explain = [`mode=[${settings.own.mode.name}]`, ...this.#bound.explain];
    this.warnings = settings.warnings;
  }

  changelogMode(): ChangelogMode {
    return ChangelogMode.upsert;
  }

  createWriter(target: SinkTarget, context: RuntimeContext): SinkWriter {
    const { connection, own } = this.#settings;
    return new RedisSinkWriter(
      {
        table: summaryString(this.#context.table),
        encoder: this.#bound.createEncoder(target.targetColumns),
        ignoreDelete: own.ignoreDelete,
        maxRows: own.maxRows,
        intervalMs: own.intervalMs,
        openPort: () => openPort(connection, context),
      },
      context,
    );
  }
}
