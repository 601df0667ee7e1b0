// What the options of `kafka` and `upsert-kafka` tables have in common, checked in Flink's words (KafkaConnectorOptionsUtil).
import type { FactoryContext } from '../../connector/factory.ts';
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import { summaryString } from '../../types/schema.ts';
import { readClientConfig } from './client-config.ts';
import * as options from './options.ts';
import type { Subscription } from './source.ts';
import { parseSpecificOffsets } from './specific-offsets.ts';
import type { OffsetRule } from './start-offsets.ts';

export function clientConfig(context: FactoryContext, values: OptionValues) {
  return readClientConfig(
    values.get(options.BOOTSTRAP_SERVERS),
    values.find(options.GROUP_ID) ?? `KafkaSource-${summaryString(context.table)}`,
    values.find(options.PROPERTIES) ?? new Map(),
  );
}

export function readTopics(values: OptionValues): Subscription {
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

export function startupRule(
  values: OptionValues,
  subscription: Subscription,
): OffsetRule<options.StartupMode> {
  return offsetRule(
    values.get(options.SCAN_STARTUP_MODE),
    'startup',
    values,
    options.SCAN_STARTUP_TIMESTAMP_MILLIS,
    options.SCAN_STARTUP_SPECIFIC_OFFSETS,
    subscription,
  );
}

export function boundedRule(
  values: OptionValues,
  subscription: Subscription,
): OffsetRule<options.BoundedMode> {
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

export function checkGuarantee(connector: string, guarantee: options.DeliveryGuarantee): void {
  if (guarantee !== 'exactly-once') return;
  throw new ValidationError(
    `The '${connector}' sink of Drey does not write in transactions: 'sink.delivery-guarantee' = 'exactly-once' is not available.`,
    { hint: "Use 'at-least-once' (the default) or 'none'." },
  );
}
