// Planning object of a Redis table that is written.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkTarget, SinkWriter } from '../../connector/sink.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { ValidationError } from '../../types/errors.ts';
import { BIGINT, type LogicalType, typeToString } from '../../types/logical-type.ts';
import { summaryString } from '../../types/schema.ts';
import { openPort } from './connection.ts';
import { ttlColumn } from './modes/columns.ts';
import { tableName } from './modes/messages.ts';
import type { BoundSink, TableContext } from './modes/mode.ts';
import { isWholeNumber } from './modes/row-key.ts';
import { ParallelSinkWriter } from './parallel-sink.ts';
import type { Settings, SinkSettings } from './settings.ts';
import { RedisSinkWriter, type SinkWriterSettings } from './sink.ts';

/** A row's own time to live, in milliseconds. */
const TTL = 'ttl';

export class RedisSink implements DynamicTableSink {
  readonly kind = 'sink';
  readonly writableMetadata: ReadonlyMap<string, LogicalType> = new Map([[TTL, BIGINT]]);
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
    const { own } = this.#settings;
    const writer = () => this.#writerSettings(target, context);
    if (own.parallelConnections === 1) return new RedisSinkWriter(writer(), context);
    const { keyColumns } = this.#bound;
    return new ParallelSinkWriter(
      { writers: Array.from({ length: own.parallelConnections }, writer), keyColumns },
      context,
    );
  }

  #writerSettings(target: SinkTarget, context: RuntimeContext): SinkWriterSettings {
    const { connection, own } = this.#settings;
    const { durabilityReplicas: replicas, durabilityTimeoutMs: timeoutMs } = own;
    return {
      table: summaryString(this.#context.table),
      encoder: this.#bound.createEncoder({
        columns: target.targetColumns,
        ttlColumn: this.#ttlColumn(target),
      }),
      ignoreDelete: own.ignoreDelete,
      maxRows: own.maxRows,
      intervalMs: own.intervalMs,
      durability: replicas === 0 ? null : { replicas, timeoutMs },
      openPort: () => openPort(connection, context),
    };
  }

  /** The metadata column stands behind the physical ones. */
  #ttlColumn(target: SinkTarget): number | null {
    const ofOption = ttlColumn(this.#context, this.#settings.own);
    const at = target.metadata.findIndex((m) => m.key === TTL);
    if (at < 0) return ofOption;
    if (ofOption !== null) {
      throw new ValidationError(
        `${tableName(this.#context)} has both 'expiration.column' and a metadata column '${TTL}': which of them is the time to live?`,
      );
    }
    const { type } = target.metadata[at]!;
    if (isWholeNumber(type)) return this.#context.schema.fields.length + at;
    throw new ValidationError(
      `${tableName(this.#context)} declares metadata column '${TTL}' as ${typeToString(type)}, but a time to live is milliseconds: BIGINT, INT, SMALLINT or TINYINT.`,
    );
  }
}
