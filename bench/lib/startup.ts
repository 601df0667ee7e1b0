// From the start of the process to the first row out of Kafka, printed: later than the first poll.
import { spawn } from 'node:child_process';
import type { KafkaHandle, RedisHandle } from '../../scripts/services/index.mjs';
import { produce } from '../../test/support/kafka-messages.ts';

const ROUNDS = 15;

/** Milliseconds of each round. */
export async function measureStartUp(cli: string, kafka: KafkaHandle, redis: RedisHandle): Promise<number[]> {
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
  for (let i = 0; i < ROUNDS; i++) times.push(await firstOutput(cli, sql, redis.folder));
  return times;
}

/** Milliseconds until the process has printed something. */
async function firstOutput(cli: string, sql: string, cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, 'run', '-'], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const first = new Promise<number>((resolve, reject) => {
    child.stdout.once('data', () => resolve(performance.now() - started));
    child.once('error', reject);
    child.once('close', () => reject(new Error('the job ended without a row')));
  });
  child.stdin.end(sql);
  const took = await first;
  await ended;
  return took;
}
