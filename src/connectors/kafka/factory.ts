// The `kafka` connector (org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory): checks in Flink's order and words.
import type { DynamicTableFactory, FactoryContext } from '../../connector/factory.ts';
import type { DecodingFormat, EncodingFormat } from '../../connector/format.ts';
import { findFormat, requireFormat, withFormats } from '../../formats/format-options.ts';
import { type OptionValues, readOptions } from '../../options/read-options.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import { ValidationError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { readClientConfig } from './client-config.ts';
import { messageColumns } from './columns.ts';
import * as options from './options.ts';
import { PARTITIONERS, type PartitionerName } from './produce/partitioner.ts';
import { KafkaTableSink } from './sink.ts';
import { KafkaTableSource, type Subscription } from './source.ts';
import { parseSpecificOffsets } from './specific-offsets.ts';
import type { OffsetRule } from './start-offsets.ts';

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
    checkGuarantee(guarantee);
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
      },
      warnings,
    );
  },
};

function clientConfig(context: FactoryContext, values: OptionValues) {
  return readClientConfig(
    values.get(options.BOOTSTRAP_SERVERS),
    values.find(options.GROUP_ID) ?? `KafkaSource-${summaryString(context.table)}`,
    values.find(options.PROPERTIES) ?? new Map(),
  );
}

function readTopics(values: OptionValues): Subscription {
  const topics = values.find(options.TOPIC);
  const pattern = values.find(options.TOPIC_PATTERN);
  if (topics !== undefined && pattern !== undefined) {
    throw new ValidationError("Option 'topic' and 'topic-pattern' shouldn't be set together.");
  }
  if (pattern !== undefined) {
    try {
      return { pattern: new RegExp(`^(?:${pattern})$`) };
    } catch (cause) {
      throw new ValidationError("Invalid value for option 'topic-pattern'.", { cause });
    }
  }
  if (topics === undefined || topics.length === 0) {
    throw new ValidationError("Either 'topic' or 'topic-pattern' must be set.");
  }
  return { topics: [...new Set(topics)] };
}

function startupRule(values: OptionValues, subscription: Subscription): OffsetRule<options.StartupMode> {
  return offsetRule(
    values.get(options.SCAN_STARTUP_MODE),
    'startup',
    values,
    options.SCAN_STARTUP_TIMESTAMP_MILLIS,
    options.SCAN_STARTUP_SPECIFIC_OFFSETS,
    subscription,
  );
}

function boundedRule(values: OptionValues, subscription: Subscription): OffsetRule<options.BoundedMode> {
  return offsetRule(
    values.get(options.SCAN_BOUNDED_MODE),
    'bounded',
    values,
    options.SCAN_BOUNDED_TIMESTAMP_MILLIS,
    options.SCAN_BOUNDED_SPECIFIC_OFFSETS,
    subscription,
  );
}

function offsetRule<Mode extends string>(
  mode: Mode,
  kind: 'startup' | 'bounded',
  values: OptionValues,
  timestampOption: typeof options.SCAN_STARTUP_TIMESTAMP_MILLIS,
  specificOption: typeof options.SCAN_STARTUP_SPECIFIC_OFFSETS,
  subscription: Subscription,
): OffsetRule<Mode> {
  const needed = <T>(option: Parameters<typeof values.find<T>>[0]): T => {
    const value = values.find(option);
    if (value !== undefined) return value;
    throw new ValidationError(`'${option.key}' is required in '${mode}' ${kind} mode but missing.`);
  };
  if (mode === 'timestamp') return { mode, specific: new Map(), timestamp: needed(timestampOption) };
  if (mode !== 'specific-offsets') return { mode, specific: new Map(), timestamp: 0 };
  const text = needed(specificOption);
  if (!('topics' in subscription) || subscription.topics.length !== 1) {
    throw new ValidationError('Currently Kafka source only supports specific offset for single topic.');
  }
  return { mode, specific: parseSpecificOffsets(text, specificOption.key), timestamp: 0 };
}

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

function checkGuarantee(guarantee: options.DeliveryGuarantee): void {
  if (guarantee !== 'exactly-once') return;
  throw new ValidationError(
    "The 'kafka' sink of Drey does not write in transactions: 'sink.delivery-guarantee' = 'exactly-once' is not available.",
    { hint: "Use 'at-least-once' (the default) or 'none'." },
  );
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
