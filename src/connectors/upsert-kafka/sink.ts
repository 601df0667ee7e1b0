// An upsert-kafka table that is written through a buffer.
import type { EncodingFormat } from '../../connector/format.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkTarget, SinkWriter } from '../../connector/sink.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { MessageColumns } from '../kafka/columns.ts';
import type { KafkaTableSink } from '../kafka/sink.ts';
import { messageIdentity } from './message-identity.ts';
import { type BufferLimits, ReducingWriter } from './reducing-writer.ts';

export class UpsertKafkaTableSink implements DynamicTableSink {
  readonly kind = 'sink';
  readonly writableMetadata: ReadonlyMap<string, LogicalType>;
  readonly explain: readonly string[];
  readonly warnings: readonly string[];
  readonly parallelism: number | undefined;
  readonly #sink: KafkaTableSink;
  readonly #keyFormat: EncodingFormat;
  readonly #columns: MessageColumns;
  readonly #physical: number;
  readonly #limits: BufferLimits;

  /** @param physical how many columns the table has without metadata */
  constructor(
    sink: KafkaTableSink,
    keyFormat: EncodingFormat,
    columns: MessageColumns,
    physical: number,
    limits: BufferLimits,
  ) {
    this.#sink = sink;
    this.#keyFormat = keyFormat;
    this.#columns = columns;
    this.#physical = physical;
    this.#limits = limits;
    this.writableMetadata = sink.writableMetadata;
    this.explain = sink.explain;
    this.warnings = sink.warnings;
    this.parallelism = sink.parallelism;
  }

  changelogMode(requested: ChangelogMode): ChangelogMode {
    return this.#sink.changelogMode(requested);
  }

  createWriter(target: SinkTarget, context: RuntimeContext): SinkWriter {
    const topic = target.metadata.findIndex((m) => m.key === 'topic');
    const identity = messageIdentity(
      this.#keyFormat.createEncoder(this.#columns.keySchema),
      this.#columns.key,
      topic < 0 ? null : this.#physical + topic,
    );
    return new ReducingWriter(this.#sink.createWriter(target, context), identity, this.#limits, context);
  }
}
