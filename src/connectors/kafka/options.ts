// The options of `kafka` tables, as in Flink's Kafka connector (3.4). `properties.*` goes to the client: see client-config.ts.
import { option } from '../../options/config-option.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';

export const CONNECTOR = option('connector')
  .string()
  .describe("'kafka' reads and writes Kafka topics with changelogs as the format has them.");

export const BOOTSTRAP_SERVERS = option('properties.bootstrap.servers')
  .string()
  .describe('Brokers to begin with: host:port, separated by commas.');

export const GROUP_ID = option('properties.group.id')
  .string()
  .describe("Consumer group whose offsets are read and committed. Default: 'KafkaSource-{table}'.")
  .role('source');

export const PROPERTIES = option('properties')
  .map()
  .describe('Settings of the Kafka client, such as properties.security.protocol.');

export const TOPIC = option('topic')
  .list()
  .describe("Topics, separated by ';'. In a sink with the metadata column 'topic': the topics it may name.");

export const TOPIC_PATTERN = option('topic-pattern')
  .string()
  .describe('Regular expression; every topic whose whole name matches is read. Instead of topic.');

export const FORMAT = option('format').string().describe('Format of the message value.');
export const VALUE_FORMAT = option('value.format').string().describe("The same as 'format'.");
export const KEY_FORMAT = option('key.format')
  .string()
  .describe('Format of the message key; needs key.fields.');
export const KEY_FIELDS = option('key.fields')
  .list()
  .describe("Columns that the message key holds, separated by ';'.");
export const KEY_FIELDS_PREFIX = option('key.fields-prefix')
  .string()
  .describe("What the names of the key's columns start with in the table but not in the message.");
export const VALUE_FIELDS_INCLUDE = option('value.fields-include')
  .enum(['ALL', 'EXCEPT_KEY'])
  .default('ALL')
  .describe('Whether the message value holds the columns of the key too.');

export const STARTUP_MODES = [
  'earliest-offset',
  'latest-offset',
  'group-offsets',
  'timestamp',
  'specific-offsets',
] as const;
export type StartupMode = (typeof STARTUP_MODES)[number];

export const SCAN_STARTUP_MODE = option('scan.startup.mode')
  .enum(STARTUP_MODES)
  .default('group-offsets')
  .describe('Where to begin without a checkpoint.')
  .role('source');
export const SCAN_STARTUP_SPECIFIC_OFFSETS = option('scan.startup.specific-offsets')
  .string()
  .describe('Offsets to begin at: partition:0,offset:42;partition:1,offset:300.')
  .role('source');
export const SCAN_STARTUP_TIMESTAMP_MILLIS = option('scan.startup.timestamp-millis')
  .long()
  .describe('Time to begin at, milliseconds since 1970-01-01 UTC.')
  .role('source');

export const BOUNDED_MODES = [
  'unbounded',
  'latest-offset',
  'group-offsets',
  'timestamp',
  'specific-offsets',
] as const;
export type BoundedMode = (typeof BOUNDED_MODES)[number];

export const SCAN_BOUNDED_MODE = option('scan.bounded.mode')
  .enum(BOUNDED_MODES)
  .default('unbounded')
  .describe('Where to end.')
  .role('source');
export const SCAN_BOUNDED_SPECIFIC_OFFSETS = option('scan.bounded.specific-offsets')
  .string()
  .describe('Offsets to end before: partition:0,offset:42;partition:1,offset:300.')
  .role('source');
export const SCAN_BOUNDED_TIMESTAMP_MILLIS = option('scan.bounded.timestamp-millis')
  .long()
  .describe('Time to end at, milliseconds since 1970-01-01 UTC.')
  .role('source');

export const SCAN_TOPIC_PARTITION_DISCOVERY = option('scan.topic-partition-discovery.interval')
  .duration()
  .default(5 * 60_000)
  .describe('How often to look for new topics and partitions; 0 turns it off. Not for bounded reading.')
  .role('source');

export const SCAN_PARALLELISM = option('scan.parallelism')
  .int()
  .atLeast(1)
  .describe(
    'How many readers share the partitions, at most `parallelism.default`; when fewer, their rows are dealt out to as many threads.',
  )
  .role('source');
export const SINK_PARALLELISM = option('sink.parallelism')
  .int()
  .atLeast(1)
  .describe('How many writers there are, at most `parallelism.default`.')
  .role('sink');

export const SINK_PARTITIONER = option('sink.partitioner')
  .string()
  .default('default')
  .describe(
    "'default': by the hash of the key, without a key batch by batch; 'fixed': one partition a writer; 'round-robin': without a key only.",
  )
  .role('sink');

export const DELIVERY_GUARANTEES = ['at-least-once', 'exactly-once', 'none'] as const;
export type DeliveryGuarantee = (typeof DELIVERY_GUARANTEES)[number];

export const DELIVERY_GUARANTEE = option('sink.delivery-guarantee')
  .enum(DELIVERY_GUARANTEES)
  .default('at-least-once')
  .describe('at-least-once: a checkpoint waits until the brokers have everything. none: it does not.')
  .role('sink');
export const SINK_SEMANTIC = option('sink.semantic')
  .enum(DELIVERY_GUARANTEES)
  .describe('Deprecated name of sink.delivery-guarantee.')
  .role('sink');
export const TRANSACTIONAL_ID_PREFIX = option('sink.transactional-id-prefix')
  .string()
  .describe('For exactly-once only.')
  .role('sink');
export const TRANSACTION_NAMING_STRATEGY = option('sink.transaction-naming-strategy')
  .enum(['DEFAULT', 'INCREMENTING', 'POOLING'])
  .default('DEFAULT')
  .describe('For exactly-once only.')
  .role('sink');

export const KAFKA_OPTIONS: OptionDeclarations = {
  required: [CONNECTOR, BOOTSTRAP_SERVERS],
  optional: [
    FORMAT,
    KEY_FORMAT,
    KEY_FIELDS,
    KEY_FIELDS_PREFIX,
    VALUE_FORMAT,
    VALUE_FIELDS_INCLUDE,
    TOPIC,
    TOPIC_PATTERN,
    GROUP_ID,
    PROPERTIES,
    SCAN_STARTUP_MODE,
    SCAN_STARTUP_SPECIFIC_OFFSETS,
    SCAN_STARTUP_TIMESTAMP_MILLIS,
    SCAN_BOUNDED_MODE,
    SCAN_BOUNDED_SPECIFIC_OFFSETS,
    SCAN_BOUNDED_TIMESTAMP_MILLIS,
    SCAN_TOPIC_PARTITION_DISCOVERY,
    SCAN_PARALLELISM,
    SINK_PARTITIONER,
    SINK_PARALLELISM,
    DELIVERY_GUARANTEE,
    SINK_SEMANTIC,
    TRANSACTIONAL_ID_PREFIX,
    TRANSACTION_NAMING_STRATEGY,
  ],
};
