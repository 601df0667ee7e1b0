// The `kafka` connector (org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory): checks in Flink's order and words.
import type { DynamicTableFactory, FactoryContext } from '../../connector/factory.ts';
import type { DecodingFormat, EncodingFormat } from '../../connector/format.ts';
import { findFormat, requireFormat, withFormats } from '../../formats/format-options.ts';
import { type OptionValues, readOptions } from '../../options/read-options.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import { ValidationError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { messageColumns } from './columns.ts';
import * as options from './options.ts';
import { PARTITIONERS, type PartitionerName } from './produce/partitioner.ts';
import { KafkaTableSink } from './sink.ts';
import { KafkaTableSource } from './source.ts';
import { boundedRule, checkGuarantee, clientConfig, readTopics, startupRule } from './table-settings.ts';

/** Synonyms; Flink looks for `format` first and misses `value.format`. */
const VALUE_FORMAT_KEYS = [options.FORMAT.key, options.VALUE_FORMAT.key];

export const kafkaFactory: DynamicTableFactory = {
  identifier: 'kafka',
  options: options.KAFKA_OPTIONS,

  createSource(context, usage) {
    if (usage === 'lookup') {
      throw new ValidationError(
        `Table '${summaryString(context.table)}' of connector 'kafka' can only be read from front to back: it cannot be the right side of a lookup join (FOR SYSTEM_TIME AS OF).`,
      );
    }
    const key = findFormat(context, 'scan', [options.KEY_FORMAT.key]);
    const value = requireFormat(context, 'scan', VALUE_FORMAT_KEYS);
    const values = readOptions('kafka', context.options, withFormats(options.KAFKA_OPTIONS, [key, value]));
    const keyFormat: DecodingFormat | null = key?.decoding(values) ?? null;
    const valueFormat = value.decoding(values);
    if (key !== null && keyFormat !== null) checkKeyFormat(key.identifier, keyFormat.changelogMode);
    const subscription = readTopics(values);
    const startup = startupRule(values, subscription);
    const end = boundedRule(values, subscription);
    checkPrimaryKey(context, value.identifier, valueFormat.changelogMode);
    return new KafkaTableSource({
      client: clientConfig(context, values),
      subscription,
      columns: messageColumns(values, context.schema.fields),
      keyFormat,
      valueFormat,
      startup,
      end,
      discoveryIntervalMs: values.get(options.SCAN_TOPIC_PARTITION_DISCOVERY),
      upsert: false,
      parallelism: values.find(options.SCAN_PARALLELISM),
    });
  },

  createSink(context) {
    const key = findFormat(context, 'sink', [options.KEY_FORMAT.key]);
    const value = requireFormat(context, 'sink', VALUE_FORMAT_KEYS);
    const values = readOptions('kafka', context.options, withFormats(options.KAFKA_OPTIONS, [key, value]));
    const keyFormat: EncodingFormat | null = key?.encoding(values) ?? null;
    const valueFormat = value.encoding(values);
    if (key !== null && keyFormat !== null) checkKeyFormat(key.identifier, keyFormat.changelogMode);
    const guarantee = values.find(options.SINK_SEMANTIC) ?? values.get(options.DELIVERY_GUARANTEE);
    const topics = readTopics(values);
    const partitioner = readPartitioner(values);
    checkGuarantee('kafka', guarantee);
    checkPrimaryKey(context, value.identifier, valueFormat.changelogMode);
    const warnings = values.has(options.SINK_SEMANTIC)
      ? [
          `${options.SINK_SEMANTIC.key} is deprecated and will be removed. Please use ${options.DELIVERY_GUARANTEE.key} instead.`,
        ]
      : [];
    return new KafkaTableSink(
      {
        client: clientConfig(context, values),
        topics,
        columns: messageColumns(values, context.schema.fields),
        keyFormat,
        valueFormat,
        partitioner,
        atLeastOnce: guarantee === 'at-least-once',
        upsert: false,
        parallelism: values.find(options.SINK_PARALLELISM),
      },
      warnings,
    );
  },
};

function readPartitioner(values: OptionValues): PartitionerName {
  const name = values.get(options.SINK_PARTITIONER);
  if (name === 'round-robin' && values.has(options.KEY_FIELDS)) {
    throw new ValidationError(
      "Currently 'round-robin' partitioner only works when option 'key.fields' is not specified.",
    );
  }
  if (name === '') throw new ValidationError("Option 'sink.partitioner' should be a non-empty string.");
  const found = PARTITIONERS.find((p) => p === name);
  if (found !== undefined) return found;
  throw new ValidationError(`Could not find and instantiate partitioner class '${name}'`, {
    hint: `Java classes cannot be loaded. 'sink.partitioner' is one of: ${PARTITIONERS.join(', ')}.`,
  });
}

function checkKeyFormat(format: string, mode: ChangelogMode): void {
  if (mode.containsOnly(RowKind.INSERT)) return;
  throw new ValidationError(
    `A key format should only deal with INSERT-only records. But ${format} has a changelog mode of ${mode}.`,
  );
}

function checkPrimaryKey(context: FactoryContext, format: string, mode: ChangelogMode): void {
  if (context.schema.primaryKey.length === 0 || !mode.containsOnly(RowKind.INSERT)) return;
  throw new ValidationError(
    `The Kafka table '${summaryString(context.table)}' with '${format}' format doesn't support defining PRIMARY KEY constraint on the table, because it can't guarantee the semantic of primary key.`,
  );
}
