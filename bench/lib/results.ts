// Is what came out right? Counted, and looked at in samples.
import { spawn } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import type { RedisHandle } from '../../scripts/services/index.mjs';
import { nameOf, userKey } from './messages.ts';
import { distinctKeys, type Result, type Words, type Work } from './works.ts';

const SAMPLES = 500;

/** @throws when Redis does not hold what the job was to write */
export async function expectWritten(redis: RedisHandle, work: Work, rows: number): Promise<void> {
  const { result } = work;
  if (result.kind !== 'written') return;
  await expectKeys(redis, work.name, result.keys(rows));
  await expectReplies(redis, work.name, distinctKeys(work.topic, rows), (id) => result.sample(id, rows));
}

/** @throws unless the job, by its own metrics, handed exactly so many rows to the sink `snk` */
export function expectRows(name: string, rows: number, stderr: string): void {
  // A long job prints them several times: the last counts.
  const found = [...stderr.matchAll(/sink\.snk\.numRecordsSend\D+(\d+)/g)].at(-1)?.[1];
  if (Number(found) !== rows) {
    throw new Error(`${name}: ${rows} rows expected, ${found ?? 'no number of them'} found`);
  }
}

/** @throws unless every key of the topic has been joined with its own row, under keys that begin with `prefix` */
export async function expectJoined(
  redis: RedisHandle,
  work: Work,
  rows: number,
  prefix: string,
): Promise<void> {
  const keys = distinctKeys(work.topic, rows);
  const dimension = work.name === 'join-hashname' ? 1 : keys;
  await expectKeys(redis, work.name, keys + dimension);
  await expectReplies(redis, work.name, keys, (id) => [['GET', prefix + userKey(id)], nameOf(id)]);
}

async function expectKeys(redis: RedisHandle, name: string, expected: number): Promise<void> {
  const size = await redis.command(['DBSIZE']);
  if (size !== expected) throw new Error(`${name}: ${expected} keys expected, ${String(size)} found`);
}

async function expectReplies(
  redis: RedisHandle,
  name: string,
  ids: number,
  sample: (id: number) => readonly [Words, unknown],
): Promise<void> {
  for (let i = 0; i < SAMPLES; i++) {
    const [command, expected] = sample(Math.floor((i * ids) / SAMPLES));
    const found = await redis.command([...command]);
    if (isDeepStrictEqual(found, expected)) continue;
    throw new Error(
      `${name}: ${command.join(' ')} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
    );
  }
}

/** Fills the dimension table of a join, without Drey. */
export async function loadDimension(port: number, result: Result, rows: number): Promise<void> {
  if (result.kind !== 'joined') return;
  const keys = result.keys(rows);
  const child = spawn('redis-cli', ['-p', String(port), '--pipe'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`redis-cli ended with ${code}`)),
    );
  });
  for (let id = 0; id < keys; id += 1000) {
    let text = '';
    for (let i = id; i < Math.min(keys, id + 1000); i++) text += resp(result.dimension(i));
    if (!child.stdin.write(text)) await new Promise<void>((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  await ended;
}

/** A command of ASCII words. */
function resp(words: Words): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
