// node bench/startup.ts: from the start of the process to the first row out of Kafka, printed: later than the first poll.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce } from '../test/support/kafka-messages.ts';
import { median } from './lib/measure.ts';

const CLI = path.resolve(import.meta.dirname, '../dist/cli.mjs');
const ROUNDS = 15;

/** Milliseconds until the process has printed something. */
function firstOutput(sql: string, cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [CLI, 'run', '-'], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.end(sql);
    child.stdout.once('data', () => resolve(performance.now() - started));
    child.once('error', reject);
    child.once('close', () => reject(new Error('the job ended without a row')));
  });
}

async function main(): Promise<void> {
  const say = (line: string) => console.error(line);
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    await kafka.createTopic('one', 1);
    await produce(kafka.brokers, 'one', ['{"user_id":"u","login_time":"1"}']);
    const sql = `
      CREATE TEMPORARY TABLE kafka_source (user_id STRING, login_time STRING) WITH ('connector' = 'kafka', 'topic' = 'one',
        'properties.bootstrap.servers' = '${kafka.brokers}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset',
        'scan.bounded.mode' = 'latest-offset');
      CREATE TEMPORARY TABLE redis_sink (user_id STRING, login_time STRING, PRIMARY KEY (user_id) NOT ENFORCED)
        WITH ('connector' = 'redis', 'mode' = 'STRING', 'host' = '127.0.0.1', 'port' = '${redis.port}');
      CREATE TEMPORARY TABLE shown (user_id STRING, login_time STRING) WITH ('connector' = 'print');
      EXECUTE STATEMENT SET BEGIN
        INSERT INTO redis_sink SELECT * FROM kafka_source;
        INSERT INTO shown SELECT * FROM kafka_source;
      END;`;
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i++) times.push(await firstOutput(sql, redis.folder));
    const ms = (n: number) => n.toFixed(0);
    console.log(
      `start to the first row: median ${ms(median(times))} ms, ${ms(Math.min(...times))} to ${ms(Math.max(...times))} ms over ${ROUNDS} runs`,
    );
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

await main();
