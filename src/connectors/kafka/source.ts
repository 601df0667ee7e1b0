// A Kafka table that is read (org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSource).
import type { DecodingFormat } from '../../connector/format.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { Position, ScanProjection, ScanTableSource, SourceReader } from '../../connector/source.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { RowKind } from '../../types/row.ts';
import type { KafkaClientConfig } from './client-config.ts';
import type { MessageColumns } from './columns.ts';
import { READABLE_METADATA } from './metadata.ts';
import type { BoundedMode, StartupMode } from './options.ts';
import { mergePositions } from './position.ts';
import { createRecordDecoder } from './record-decoder.ts';
import { KafkaSourceReader } from './source-reader.ts';
import type { OffsetRule } from './start-offsets.ts';

/** Topics by name, or every topic whose whole name matches. */
export type Subscription = { readonly topics: readonly string[] } | { readonly pattern: RegExp };

export interface KafkaScan {
  readonly client: KafkaClientConfig;
  readonly subscription: Subscription;
  readonly columns: MessageColumns;
  readonly keyFormat: DecodingFormat | null;
  readonly valueFormat: DecodingFormat;
  readonly startup: OffsetRule<StartupMode>;
  readonly end: OffsetRule<BoundedMode>;
  /** 0: off. */
  readonly discoveryIntervalMs: number;
  /** Messages are upserts of their key, those without a value deletes (upsert-kafka). */
  readonly upsert: boolean;
  /** `scan.parallelism` */
  readonly parallelism: number | undefined;
}

const UPSERTS = new ChangelogMode([RowKind.UPDATE_AFTER, RowKind.DELETE]);

export class KafkaTableSource implements ScanTableSource {
  readonly kind = 'scan';
  readonly changelogMode: ChangelogMode;
  readonly bounded: boolean;
  readonly readableMetadata: ReadonlyMap<string, LogicalType>;
  readonly parallelism: number | undefined;
  readonly #scan: KafkaScan;

  constructor(scan: KafkaScan) {
    this.#scan = scan;
    this.changelogMode = scan.upsert ? UPSERTS : scan.valueFormat.changelogMode;
    this.bounded = scan.end.mode !== 'unbounded';
    this.parallelism = scan.parallelism;
    const metadata = new Map<string, LogicalType>();
    for (const [key, type] of scan.valueFormat.readableMetadata) metadata.set(`value.${key}`, type);
    for (const [key, type] of READABLE_METADATA) metadata.set(key, type);
    this.readableMetadata = metadata;
  }

  mergePositions(positions: readonly Position[]): Position {
    return mergePositions(positions);
  }

  createReader(projection: ScanProjection, context: RuntimeContext): SourceReader {
    const decoder = createRecordDecoder(this.#scan, projection, context.timeZone);
    return new KafkaSourceReader(this.#scan, decoder, context);
  }
}
