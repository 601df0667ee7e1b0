// Writing a real Kafka: keys, partitions, metadata, codecs, order, back-pressure, a killed broker. What is written is read back
// through Drey's own reader and, where it matters who else can read it, through another client.
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, describe, expect, test } from 'vitest';
import type { SinkWriter } from '../../../src/connector/sink.ts';
import { BYTES, INT, type LogicalType, STRING } from '../../../src/types/logical-type.ts';
import { type Row, RowKind } from '../../../src/types/row.ts';
import { TimestampData } from '../../../src/types/values.ts';
import { sharedKafka, startKafka } from '../../support/services.ts';
import { closeAll, openReader, openWriter, readAll, testRuntime, wholeTopic } from './kafka-table.ts';

afterEach(closeAll);

const into = (brokers: string, topic: string, more: Record<string, string> = {}) => ({
  'properties.bootstrap.servers': brokers,
  topic,
  format: 'raw',
  ...more,
});
const rows = (...values: unknown[]): Row[] => values.map((v) => [v]);

async function writeAll(writer: SinkWriter, all: readonly Row[], size = 1000): Promise<void> {
  for (let at = 0; at < all.length; at += size) {
    await writer.write({ rows: all.slice(at, at + size), kinds: null });
  }
  await writer.flush(true);
}

const whole = async (
  brokers: string,
  topic: string,
  columns: Record<string, LogicalType> = { v: STRING },
  more: Record<string, string> = {},
  metadata: Record<string, LogicalType> = {},
) => readAll(await openReader({ columns, options: wholeTopic(brokers, topic, more), metadata }));

describe('messages', () => {
  test('values in order, with null and empty ones', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('write');
    const runtime = testRuntime();
    const writer = await openWriter({ options: into(kafka.brokers, topic), runtime });
    await writeAll(writer, rows('a', null, '', 'größe 😀'));
    expect(await whole(kafka.brokers, topic)).toEqual(rows('a', null, '', 'größe 😀'));
    const metrics = runtime.registry.read();
    expect(metrics.get('t.numRecordsSend')).toBe(4);
    expect(metrics.get('t.numBytesSend')).toBe(1 + Buffer.byteLength('größe 😀'));
  });

  test('JSON keys and values as Flink writes them', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('keyed');
    const { format: _, ...base } = into(kafka.brokers, topic);
    const spec = {
      columns: { k: STRING, v: STRING },
      options: { ...base, 'key.format': 'json', 'key.fields': 'k', 'value.format': 'json' },
    };
    await writeAll(await openWriter(spec), [['a', 'b']]);
    const columns = { k: STRING, v: STRING };
    const { format: __, ...whole } = wholeTopic(kafka.brokers, topic);
    const raw = {
      ...whole,
      'key.format': 'raw',
      'key.fields': 'k',
      'value.format': 'raw',
      'value.fields-include': 'EXCEPT_KEY',
    };
    expect(await readAll(await openReader({ columns, options: raw }))).toEqual([
      ['{"k":"a"}', '{"k":"a","v":"b"}'],
    ]);
  });

  test('changes in debezium-json', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('changes');
    const writer = await openWriter({ options: into(kafka.brokers, topic, { format: 'debezium-json' }) });
    await writer.write({
      rows: rows('a', 'a', 'b'),
      kinds: Uint8Array.of(RowKind.INSERT, RowKind.UPDATE_BEFORE, RowKind.UPDATE_AFTER),
    });
    await writer.flush(true);
    expect(await whole(kafka.brokers, topic)).toEqual(
      rows(
        '{"before":null,"after":{"v":"a"},"op":"c"}',
        '{"before":{"v":"a"},"after":null,"op":"d"}',
        '{"before":null,"after":{"v":"b"},"op":"c"}',
      ),
    );
  });

  test('topic, headers and time from metadata columns', async () => {
    const kafka = await sharedKafka();
    const [one, two] = [await kafka.createTopic('multi-a'), await kafka.createTopic('multi-b')];
    const map: LogicalType = { root: 'MAP', key: STRING, value: BYTES, nullable: true };
    const time: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
    const metadata = { timestamp: time, topic: STRING, headers: map };
    const writer = await openWriter({ options: into(kafka.brokers, `${one};${two}`), metadata });
    const headers = new Map([['h', Buffer.from('ü')]]);
    const at = (ms: number) => new TimestampData(ms);
    await writeAll(writer, [
      ['x', at(1_700_000_000_001), two, headers],
      ['y', at(1_600_000_000_000), two, null],
    ]);
    expect(await whole(kafka.brokers, one)).toEqual([]);
    expect(await whole(kafka.brokers, two, { v: STRING }, {}, { timestamp: time, headers: map })).toEqual([
      ['x', at(1_700_000_000_001), headers],
      ['y', at(1_600_000_000_000), new Map()],
    ]);
    expect(() => writer.write({ rows: [['z', null, 'elsewhere', null]], kinds: null })).toThrow(
      `The topic of the sink record is not valid. Expected topic to be in: [${one}, ${two}] but was: elsewhere`,
    );
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('compressed with %s', async (codec) => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('packed');
    const options = into(kafka.brokers, topic, { 'properties.compression.type': codec });
    const all = Array.from({ length: 20_000 }, (_, i) => [`message ${i} ${'xyz'.repeat(i % 30)}`]);
    await writeAll(await openWriter({ options }), all);
    expect(await whole(kafka.brokers, topic)).toEqual(all);
  });
});

describe('partitions', () => {
  test('keys go where other clients send them', async () => {
    const kafka = await sharedKafka();
    const [ours, theirs] = [await kafka.createTopic('ours', 7), await kafka.createTopic('theirs', 7)];
    const keys = Array.from({ length: 300 }, (_, i) => `key-${i}-${'ü'.repeat(i % 5)}`);
    const { format: _, ...base } = into(kafka.brokers, ours);
    const columns = { k: STRING, v: STRING };
    const options = { ...base, 'key.format': 'raw', 'key.fields': 'k', 'value.format': 'json' };
    await writeAll(
      await openWriter({ columns, options }),
      keys.map((k) => [k, 'v']),
    );
    const producer = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({ topic: theirs, messages: keys.map((key) => ({ key, value: 'v' })) });
    await producer.disconnect();
    const places = async (topic: string) => {
      const { format: __, ...whole } = wholeTopic(kafka.brokers, topic);
      const raw = {
        ...whole,
        'key.format': 'raw',
        'key.fields': 'k',
        'value.format': 'raw',
        'value.fields-include': 'EXCEPT_KEY',
      };
      const read = await readAll(await openReader({ columns, options: raw, metadata: { partition: INT } }));
      return new Map(read.map((row) => [row[0], row[2]]));
    };
    expect(await places(ours)).toEqual(await places(theirs));
  });

  test('without keys: fixed into the first, default over all, each in order', async () => {
    const kafka = await sharedKafka();
    const all = Array.from({ length: 30_000 }, (_, i) => [`${i} ${'.'.repeat(50)}`]);
    const partitionsOf = async (partitioner: string) => {
      const topic = await kafka.createTopic('spread', 3);
      await writeAll(
        await openWriter({ options: into(kafka.brokers, topic, { 'sink.partitioner': partitioner }) }),
        all,
      );
      const read = await whole(kafka.brokers, topic, { v: STRING }, {}, { partition: INT });
      expect(read.length).toBe(all.length);
      const lists = Map.groupBy(read, (row) => row[1] as number);
      for (const list of lists.values()) {
        const numbers = list.map((row) => Number.parseInt(String(row[0]), 10));
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
      return [...lists.keys()].sort();
    };
    expect(await partitionsOf('fixed')).toEqual([0]);
    expect(await partitionsOf('default')).toEqual([0, 1, 2]);
    expect(await partitionsOf('round-robin')).toEqual([0, 1, 2]);
  });

  test('a topic that does not exist is created by the cluster', async () => {
    const kafka = await sharedKafka();
    const topic = `created-${process.pid}-${Date.now()}`;
    await writeAll(await openWriter({ options: into(kafka.brokers, topic) }), rows('a'));
    expect(await whole(kafka.brokers, topic)).toEqual(rows('a'));
  });

  test.each(['0', '1', 'all'])('acks = %s', async (acks) => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('acks');
    const options = into(kafka.brokers, topic, {
      'properties.acks': acks,
      'sink.delivery-guarantee': 'none',
    });
    const writer = await openWriter({ options });
    await writer.write({ rows: rows('a', 'b'), kinds: null });
    await writer.flush(false);
    await writer.flush(true);
    const reader = await openReader({
      options: wholeTopic(kafka.brokers, topic, { 'scan.bounded.mode': 'unbounded' }),
    });
    expect((await reader.poll(10))?.rows.length).toBeGreaterThan(0);
  });
});

describe('trouble', () => {
  test('a message larger than a request', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('large');
    const writer = await openWriter({ options: into(kafka.brokers, topic) });
    expect(() => writer.write({ rows: rows('x'.repeat(2 ** 20)), kinds: null })).toThrow(
      "is larger than 'properties.max.request.size' (1048576)",
    );
  });

  test('the broker refuses a message: the job hears of it, write and flush fail', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('refused');
    const runtime = testRuntime();
    const options = into(kafka.brokers, topic, { 'properties.max.request.size': '9000000' });
    const writer = await openWriter({ options, runtime });
    await writer.write({ rows: rows('x'.repeat(3_000_000)), kinds: null });
    await expect(writer.flush(true)).rejects.toThrow('MESSAGE_TOO_LARGE');
    expect(runtime.failures.map((e) => e.message)).toEqual([
      `Writing to ${topic}-0: The message is larger than the topic accepts (max.message.bytes). (MESSAGE_TOO_LARGE)`,
    ]);
    expect(() => writer.write({ rows: rows('y'), kinds: null })).toThrow('MESSAGE_TOO_LARGE');
  });

  test('a killed broker: writing waits, and everything arrives once and in order', {
    timeout: 120_000,
  }, async () => {
    const kafka = await startKafka();
    try {
      await kafka.createTopic('t', 2);
      const runtime = testRuntime();
      const options = into(kafka.brokers, 't', {
        'sink.partitioner': 'fixed',
        'properties.buffer.memory': '100000',
        'properties.batch.size': '4000',
      });
      const writer = await openWriter({ options, runtime });
      const all = Array.from({ length: 20_000 }, (_, i) => [`${i} ${'.'.repeat(40)}`]);
      await writeAll(writer, all.slice(0, 5000), 500);
      await kafka.kill();
      const rest = writeAll(writer, all.slice(5000), 500);
      await expect.poll(() => runtime.logged.some((l) => l.startsWith('warn'))).toBe(true);
      await kafka.start();
      await rest;
      expect(await whole(kafka.brokers, 't')).toEqual(all);
      expect(runtime.failures).toEqual([]);
    } finally {
      await closeAll();
      await kafka.close();
    }
  });
});
