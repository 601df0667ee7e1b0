// node bench/memory.ts: many messages through one job while Redis stands still for 30 s in between. Prints the peak RSS;
// ends with 1 when it is above the bound or a key is missing.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka, startRedis } from '../scripts/services/index.mjs';
import { produce } from '../test/support/kafka-messages.ts';
import { setJob } from './lib/jobs.ts';

const CLI = path.resolve(import.meta.dirname, '../dist/cli.mjs');
const BOUND_MB = 300;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '10000000' }, pause: { type: 'string', default: '30000' } },
});
const rows = Number(values.rows);
const keys = Math.min(rows, 200_000);

function* messages(): Iterable<string> {
  for (let i = 0; i < rows; i++) {
    yield `{"id":"user-${String(i % keys).padStart(9, '0')}","name":"name of the user ${i}","score":"${i % 1000}"}`;
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<number> {
  const say = (line: string) => console.error(line);
  const kafka = await startKafka({ say });
  const redis = await startRedis({ persist: false, say });
  try {
    await kafka.createTopic('rows', 1);
    say(`producing ${rows} messages`);
    await produce(kafka.brokers, 'rows', messages());
    const sql = setJob({ broker: kafka.brokers, topic: 'rows', redisPort: redis.port });
    const child = spawn(process.execPath, [CLI, 'run', '-'], {
      stdio: ['pipe', 'ignore', 'inherit'],
      cwd: redis.folder,
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.end(sql);
    while ((await redis.command(['DBSIZE'])) === 0) await sleep(50);
    await sleep(1000);
    redis.pause();
    say('Redis stands still');
    await sleep(Number(values.pause) - 1000);
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    say(`while it stands still: ${/VmRSS:.*/.exec(status)?.[0]}`);
    await sleep(1000);
    redis.resume();
    let peakKb = 0;
    const timer = setInterval(() => {
      // Empty once the process has ended.
      const text = existsSync(`/proc/${child.pid}/status`)
        ? readFileSync(`/proc/${child.pid}/status`, 'utf8')
        : '';
      peakKb = Math.max(peakKb, Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? 0));
    }, 50);
    const code = await ended;
    clearInterval(timer);
    const size = await redis.command(['DBSIZE']);
    const lastId = `user-${String((rows - 1) % keys).padStart(9, '0')}`;
    const last = await redis.command(['GET', lastId]);
    console.log(
      `exit ${code}, peak RSS ${(peakKb / 1024).toFixed(0)} MB, keys ${String(size)} of ${keys}, last ${String(last)}`,
    );
    const right = code === 0 && size === keys && last === `name of the user ${rows - 1}`;
    return right && peakKb / 1024 <= BOUND_MB ? 0 : 1;
  } finally {
    await Promise.all([kafka.close(), redis.close()]);
  }
}

process.exitCode = await main();
