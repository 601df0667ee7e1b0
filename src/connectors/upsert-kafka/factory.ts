// The `upsert-kafka` connector (org.apache.flink.streaming.connectors.kafka.table.UpsertKafkaDynamicTableFactory): a Kafka table
// whose message key is the primary key and whose messages without a value are deletes.
import type { DynamicTableFactory, FactoryContext } from '../../connector/factory.ts';
import { requireFormat, type TableFormat, withFormats } from '../../formats/format-options.ts';
import { type OptionValues, readOptions } from '../../options/read-options.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import { ValidationError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { type MessageColumns, messageColumns } from '../kafka/columns.ts';
import {
  DELIVERY_GUARANTEE,
  KEY_FIELDS,
  SCAN_PARALLELISM,
  SCAN_TOPIC_PARTITION_DISCOVERY,
  SINK_PARALLELISM,
} from '../kafka/options.ts';
import { KafkaTableSink } from '../kafka/sink.ts';
import { KafkaTableSource } from '../kafka/source.ts';
import { boundedRule, checkGuarantee, clientConfig, readTopics } from '../kafka/table-settings.ts';
import {
  KEY_FORMAT,
  SINK_BUFFER_FLUSH_INTERVAL,
  SINK_BUFFER_FLUSH_MAX_ROWS,
  UPSERT_KAFKA_OPTIONS,
  VALUE_FORMAT,
} from './options.ts';
import type { BufferLimits } from './reducing-writer.ts';
import { UpsertKafkaTableSink } from './sink.ts';

/** Whatever the group says: half of a table is none. */
const EARLIEST = { mode: 'earliest-offset', specific: new Map<number, number>(), timestamp: 0 } as const;

export const upsertKafkaFactory: DynamicTableFactory = {
  identifier: 'upsert-kafka',
  options: UPSERT_KAFKA_OPTIONS,

  createSource(context, usage) {
    if (usage === 'lookup') {
      throw new ValidationError(
        `Table '${summaryString(context.table)}' of connector 'upsert-kafka' can only be read from front to back: it cannot be the right side of a lookup join (FOR SYSTEM_TIME AS OF).`,
      );
    }
    const { key, value, values } = readTable(context, 'scan');
    const keyFormat = key.decoding(values);
    const valueFormat = value.decoding(values);
    const subscription = readTopics(values);
    const end = boundedRule(values, subscription);
    checkFormats(key, keyFormat.changelogMode, value, valueFormat.changelogMode);
    return new KafkaTableSource({
      client: clientConfig(context, values),
      subscription,
      columns: upsertColumns(context, values),
      keyFormat,
      valueFormat,
      startup: EARLIEST,
      end,
      discoveryIntervalMs: values.get(SCAN_TOPIC_PARTITION_DISCOVERY),
      upsert: true,
      parallelism: values.find(SCAN_PARALLELISM),
    });
  },

  createSink(context) {
    const { key, value, values } = readTable(context, 'sink');
    const keyFormat = key.encoding(values);
    const valueFormat = value.encoding(values);
    const topics = readTopics(values);
    checkFormats(key, keyFormat.changelogMode, value, valueFormat.changelogMode);
    const columns = upsertColumns(context, values);
    const buffer = bufferLimits(values);
    const guarantee = values.get(DELIVERY_GUARANTEE);
    checkGuarantee('upsert-kafka', guarantee);
    const sink = new KafkaTableSink(
      {
        client: clientConfig(context, values),
        topics,
        columns,
        keyFormat,
        valueFormat,
        partitioner: 'default',
        atLeastOnce: guarantee === 'at-least-once',
        upsert: true,
        parallelism: values.find(SINK_PARALLELISM),
      },
      [],
    );
    if (buffer === null) return sink;
    return new UpsertKafkaTableSink(sink, keyFormat, columns, context.schema.fields.length, buffer);
  },
};

function readTable(context: FactoryContext, use: 'scan' | 'sink') {
  const key = requireFormat(context, use, [KEY_FORMAT.key]);
  const value = requireFormat(context, use, [VALUE_FORMAT.key]);
  const values = readOptions(
    'upsert-kafka',
    context.options,
    withFormats(UPSERT_KAFKA_OPTIONS, [key, value]),
  );
  return { key, value, values };
}

/** A delete is known by its missing value, not by what a format says. */
function checkFormats(
  key: TableFormat,
  keyMode: ChangelogMode,
  value: TableFormat,
  valueMode: ChangelogMode,
): void {
  for (const [role, { identifier }, mode] of [
    ['key', key, keyMode],
    ['value', value, valueMode],
  ] as const) {
    if (mode.containsOnly(RowKind.INSERT)) continue;
    throw new ValidationError(
      `'upsert-kafka' connector doesn't support '${identifier}' as ${role} format, because '${identifier}' is not in insert-only mode.`,
    );
  }
}

/** The columns of the primary key are the key's. */
function upsertColumns({ schema }: FactoryContext, values: OptionValues): MessageColumns {
  if (schema.primaryKey.length === 0) {
    throw new ValidationError(
      "'upsert-kafka' tables require to define a PRIMARY KEY constraint. The PRIMARY KEY specifies which columns should be read from or write to the Kafka message key. The PRIMARY KEY also defines records in the 'upsert-kafka' table should update or delete on which keys.",
    );
  }
  const keyFields = schema.primaryKey.map((i) => schema.fields[i]!.name);
  return messageColumns(
    {
      get: (option) => values.get(option),
      find: <T>(option: Parameters<typeof values.find<T>>[0]) =>
        option.key === KEY_FIELDS.key ? (keyFields as T) : values.find(option),
      has: (option) => option.key === KEY_FIELDS.key || values.has(option),
    },
    schema.fields,
  );
}

function bufferLimits(values: OptionValues): BufferLimits | null {
  const maxRows = values.get(SINK_BUFFER_FLUSH_MAX_ROWS);
  const intervalMs = values.get(SINK_BUFFER_FLUSH_INTERVAL);
  if (maxRows > 0 && intervalMs > 0) return { maxRows, intervalMs };
  if (maxRows <= 0 && intervalMs <= 0) return null;
  throw new ValidationError(
    `'${SINK_BUFFER_FLUSH_MAX_ROWS.key}' and '${SINK_BUFFER_FLUSH_INTERVAL.key}' must be set to be greater than zero together to enable sink buffer flushing.`,
  );
}
