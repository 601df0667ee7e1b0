// What a Node team writes by hand: kafkajs, JSON.parse, an ioredis pipeline of 1000. The reference of the benchmark.
// usage: node node-loop.mjs <broker> <topic> <redis port> <rows>
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

const [broker, topic, port, rowsText] = process.argv.slice(2);
const rows = Number(rowsText);
const redis = new Redis({ host: '127.0.0.1', port: Number(port) });
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId: `loop-${process.pid}-${Date.now()}`,
  maxBytesPerPartition: 1 << 20,
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const done = Promise.withResolvers();
let seen = 0;
let started = 0;
if (rows === 0) done.resolve();
await consumer.run({
  eachBatch: async ({ batch }) => {
    if (started === 0) started = performance.now();
    for (let start = 0; start < batch.messages.length; start += 1000) {
      const pipeline = redis.pipeline();
      for (const message of batch.messages.slice(start, start + 1000)) {
        const { id, name } = JSON.parse(message.value.toString());
        pipeline.set(id, name);
      }
      await pipeline.exec();
    }
    seen += batch.messages.length;
    if (seen >= rows) done.resolve();
  },
});
await done.promise;
// Joining the consumer group takes seconds that are no part of the work.
globalThis.benchWallMs = started === 0 ? 0 : performance.now() - started;
await consumer.disconnect();
redis.disconnect();
