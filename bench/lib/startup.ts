// From the start of the process to its first poll of Kafka, and to the first row printed.
import { spawn } from 'node:child_process';
import { type RedisHandle, startKafka } from '../../scripts/services/index.mjs';
import { produce } from '../../test/support/kafka-messages.ts';
import { FirstFetch } from './first-fetch.ts';

const ROUNDS = 15;

/** Milliseconds, one figure a round. */
export interface StartUp {
  readonly firstPoll: readonly number[];
  readonly firstRow: readonly number[];
}

export async function measureStartUp(
  cli: string,
  redis: RedisHandle,
  say: (line: string) => void,
): Promise<StartUp> {
  let port = 0;
  const proxy = await FirstFetch.listen(() => port);
  // A broker of its own: it tells its clients to connect to the one between.
  const kafka = await startKafka({
    say,
    settings: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}` },
  });
  port = kafka.port;
  try {
    await kafka.createTopic('one', 1);
    await produce(kafka.brokers, 'one', ['{"user_id":"u","login_time":"1"}']);
    const sql = job(kafka.brokers, redis.port);
    const firstPoll: number[] = [];
    const firstRow: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const started = performance.now();
      const polled = proxy.next();
      firstRow.push((await firstOutput(cli, sql, redis.folder)) - started);
      firstPoll.push((await polled) - started);
    }
    return { firstPoll, firstRow };
  } finally {
    await kafka.close();
    proxy.close();
  }
}

function job(brokers: string, redisPort: number): string {
  return `
      CREATE TEMPORARY TABLE kafka_source (user_id STRING, login_time STRING) WITH ('connector' = 'kafka', 'topic' = 'one',
        'properties.bootstrap.servers' = '${brokers}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset',
        'scan.bounded.mode' = 'latest-offset');
      CREATE TEMPORARY TABLE redis_sink (user_id STRING, login_time STRING, PRIMARY KEY (user_id) NOT ENFORCED)
        WITH ('connector' = 'redis', 'mode' = 'STRING', 'host' = '127.0.0.1', 'port' = '${redisPort}');
      CREATE TEMPORARY TABLE shown (user_id STRING, login_time STRING) WITH ('connector' = 'print');
      EXECUTE STATEMENT SET BEGIN
        INSERT INTO redis_sink SELECT * FROM kafka_source;
        INSERT INTO shown SELECT * FROM kafka_source;
      END;`;
}

/** When the process printed something. */
async function firstOutput(cli: string, sql: string, cwd: string): Promise<number> {
  const child = spawn(process.execPath, [cli, 'run', '-'], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const first = new Promise<number>((resolve, reject) => {
    child.stdout.once('data', () => resolve(performance.now()));
    child.once('error', reject);
    child.once('close', () => reject(new Error('the job ended without a row')));
  });
  child.stdin.end(sql);
  const at = await first;
  await ended;
  return at;
}
