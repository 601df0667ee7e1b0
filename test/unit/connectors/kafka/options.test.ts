import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBootstrapServers, readClientConfig } from '../../../../src/connectors/kafka/client-config.ts';
import { kafkaFactory } from '../../../../src/connectors/kafka/factory.ts';
import { parseJaasConfig } from '../../../../src/connectors/kafka/jaas.ts';
import { collectOffsets, readPosition } from '../../../../src/connectors/kafka/position.ts';
import { createPartitioner } from '../../../../src/connectors/kafka/produce/partitioner.ts';
import { parseSpecificOffsets } from '../../../../src/connectors/kafka/specific-offsets.ts';
import { offsetResetOf } from '../../../../src/connectors/kafka/start-offsets.ts';
import { instantOf, wallClock } from '../../../../src/connectors/kafka/wall-clock.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { STRING } from '../../../../src/types/logical-type.ts';
import { FORMATS } from '../../../integration/kafka/kafka-table.ts';

const BASE = { topic: 't', 'properties.bootstrap.servers': 'h:9092', format: 'json' };

function context(options: Record<string, string | undefined>, primaryKey: number[] = []) {
  const given = { connector: 'kafka', ...BASE, ...options };
  const entries = Object.entries(given).filter((e): e is [string, string] => e[1] !== undefined);
  return {
    table: { catalog: 'default_catalog', database: 'default_database', object: 'tab' },
    schema: { fields: ['a', 'b', 'k_c'].map((name) => ({ name, type: STRING })), primaryKey },
    options: new Map(entries),
    config: () => undefined,
    timeZone: 'UTC',
    formats: FORMATS,
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
const source = (options: Record<string, string | undefined>, key?: number[]) =>
  refusal(() => kafkaFactory.createSource!(context(options, key), 'scan'));
const sink = (options: Record<string, string | undefined>, key?: number[]) =>
  refusal(() => kafkaFactory.createSink!(context(options, key)));

describe("Flink's words for what is wrong", () => {
  test.each<[string, Record<string, string | undefined>]>([
    [
      'One or more required options are missing.\n\nMissing required options are:\n\nproperties.bootstrap.servers',
      { 'properties.bootstrap.servers': undefined },
    ],
    ["Either 'topic' or 'topic-pattern' must be set.", { topic: undefined }],
    ["Option 'topic' and 'topic-pattern' shouldn't be set together.", { 'topic-pattern': 'x' }],
    ["Could not find required scan format 'value.format'.", { format: undefined }],
    [
      "'scan.startup.timestamp-millis' is required in 'timestamp' startup mode but missing.",
      { 'scan.startup.mode': 'timestamp' },
    ],
    [
      "'scan.startup.specific-offsets' is required in 'specific-offsets' startup mode but missing.",
      { 'scan.startup.mode': 'specific-offsets' },
    ],
    [
      "'scan.bounded.timestamp-millis' is required in 'timestamp' bounded mode but missing.",
      { 'scan.bounded.mode': 'timestamp' },
    ],
    [
      'Currently Kafka source only supports specific offset for single topic.',
      {
        topic: 'a;b',
        'scan.startup.mode': 'specific-offsets',
        'scan.startup.specific-offsets': 'partition:0,offset:1',
      },
    ],
    [
      "Invalid properties 'scan.startup.specific-offsets' should follow the format 'partition:0,offset:42;partition:1,offset:300', but is 'partition:0'.",
      { 'scan.startup.mode': 'specific-offsets', 'scan.startup.specific-offsets': 'partition:0' },
    ],
    [
      "The option 'key.fields' can only be declared if a key format is defined using 'key.format'.",
      { 'key.fields': 'a' },
    ],
    [
      "A key format 'key.format' requires the declaration of one or more of key fields using 'key.fields'.",
      { 'key.format': 'json' },
    ],
    [
      "Could not find the field 'x' in the table schema for usage in the key format. A key field must be a regular, physical column. The following columns can be selected in the 'key.fields' option:\n[a, b, k_c]",
      { 'key.format': 'json', 'key.fields': 'x' },
    ],
    [
      "All fields in 'key.fields' must be prefixed with 'k_' when option 'key.fields-prefix' is set but field 'a' is not prefixed.",
      {
        'key.format': 'json',
        'key.fields': 'a',
        'key.fields-prefix': 'k_',
        'value.fields-include': 'EXCEPT_KEY',
      },
    ],
    [
      "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. Set it to 'EXCEPT_KEY' instead to avoid field overlaps.",
      { 'key.format': 'json', 'key.fields': 'k_c', 'key.fields-prefix': 'k_' },
    ],
    [
      'A key format should only deal with INSERT-only records. But debezium-json has a changelog mode of [INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE].',
      { 'key.format': 'debezium-json', 'key.fields': 'a' },
    ],
    [
      "Error creating scan format 'json' in option space 'json.'. <- fail-on-missing-field and ignore-parse-errors shouldn't both be true.",
      { 'json.fail-on-missing-field': 'true', 'json.ignore-parse-errors': 'true' },
    ],
    [
      "Invalid value for option 'scan.topic-partition-discovery.interval'. <- text does not start with a number",
      { 'scan.topic-partition-discovery.interval': 'abc' },
    ],
    [
      'auto.offset.reset can not be set to newest. Valid values: [latest,earliest,none]',
      { 'properties.auto.offset.reset': 'newest' },
    ],
    ["Invalid url in 'properties.bootstrap.servers': 'h'.", { 'properties.bootstrap.servers': 'h' }],
  ])('%s', (message, options) => {
    expect(source(options)).toContain(message);
  });

  test('a primary key needs a format that can tell updates', () => {
    expect(source({}, [0])).toBe(
      "The Kafka table 'default_catalog.default_database.tab' with 'json' format doesn't support defining PRIMARY KEY constraint on the table, because it can't guarantee the semantic of primary key.",
    );
    expect(sink({}, [0])).toContain("doesn't support defining PRIMARY KEY constraint");
    expect(source({ format: 'debezium-json' }, [0])).toBe('accepted');
  });

  test('no lookup', () => {
    expect(refusal(() => kafkaFactory.createSource!(context({}), 'lookup'))).toContain(
      'can only be read from front to back',
    );
  });

  test('sinks', () => {
    expect(sink({})).toBe('accepted');
    expect(sink({ 'sink.partitioner': 'com.acme.P' })).toBe(
      "Could not find and instantiate partitioner class 'com.acme.P'",
    );
    expect(sink({ 'sink.partitioner': 'round-robin', 'key.format': 'json', 'key.fields': 'a' })).toBe(
      "Currently 'round-robin' partitioner only works when option 'key.fields' is not specified.",
    );
    expect(sink({ 'sink.delivery-guarantee': 'exactly-once' })).toContain('exactly-once');
    expect(sink({ 'sink.semantic': 'none' })).toBe('accepted');
    expect(sink({ 'scan.startup.mode': 'earliest-offset' })).toBe('accepted');
  });

  test('an unknown option is guessed at', () => {
    expect(source({ 'scan.startup.mod': 'x' })).toContain("Unsupported options found for 'kafka'.");
  });
});

describe('client properties', () => {
  const config = (properties: Record<string, string>) =>
    readClientConfig('h:9092', 'g', new Map(Object.entries(properties)));

  test('defaults', () => {
    expect(config({})).toMatchObject({
      bootstrap: [{ host: 'h', port: 9092 }],
      clientId: 'g',
      tls: null,
      sasl: null,
      readCommitted: false,
      autoOffsetReset: undefined,
      requestTimeoutMs: 30_000,
      ignored: [],
    });
    expect(config({}).producer).toMatchObject({ acks: -1, idempotent: true, compression: 'none' });
    expect(config({ acks: '1' }).producer).toMatchObject({ acks: 1, idempotent: false });
  });

  test('what has no meaning is listed', () => {
    expect(config({ 'session.timeout.ms': '1', 'a.b': 'c' }).ignored).toEqual(['a.b', 'session.timeout.ms']);
  });

  test('logins', () => {
    const login = {
      'security.protocol': 'sasl_ssl',
      'sasl.mechanism': 'scram-sha-512',
      'sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="p";',
    };
    expect(config(login)).toMatchObject({
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
      tls: { verifyHostName: true },
    });
    expect(() => config({ 'security.protocol': 'SASL_SSL' })).toThrow(
      "'properties.sasl.mechanism' is missing",
    );
    expect(() => config({ ...login, 'sasl.mechanism': 'GSSAPI' })).toThrow(
      'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512',
    );
    expect(() => config({ 'security.protocol': 'TLS' })).toThrow(
      'expected one of: [PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL]',
    );
    expect(config({ ...login, 'security.protocol': 'PLAINTEXT' })).toMatchObject({ sasl: null, ignored: [] });
  });

  test('JAAS texts, and no password in an error', () => {
    const plain = (rest: string) => parseJaasConfig(`x.plain.PlainLoginModule required ${rest}`, 'PLAIN');
    expect(plain('username="a\\"b" password="c;=d";')).toEqual({ username: 'a"b', password: 'c;=d' });
    expect(plain("username='a' password=b;")).toEqual({ username: 'a', password: 'b' });
    expect(plain('username="a"\n  password="b"')).toEqual({ username: 'a', password: 'b' });
    for (const text of ['password="secret"', 'PlainLoginModule password="secret";']) {
      expect(() => parseJaasConfig(text, 'PLAIN')).toThrow(/^(?!.*secret).*should have the form/s);
    }
    expect(() => plain('password="secret";')).toThrow(/^(?!.*secret).*lacks username/s);
    expect(() =>
      parseJaasConfig('a.PlainLoginModule required username="u" password="secret";', 'SCRAM-SHA-256'),
    ).toThrow(/^(?!.*secret).*ScramLoginModule/s);
  });

  test('broker addresses', () => {
    expect(parseBootstrapServers(' a:1, PLAINTEXT://b.c-d:22 ,[::1]:3')).toEqual([
      { host: 'a', port: 1 },
      { host: 'b.c-d', port: 22 },
      { host: '::1', port: 3 },
    ]);
    for (const bad of ['', 'a', 'a:', 'a:0', 'a:65536', 'a:b', ':9092']) {
      expect(() => parseBootstrapServers(bad)).toThrow("'properties.bootstrap.servers'");
    }
  });
});

describe('offsets', () => {
  test('specific ones', () => {
    expect(parseSpecificOffsets('partition:0,offset:42;partition:1,offset:300', 'o')).toEqual(
      new Map([
        [0, 42],
        [1, 300],
      ]),
    );
    for (const bad of ['', ';', 'partition:0', 'partition:a,offset:1', 'offset:1,partition:0']) {
      expect(() => parseSpecificOffsets(bad, 'o')).toThrow("Invalid properties 'o' should follow the format");
    }
  });

  test('reset policies by startup mode', () => {
    expect(offsetResetOf('earliest-offset', 'none')).toBe('earliest');
    expect(offsetResetOf('timestamp', 'none')).toBe('latest');
    expect(offsetResetOf('group-offsets', undefined)).toBe('none');
    expect(offsetResetOf('group-offsets', 'latest')).toBe('latest');
  });

  test('positions are plain JSON', () => {
    const offsets = collectOffsets([
      { topic: 'a', partition: 0, offset: 7 },
      { topic: 'a', partition: 1, offset: 2 ** 40 },
      { topic: 'b.c', partition: 0, offset: 0 },
    ]);
    expect(readPosition(JSON.parse(JSON.stringify({ offsets })))).toEqual({ offsets });
    for (const bad of [{}, { offsets: [] }, { offsets: { a: { 0: 'x' } } }, { offsets, stops: 1 }]) {
      expect(() => readPosition(bad)).toThrow('no position of a Kafka source');
    }
  });
});

test('partitioners', () => {
  for (const [task, partition] of [
    [0, 0],
    [4, 4],
    [5, 0],
  ] as const) {
    const fixed = createPartitioner('fixed', task);
    expect(fixed.partition('t', Buffer.from('k'), 5)).toBe(partition);
  }
  const byKey = createPartitioner('default', 0);
  // murmur2('foobar') & 0x7fffffff = 1357151166
  expect(byKey.partition('t', Buffer.from('foobar'), 7)).toBe(1357151166 % 7);
  const first = byKey.partition('t', null, 4);
  expect(byKey.partition('t', null, 4)).toBe(first);
  byKey.onBatchClosed('t');
  expect(byKey.partition('t', null, 4)).toBe((first + 1) % 4);
});

test('wall clocks', () => {
  expect(wallClock(0, 'UTC')).toBe(0);
  expect(wallClock(0, 'Asia/Kolkata')).toBe(5.5 * 3_600_000);
  expect(wallClock(Date.UTC(2024, 6, 1), 'America/New_York')).toBe(Date.UTC(2024, 5, 30, 20));
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), zones, (at, zone) => {
      const local = wallClock(at, zone);
      // Twice a year an hour happens twice.
      expect(wallClock(instantOf(local, zone), zone)).toBe(local);
    }),
  );
});
