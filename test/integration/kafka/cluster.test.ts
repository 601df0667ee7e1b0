// Two brokers, partitions on both; one is killed: its partitions get another leader, reading and writing follow.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../../scripts/services/index.mjs';
import { INT } from '../../../src/types/logical-type.ts';
import type { Row } from '../../../src/types/row.ts';
import { startKafka } from '../../support/services.ts';
import { closeAll, openReader, openWriter, readSome, testRuntime, wholeTopic } from './kafka-table.ts';

type Broker = Awaited<ReturnType<typeof startKafka>>;

let one: Broker;
let two: Broker;
let folder: string;

/** Broker 1 is the controller too; broker 2 is told the same cluster id. */
async function startPair(): Promise<void> {
  const controller = await freePort();
  const ports = [await freePort(), await freePort()] as const;
  const shared = {
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'default.replication.factor': '2',
    'min.insync.replicas': '1',
  };
  one = await startKafka({
    port: ports[0],
    settings: {
      ...shared,
      listeners: `PLAINTEXT://127.0.0.1:${ports[0]},CONTROLLER://127.0.0.1:${controller}`,
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'drey-kafka-2-'));
  mkdirSync(join(folder, 'data'));
  const identity = readFileSync(join(one.folder, 'data', 'meta.properties'), 'utf8')
    .replace(/^node\.id=.*$/m, 'node.id=2')
    .replace(/^directory\.id=.*\n?/m, '');
  writeFileSync(join(folder, 'data', 'meta.properties'), identity);
  two = await startKafka({
    port: ports[1],
    folder,
    settings: {
      ...shared,
      'process.roles': 'broker',
      'node.id': '2',
      listeners: `PLAINTEXT://127.0.0.1:${ports[1]}`,
    },
  });
}

beforeAll(startPair, 180_000);

afterAll(async () => {
  await closeAll();
  await two?.close();
  await one?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test('leaders move, nothing is lost, read twice or out of order', { timeout: 180_000 }, async () => {
  const brokers = `${one.brokers},${two.brokers}`;
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: 't', numPartitions: 4, replicationFactor: 2 }],
  });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['t'] });
  expect(new Set(topics[0]?.partitions.map((p) => p.leader))).toEqual(new Set([1, 2]));
  await admin.disconnect();

  const runtime = testRuntime();
  const writer = await openWriter({
    options: {
      'properties.bootstrap.servers': brokers,
      topic: 't',
      format: 'raw',
      'properties.batch.size': '3000',
      'properties.buffer.memory': '60000',
    },
    runtime,
  });
  const reader = await openReader({
    options: wholeTopic(brokers, 't', { 'scan.bounded.mode': 'unbounded' }),
    metadata: { partition: INT },
    runtime,
  });
  const write = async (from: number, to: number) => {
    for (let at = from; at < to; at += 100) {
      const rows = Array.from({ length: 100 }, (_, i) => [`${at + i} ${'.'.repeat(30)}`]);
      await writer.write({ rows, kinds: null });
    }
    await writer.flush(false);
  };
  await write(0, 5000);
  const read = [...(await readSome(reader, 5000))];
  await two.kill();
  const writing = write(5000, 15_000);
  read.push(...(await readSome(reader, 10_000)));
  await writing;
  await two.start();
  await write(15_000, 20_000);
  read.push(...(await readSome(reader, 5000)));
  const numberOf = (row: Row) => Number.parseInt(String(row[0]), 10);
  for (const list of Map.groupBy(read, (row) => row[1]).values()) {
    const inPartition = list.map(numberOf);
    expect(inPartition).toEqual(inPartition.toSorted((a, b) => a - b));
  }
  const numbers = read.map(numberOf);
  expect(numbers.length).toBe(20_000);
  expect(new Set(numbers).size).toBe(20_000);
  expect(runtime.failures).toEqual([]);
  expect(runtime.logged.filter((line) => line.startsWith('warn')).length).toBeGreaterThan(0);
});
