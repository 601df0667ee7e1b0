// A Kafka table that is written (org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSink).
import type { EncodingFormat } from '../../connector/format.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkTarget, SinkWriter } from '../../connector/sink.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { KafkaClientConfig } from './client-config.ts';
import type { MessageColumns } from './columns.ts';
import { WRITABLE_METADATA } from './metadata.ts';
import type { PartitionerName } from './produce/partitioner.ts';
import { KafkaSinkWriter } from './sink-writer.ts';
import type { Subscription } from './source.ts';

export interface KafkaTarget {
  readonly client: KafkaClientConfig;
  /** The topic, or those that the metadata column `topic` may name. */
  readonly topics: Subscription;
  readonly columns: MessageColumns;
  readonly keyFormat: EncodingFormat | null;
  readonly valueFormat: EncodingFormat;
  readonly partitioner: PartitionerName;
  /** at-least-once: `flush` waits for the brokers. */
  readonly atLeastOnce: boolean;
  /** A delete is a message without a value, any other change one with the whole row (upsert-kafka). */
  readonly upsert: boolean;
  /** `sink.parallelism` */
  readonly parallelism: number | undefined;
}

export class KafkaTableSink implements DynamicTableSink {
  readonly kind = 'sink';
  readonly writableMetadata: ReadonlyMap<string, LogicalType> = WRITABLE_METADATA;
  readonly explain: readonly string[] = [];
  readonly warnings: readonly string[];
  readonly parallelism: number | undefined;
  readonly #target: KafkaTarget;

  constructor(target: KafkaTarget, warnings: readonly string[]) {
    this.#target = target;
    this.warnings = warnings;
    this.parallelism = target.parallelism;
  }

  changelogMode(_requested: ChangelogMode): ChangelogMode {
    return this.#target.upsert ? ChangelogMode.upsert : this.#target.valueFormat.changelogMode;
  }

  createWriter(target: SinkTarget, context: RuntimeContext): SinkWriter {
    return new KafkaSinkWriter(this.#target, target, context);
  }
}
