// Reading a real Kafka: startup and bounded modes, keys, metadata, codecs, partitions, groups.
import { CompressionAlgorithms, Producer } from '@platformatic/kafka';
import { afterEach, describe, expect, test } from 'vitest';
import type { Position, SourceReader } from '../../../src/connector/source.ts';
import { BIGINT, BYTES, INT, STRING } from '../../../src/types/logical-type.ts';
import { TimestampData } from '../../../src/types/values.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type SharedKafka, sharedKafka, startKafka } from '../../support/services.ts';
import {
  closeAll,
  openReader,
  readAll,
  readChanges,
  readSome,
  tableSource,
  testRuntime,
  wholeTopic,
} from './kafka-table.ts';

interface Message {
  readonly value: string | Buffer | null;
  readonly key?: string;
  readonly partition?: number;
  readonly timestamp?: number;
  readonly headers?: ReadonlyMap<string, string>;
}

async function produce(
  brokers: string,
  topic: string,
  messages: readonly Message[],
  compression?: keyof typeof CompressionAlgorithms,
): Promise<void> {
  // Idempotent: when one partition of a fresh topic is not ready yet, the client sends the others' batches again too.
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: [brokers], idempotent: true });
  const bytes = (text: string) => Buffer.from(text);
  try {
    await producer.send({
      messages: messages.map(({ value, key, partition = 0, timestamp, headers }) => ({
        topic,
        partition,
        value: (value === null ? null : Buffer.from(value as string)) as Buffer,
        ...(key === undefined ? {} : { key: bytes(key) }),
        ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
        ...(headers === undefined
          ? {}
          : { headers: new Map([...headers].map(([k, v]) => [bytes(k), bytes(v)])) }),
      })),
      ...(compression === undefined ? {} : { compression: CompressionAlgorithms[compression] }),
    });
  } finally {
    await producer.close();
  }
}

async function topicOf(values: readonly (string | null)[], partitions = 1): Promise<[SharedKafka, string]> {
  const kafka = await sharedKafka();
  const topic = await kafka.createTopic('read', partitions);
  const messages = values.map((value, i) => ({ value, partition: i % partitions }));
  if (messages.length > 0) await produce(kafka.brokers, topic, messages);
  return [kafka, topic];
}

const values = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row[0]);
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

afterEach(closeAll);

describe('startup and bounded modes', () => {
  test('earliest to latest', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const reader = await openReader({ options: wholeTopic(kafka.brokers, topic) });
    expect(values(await readAll(reader))).toEqual(DIGITS);
    expect(reader.progress()).toEqual({ pending: 0, fraction: 1 });
  });

  test('an empty topic ends at once', async () => {
    const [kafka, topic] = await topicOf([]);
    const reader = await openReader({ options: wholeTopic(kafka.brokers, topic) });
    expect(reader.poll(10)).toBeNull();
  });

  test('latest: only what comes later', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const options = wholeTopic(kafka.brokers, topic, {
      'scan.startup.mode': 'latest-offset',
      'scan.bounded.mode': 'unbounded',
    });
    const reader = await openReader({ options });
    await produce(kafka.brokers, topic, [{ value: 'new' }]);
    expect(values(await readSome(reader, 1))).toEqual(['new']);
  });

  test('timestamp: from the first record of that time on, to the first of the other', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('times');
    const now = Date.now();
    await produce(
      kafka.brokers,
      topic,
      DIGITS.map((value, i) => ({ value, timestamp: now + i * 1000 })),
    );
    const at = (from: number, to: number) =>
      wholeTopic(kafka.brokers, topic, {
        'scan.startup.mode': 'timestamp',
        'scan.startup.timestamp-millis': String(now + from),
        'scan.bounded.mode': 'timestamp',
        'scan.bounded.timestamp-millis': String(now + to),
      });
    expect(values(await readAll(await openReader({ options: at(2500, 6000) })))).toEqual(['3', '4', '5']);
    expect(values(await readAll(await openReader({ options: at(7000, 99_000) })))).toEqual(['7', '8', '9']);
    expect(values(await readAll(await openReader({ options: at(99_000, 99_000) })))).toEqual([]);
  });

  test('specific offsets; partitions left out begin and end at the beginning', async () => {
    const [kafka, topic] = await topicOf(DIGITS, 2);
    const options = wholeTopic(kafka.brokers, topic, {
      'scan.startup.mode': 'specific-offsets',
      'scan.startup.specific-offsets': 'partition:0,offset:2',
      'scan.bounded.mode': 'specific-offsets',
      'scan.bounded.specific-offsets': 'partition:0,offset:4;partition:1,offset:1',
      'properties.group.id': `${topic}-specific`,
    });
    expect(values(await readAll(await openReader({ options }))).sort()).toEqual(['1', '4', '6']);
  });

  test('group offsets: from the committed one on, to the committed one', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const group = { 'properties.group.id': `${topic}-group` };
    const first = await openReader({
      options: wholeTopic(kafka.brokers, topic, { ...group, 'scan.bounded.mode': 'unbounded' }),
    });
    expect(values((await first.poll(4))?.rows ?? [])).toEqual(['0', '1', '2', '3']);
    await first.commit(first.position());
    const rest = wholeTopic(kafka.brokers, topic, { ...group, 'scan.startup.mode': 'group-offsets' });
    expect(values(await readAll(await openReader({ options: rest })))).toEqual(DIGITS.slice(4));
    const before = wholeTopic(kafka.brokers, topic, { ...group, 'scan.bounded.mode': 'group-offsets' });
    expect(values(await readAll(await openReader({ options: before })))).toEqual(DIGITS.slice(0, 4));
  });

  test('group offsets without any: as auto.offset.reset says, else an error', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const options = wholeTopic(kafka.brokers, topic, {
      'scan.startup.mode': 'group-offsets',
      'properties.group.id': `${topic}-none`,
    });
    await expect(openReader({ options })).rejects.toThrow(
      `Undefined offset with no reset policy for partitions: [${topic}-0]`,
    );
    const earliest = { ...options, 'properties.auto.offset.reset': 'earliest' };
    expect(values(await readAll(await openReader({ options: earliest })))).toEqual(DIGITS);
    const latest = { ...options, 'properties.auto.offset.reset': 'latest' };
    expect(values(await readAll(await openReader({ options: latest })))).toEqual([]);
    const bounded = {
      ...options,
      'scan.startup.mode': 'earliest-offset',
      'scan.bounded.mode': 'group-offsets',
    };
    await expect(openReader({ options: bounded })).rejects.toThrow('should stop at committed offset');
  });

  test('offsets out of range: earliest goes on at the beginning, none fails', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const specific = wholeTopic(kafka.brokers, topic, {
      'scan.startup.mode': 'specific-offsets',
      'scan.startup.specific-offsets': 'partition:0,offset:1000',
      'scan.bounded.mode': 'unbounded',
    });
    const runtime = testRuntime();
    expect(values(await readSome(await openReader({ options: specific, runtime }), 10))).toEqual(DIGITS);
    expect(runtime.logged.join()).toContain(`Fetch position 1000 is out of range for partition ${topic}-0`);
    const group = wholeTopic(kafka.brokers, topic, { 'scan.startup.mode': 'group-offsets' });
    const restored = { offsets: { [topic]: { 0: 1000 } } };
    const none = await openReader({ options: { ...group, 'scan.bounded.mode': 'unbounded' }, restored });
    await expect(async () => readSome(none, 1)).rejects.toThrow('no reset policy');
  });
});

describe('messages', () => {
  test('null and empty values', async () => {
    const [kafka, topic] = await topicOf(['a', null, '', 'b']);
    expect(await readAll(await openReader({ options: wholeTopic(kafka.brokers, topic) }))).toEqual([
      ['a'],
      [null],
      [''],
      ['b'],
    ]);
    const json = wholeTopic(kafka.brokers, topic, { format: 'json', 'json.ignore-parse-errors': 'true' });
    expect(await readAll(await openReader({ options: json }))).toEqual([]);
  });

  test('Unicode and escapes through JSON', async () => {
    const texts = [
      'größe',
      '日本語',
      '😀 smile',
      'quote " and \\ slash',
      'line\nbreak',
      '\u0000',
      'a'.repeat(70_000),
    ];
    const [kafka, topic] = await topicOf(texts.map((v) => JSON.stringify({ v })));
    const options = wholeTopic(kafka.brokers, topic, { format: 'json' });
    expect(values(await readAll(await openReader({ options })))).toEqual(texts);
  });

  test('key columns, with a prefix, and metadata of every kind', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('keys', 2);
    const headers = new Map([
      ['trace', 'ü'],
      ['empty', ''],
    ]);
    await produce(kafka.brokers, topic, [
      { key: '{"id":"k1"}', value: '{"id":"v1","n":7}', partition: 1, timestamp: 1_700_000_000_123, headers },
    ]);
    const { format: _, ...base } = wholeTopic(kafka.brokers, topic);
    const options = {
      ...base,
      'key.format': 'json',
      'key.fields': 'k_id',
      'key.fields-prefix': 'k_',
      'value.fields-include': 'EXCEPT_KEY',
      'value.format': 'json',
    };
    const [row] = await readAll(
      await openReader({
        columns: { id: STRING, k_id: STRING, n: INT },
        options,
        physical: [2, 1, 0],
        metadata: {
          offset: BIGINT,
          topic: STRING,
          partition: INT,
          'leader-epoch': INT,
          timestamp: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false },
          'timestamp-type': STRING,
          headers: { root: 'MAP', key: STRING, value: BYTES, nullable: true },
        },
      }),
    );
    expect(row).toEqual([
      7,
      'k1',
      'v1',
      0n,
      topic,
      1,
      0,
      new TimestampData(1_700_000_000_123),
      'CreateTime',
      new Map([
        ['trace', Buffer.from('ü')],
        ['empty', Buffer.alloc(0)],
      ]),
    ]);
  });

  test('metadata as other types than their own', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('casts');
    await produce(kafka.brokers, topic, [{ value: 'x', timestamp: 1_700_000_000_123 }]);
    const read = async (metadata: Parameters<typeof openReader>[0]['metadata']) =>
      (
        await readAll(
          await openReader({
            options: wholeTopic(kafka.brokers, topic),
            timeZone: 'Asia/Kolkata',
            ...(metadata === undefined ? {} : { metadata }),
          }),
        )
      )[0];
    expect(await read({ timestamp: { root: 'TIMESTAMP', precision: 3, nullable: true } })).toEqual([
      'x',
      new TimestampData(1_700_000_000_123 + 5.5 * 3_600_000),
    ]);
    expect(await read({ timestamp: STRING, offset: STRING })).toEqual(['x', '2023-11-15 03:43:20.123', '0']);
    await expect(read({ offset: BYTES })).rejects.toThrow("Invalid data type for metadata column 'offset'");
  });

  test("changes and the format's own metadata", async () => {
    const image = (v: string) => ({ v });
    const [kafka, topic] = await topicOf(
      [
        { before: null, after: image('a'), op: 'c' },
        { before: image('a'), after: image('b'), op: 'u' },
        { before: image('b'), after: null, op: 'd' },
      ].map((m) => JSON.stringify({ ...m, source: { table: 'tbl' }, ts_ms: 1 })),
    );
    const options = wholeTopic(kafka.brokers, topic, { format: 'debezium-json' });
    const metadata = { offset: BIGINT, 'value.source.table': STRING };
    expect(await readChanges(await openReader({ options, metadata }))).toEqual([
      '+I[a, 0, tbl]',
      '-U[a, 1, tbl]',
      '+U[b, 1, tbl]',
      '-D[b, 2, tbl]',
    ]);
  });

  test('a message that cannot be decoded: after the rows before it, with its place', async () => {
    const [kafka, topic] = await topicOf(['{"v":"a"}', '{"v":"b"}', 'poison', '{"v":"c"}']);
    const reader = await openReader({ options: wholeTopic(kafka.brokers, topic, { format: 'json' }) });
    expect(values(await readSome(reader, 2))).toEqual(['a', 'b']);
    expect(reader.position()).toMatchObject({ offsets: { [topic]: { 0: 2 } } });
    await expect(async () => reader.poll(10)).rejects.toThrow(
      `Failed to deserialize the record at offset 2 of partition 0 of Kafka topic '${topic}'.`,
    );
  });

  test.each(['NONE', 'GZIP', 'SNAPPY', 'LZ4', 'ZSTD'] as const)('compressed with %s', async (codec) => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('codec');
    const texts = Array.from({ length: 20_000 }, (_, i) => `message ${i} ${'ab'.repeat(i % 40)}`);
    for (let at = 0; at < texts.length; at += 5000) {
      const messages = texts.slice(at, at + 5000).map((value) => ({ value }));
      await produce(kafka.brokers, topic, messages, codec);
    }
    expect(values(await readAll(await openReader({ options: wholeTopic(kafka.brokers, topic) })))).toEqual(
      texts,
    );
  });
});

describe('partitions and positions', () => {
  test('all partitions, each in order; a row limit a poll', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => String(i));
    const [kafka, topic] = await topicOf(many, 3);
    const reader = await openReader({
      options: wholeTopic(kafka.brokers, topic),
      metadata: { partition: INT },
    });
    const rows = [];
    for (let batch = await reader.poll(100); batch !== null; batch = await reader.poll(100)) {
      expect(batch.rows.length).toBeLessThanOrEqual(100);
      rows.push(...batch.rows);
    }
    for (let p = 0; p < 3; p++) {
      expect(values(rows.filter((r) => r[1] === p))).toEqual(many.filter((_, i) => i % 3 === p));
    }
  });

  test('goes on from a position, to the end that was set at first', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => String(i));
    const [kafka, topic] = await topicOf(many, 2);
    const options = wholeTopic(kafka.brokers, topic);
    const first = await openReader({ options });
    const before = await readSome(first, 1700, 170);
    const restored = JSON.parse(JSON.stringify(first.position()));
    await first.close();
    await produce(kafka.brokers, topic, [{ value: 'later' }]);
    const after = await readAll(await openReader({ options, restored }));
    expect(values([...before, ...after]).sort()).toEqual([...many].sort());
  });

  test('readers share the partitions, also when there are more or fewer of them afterwards', async () => {
    const many = Array.from({ length: 6000 }, (_, i) => String(i));
    const [kafka, topic] = await topicOf(many, 3);
    const options = wholeTopic(kafka.brokers, topic);
    const source = tableSource({ options });
    const openAll = (parallelism: number, restored: Position | null) => {
      const all = Array.from({ length: parallelism }, (_, index) =>
        openReader({
          options,
          ...(restored === null ? {} : { restored }),
          runtime: testRuntime(undefined, 'UTC', { index, parallelism }),
        }),
      );
      return Promise.all(all);
    };
    for (const [before, between, after] of [
      [1, 2, 5],
      [4, 3, 1],
    ] as const) {
      const first = await openAll(before, null);
      const busiest = first.find((reader) => (reader.progress().fraction ?? 1) < 1)!;
      const head = await readSome(busiest, 900, 90);
      const second = await openAll(between, source.mergePositions(first.map((r) => r.position())));
      const idle = second.filter((reader) => reader.progress().fraction === 1);
      expect(idle).toHaveLength(Math.max(0, between - 3));
      const middle = await readSome(second[0]!, 700, 70);
      const third = await openAll(after, source.mergePositions(second.map((r) => r.position())));
      const tail = await Promise.all(third.map((reader) => readAll(reader)));
      expect(values([...head, ...middle, ...tail.flat()]).sort()).toEqual([...many].sort());
    }
  });

  test('a position of topics that are gone is left out with a warning', async () => {
    const [kafka, topic] = await topicOf(['a']);
    const runtime = testRuntime();
    const restored = { offsets: { [topic]: { 0: 0, 7: 3 }, other: { 0: 1 } }, stops: {} };
    expect(
      values(
        await readAll(await openReader({ options: wholeTopic(kafka.brokers, topic), restored, runtime })),
      ),
    ).toEqual(['a']);
    expect(runtime.logged.filter((l) => l.startsWith('warn'))).toEqual([
      `warn The checkpoint holds a position of ${topic}-7, which does not exist any more: it is left out`,
      'warn The checkpoint holds a position of other-0, which is not part of the table any more: it is left out',
    ]);
  });

  test('several topics, and topics by pattern', async () => {
    const kafka = await sharedKafka();
    const [one, two] = [await kafka.createTopic('pat-a'), await kafka.createTopic('pat-b')];
    await produce(kafka.brokers, one, [{ value: 'one' }]);
    await produce(kafka.brokers, two, [{ value: 'two' }]);
    const list = wholeTopic(kafka.brokers, `${one};${two}`);
    expect(values(await readAll(await openReader({ options: list }))).sort()).toEqual(['one', 'two']);
    const { topic: _, ...base } = list;
    const pattern = { ...base, 'topic-pattern': 'pat-[ab]-\\d+' };
    expect(values(await readAll(await openReader({ options: pattern }))).sort()).toEqual(['one', 'two']);
    const none = { ...base, 'topic-pattern': 'pat' };
    expect(values(await readAll(await openReader({ options: none })))).toEqual([]);
  });

  test('new partitions and topics are found and read from their beginning', async () => {
    const kafka = await sharedKafka();
    const name = await kafka.createTopic('grow');
    const clock = new ManualClock();
    const runtime = testRuntime({
      ...clock,
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      schedule: (ms, task) => clock.schedule(ms, task),
    });
    const { topic: _, ...options } = wholeTopic(kafka.brokers, name, {
      'topic-pattern': `${name}.*`,
      'scan.startup.mode': 'latest-offset',
      'scan.bounded.mode': 'unbounded',
    });
    const reader = await openReader({ options, runtime, metadata: { topic: STRING } });
    const late = `${name}-late-`;
    const created = await kafka.createTopic(late);
    await produce(kafka.brokers, created, [{ value: 'from the new topic' }]);
    const rows = readSome(reader, 1);
    await clock.advance(5 * 60_000);
    expect(await rows).toEqual([['from the new topic', created]]);
    expect(runtime.logged).toContain(`info New Kafka partitions: ${created}-0`);
  });

  test('wakeUp ends a waiting poll with no rows', async () => {
    const [kafka, topic] = await topicOf([]);
    const reader = await openReader({
      options: wholeTopic(kafka.brokers, topic, { 'scan.bounded.mode': 'unbounded' }),
    });
    const polled = reader.poll(10);
    expect(polled).toBeInstanceOf(Promise);
    reader.wakeUp();
    expect(await polled).toEqual({ rows: [], kinds: null });
  });

  test('pending records are known', async () => {
    const [kafka, topic] = await topicOf(DIGITS);
    const runtime = testRuntime();
    const reader = await openReader({
      options: wholeTopic(kafka.brokers, topic, { 'scan.bounded.mode': 'unbounded' }),
      runtime,
    });
    await reader.poll(4);
    expect(reader.progress()).toEqual({ pending: 6 });
    expect(runtime.registry.read().get('t.pendingRecords')).toBe(6);
    await reader.commit(reader.position());
    expect(runtime.registry.read().get('t.KafkaSourceReader.commitsSucceeded')).toBe(1);
    expect(
      runtime.registry.read().get(`t.KafkaSourceReader.topic.${topic}.partition.0.committedOffset`),
    ).toBe(4);
  });
});

describe('what is wrong', () => {
  const failing = async (options: Record<string, string>): Promise<Error> => {
    try {
      await openReader({ options });
    } catch (error) {
      return error as Error;
    }
    throw new Error('it did not fail');
  };

  test('a topic that does not exist', async () => {
    const kafka = await sharedKafka();
    const error = await failing(wholeTopic(kafka.brokers, 'no-such-topic'));
    expect(error.message).toBe('Failed to get metadata for topics [no-such-topic].');
    expect((error.cause as Error).message).toContain('This server does not host this topic-partition.');
  });

  test('nobody listens', async () => {
    const options = wholeTopic('127.0.0.1:1', 't', {
      'properties.socket.connection.setup.timeout.ms': '300',
    });
    const error = await failing(options);
    expect(error.message).toBe("Cannot connect to Kafka at '127.0.0.1:1'.");
    expect((error.cause as Error).message).toContain('ECONNREFUSED');
  });

  test('a server that accepts and never answers', async () => {
    const { createServer } = await import('node:net');
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const error = await failing(
      wholeTopic(`127.0.0.1:${port}`, 't', { 'properties.socket.connection.setup.timeout.ms': '300' }),
    );
    expect((error.cause as Error).message).toContain('no answer');
    server.close();
  });
});

describe('transactions', () => {
  async function transactional(topic: string, brokers: string): Promise<void> {
    const producer = new Producer({
      clientId: 'tx',
      bootstrapBrokers: [brokers],
      idempotent: true,
      transactionalId: `${topic}-tx`,
      retries: 0,
    });
    try {
      for (const [texts, commits] of [
        [['a', 'b'], true],
        [['x', 'y'], false],
        [['c'], true],
        [['z'], false],
      ] as const) {
        const transaction = await producer.beginTransaction();
        await transaction.send({
          messages: texts.map((t) => ({ topic, partition: 0, value: Buffer.from(t) })),
        });
        await (commits ? transaction.commit() : transaction.abort());
      }
    } finally {
      await producer.close();
    }
  }

  test('read_committed leaves out what was given up, read_uncommitted reads all; both end', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('tx');
    await transactional(topic, kafka.brokers);
    const all = await openReader({ options: wholeTopic(kafka.brokers, topic) });
    expect(values(await readAll(all))).toEqual(['a', 'b', 'x', 'y', 'c', 'z']);
    const committed = await openReader({
      options: wholeTopic(kafka.brokers, topic, { 'properties.isolation.level': 'read_committed' }),
    });
    expect(values(await readAll(committed))).toEqual(['a', 'b', 'c']);
  });
});

describe('outages', () => {
  test('a broker that is killed and comes back: nothing is lost or read twice', {
    timeout: 120_000,
  }, async () => {
    const kafka = await startKafka();
    try {
      await kafka.createTopic('t', 2);
      const many = Array.from({ length: 40_000 }, (_, i) => ({ value: String(i), partition: i % 2 }));
      await produce(kafka.brokers, 't', many);
      const runtime = testRuntime();
      const options = wholeTopic(kafka.brokers, 't', {
        'scan.bounded.mode': 'unbounded',
        'properties.max.partition.fetch.bytes': '20000',
      });
      const reader: SourceReader = await openReader({ options, runtime });
      const rows = await readSome(reader, 10_000, 500);
      await kafka.kill();
      const rest = readSome(reader, 30_001 + (10_000 - rows.length), 500);
      await reader.commit(reader.position());
      await kafka.start();
      await produce(kafka.brokers, 't', [{ value: 'after' }]);
      const all = values([...rows, ...(await rest)]);
      expect(all.length).toBe(40_001);
      expect(new Set(all).size).toBe(40_001);
      expect(runtime.logged.filter((l) => l.startsWith('warn')).join()).toContain('reading goes on');
      expect(runtime.logged.join()).toContain('Kafka answers again');
    } finally {
      await closeAll();
      await kafka.close();
    }
  });
});
