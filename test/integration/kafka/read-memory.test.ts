// What has been read is let go, also while there is always more: a job that is slower than Kafka never empties its queue.
import { afterEach, expect, test } from 'vitest';
import type { SourceReader } from '../../../src/connector/source.ts';
import { referredBytes } from '../../support/collect-garbage.ts';
import { produce } from '../../support/kafka-messages.ts';
import { sharedKafka } from '../../support/services.ts';
import { closeAll, openReader, type TestRuntime, testRuntime, wholeTopic } from './kafka-table.ts';

const PARTITIONS = 4;
const MESSAGES = 3200;
const PADDING = 'x'.repeat(10_000);
const MB = 1024 * 1024;
/** Of one partition. */
const FETCH_BYTES = MB / 4;
/** Fetched and not yet polled, at least: more than the chunk that is being read. */
const AHEAD = 1.5 * FETCH_BYTES;
const LIMIT_MS = 20_000;

function* messages() {
  for (let i = 0; i < MESSAGES; i++) yield { value: `${i} ${PADDING}`, partition: i % PARTITIONS };
}

async function bytesAhead(runtime: TestRuntime, rows: number): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const bytesIn = runtime.registry.read().get('t.numBytesIn') ?? 0;
    if (bytesIn - rows * PADDING.length > AHEAD) return;
    if (performance.now() > end) throw new Error(`${bytesIn} bytes have come for ${rows} rows`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Rows up to `rows`, with more waiting at any moment. */
async function readSlowly(reader: SourceReader, runtime: TestRuntime, from: number, rows: number) {
  for (let read = from; read < rows; ) {
    await bytesAhead(runtime, read);
    read += (await reader.poll(10))?.rows.length ?? 0;
  }
}

afterEach(closeAll);

test('chunks of several partitions that have been read are not kept', async () => {
  const kafka = await sharedKafka();
  const topic = await kafka.createTopic('read-memory', PARTITIONS);
  await produce(kafka.brokers, topic, messages());
  const runtime = testRuntime();
  const options = wholeTopic(kafka.brokers, topic, {
    'properties.max.partition.fetch.bytes': String(FETCH_BYTES),
  });
  const reader = await openReader({ options, runtime });
  await readSlowly(reader, runtime, 0, MESSAGES / 8);
  const early = await referredBytes();
  await readSlowly(reader, runtime, MESSAGES / 8, (MESSAGES * 3) / 4);
  // 20 MB have passed meanwhile.
  expect((await referredBytes()) - early).toBeLessThan(8 * MB);
});
