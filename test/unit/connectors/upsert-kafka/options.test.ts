import { describe, expect, test } from 'vitest';
import type { ScanTableSource } from '../../../../src/connector/source.ts';
import { upsertKafkaFactory } from '../../../../src/connectors/upsert-kafka/factory.ts';
import { ChangelogMode } from '../../../../src/types/changelog-mode.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { STRING } from '../../../../src/types/logical-type.ts';
import { FORMATS_BY_IDENTIFIER } from '../../../support/formats.ts';

const BASE = {
  topic: 't',
  'properties.bootstrap.servers': 'h:9092',
  'key.format': 'json',
  'value.format': 'json',
};

function context(options: Record<string, string | undefined>, primaryKey: number[]) {
  const given = { connector: 'upsert-kafka', ...BASE, ...options };
  const entries = Object.entries(given).filter((e): e is [string, string] => e[1] !== undefined);
  return {
    table: { catalog: 'default_catalog', database: 'default_database', object: 'tab' },
    schema: { fields: ['k', 'a', 'b'].map((name) => ({ name, type: STRING })), primaryKey },
    options: new Map(entries),
    config: () => undefined,
    timeZone: 'UTC',
    formats: FORMATS_BY_IDENTIFIER,
  };
}

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return errorChain(error).join(' <- ');
  }
  return 'accepted';
}
const source = (options: Record<string, string | undefined>, key = [0]) =>
  refusal(() => upsertKafkaFactory.createSource!(context(options, key), 'scan'));
const sink = (options: Record<string, string | undefined>, key = [0]) =>
  refusal(() => upsertKafkaFactory.createSink!(context(options, key)));

describe("Flink's words for what is wrong", () => {
  const both: [string, Record<string, string | undefined>, number[]?][] = [
    [
      'One or more required options are missing.\n\nMissing required options are:\n\nproperties.bootstrap.servers',
      { 'properties.bootstrap.servers': undefined },
    ],
    ["Either 'topic' or 'topic-pattern' must be set.", { topic: undefined }],
    [
      "'upsert-kafka' tables require to define a PRIMARY KEY constraint. The PRIMARY KEY specifies which columns should be read from or write to the Kafka message key. The PRIMARY KEY also defines records in the 'upsert-kafka' table should update or delete on which keys.",
      {},
      [],
    ],
    [
      "'upsert-kafka' connector doesn't support 'debezium-json' as value format, because 'debezium-json' is not in insert-only mode.",
      { 'value.format': 'debezium-json' },
    ],
    [
      "'upsert-kafka' connector doesn't support 'canal-json' as key format, because 'canal-json' is not in insert-only mode.",
      { 'key.format': 'canal-json' },
    ],
    [
      "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. Set it to 'EXCEPT_KEY' instead to avoid field overlaps.",
      { 'key.fields-prefix': 'k' },
    ],
    [
      "All fields in 'key.fields' must be prefixed with 'q_' when option 'key.fields-prefix' is set but field 'k' is not prefixed.",
      { 'key.fields-prefix': 'q_', 'value.fields-include': 'EXCEPT_KEY' },
    ],
  ];
  test.each(both)('%s', (message, options, key) => {
    expect(source(options, key)).toBe(message);
    expect(sink(options, key)).toBe(message);
  });
  test('a format that is missing', () => {
    expect(source({ 'value.format': undefined })).toBe("Could not find required scan format 'value.format'.");
    expect(sink({ 'key.format': undefined })).toBe("Could not find required sink format 'key.format'.");
  });
  test.each(['scan.startup.mode', 'key.fields', 'format', 'sink.partitioner'])(
    '%s is not an option',
    (key) => {
      expect(source({ [key]: 'x' })).toMatch(
        new RegExp(`^Unsupported options found for 'upsert-kafka'.\n\nUnsupported options:\n\n${key}\n`),
      );
    },
  );
  test('the buffer needs both limits', () => {
    const message =
      "'sink.buffer-flush.max-rows' and 'sink.buffer-flush.interval' must be set to be greater than zero together to enable sink buffer flushing.";
    expect(sink({ 'sink.buffer-flush.max-rows': '10' })).toBe(message);
    expect(sink({ 'sink.buffer-flush.interval': '1 s' })).toBe(message);
    expect(sink({ 'sink.buffer-flush.max-rows': '0', 'sink.buffer-flush.interval': '1s' })).toBe(message);
    expect(sink({ 'sink.buffer-flush.max-rows': '1', 'sink.buffer-flush.interval': '1s' })).toBe('accepted');
    expect(sink({ 'sink.buffer-flush.max-rows': '0', 'sink.buffer-flush.interval': '0' })).toBe('accepted');
  });
  test('transactions', () => {
    expect(sink({ 'sink.delivery-guarantee': 'exactly-once' })).toMatch(/^The 'upsert-kafka' sink of Drey/);
    expect(sink({ 'sink.delivery-guarantee': 'none' })).toBe('accepted');
  });
  test('bounds', () => {
    expect(source({ 'scan.bounded.mode': 'timestamp' })).toBe(
      "'scan.bounded.timestamp-millis' is required in 'timestamp' bounded mode but missing.",
    );
  });
  test('no lookup table', () => {
    expect(refusal(() => upsertKafkaFactory.createSource!(context({}, [0]), 'lookup'))).toMatch(
      /connector 'upsert-kafka' can only be read from front to back/,
    );
  });
});

test('what the changelogs hold', () => {
  const made = upsertKafkaFactory.createSource!(
    context({ 'scan.bounded.mode': 'latest-offset' }, [0]),
    'scan',
  ) as ScanTableSource;
  expect(made.changelogMode.toString()).toBe('[UPDATE_AFTER, DELETE]');
  expect(made.bounded).toBe(true);
  for (const options of [{}, { 'sink.buffer-flush.max-rows': '1', 'sink.buffer-flush.interval': '1s' }]) {
    const mode = upsertKafkaFactory.createSink!(context(options, [0])).changelogMode(ChangelogMode.all);
    expect(mode.equals(ChangelogMode.upsert)).toBe(true);
  }
});
