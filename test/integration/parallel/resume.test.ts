// A job goes on from its checkpoint with as many threads as it then has: groups are counted once, whatever was killed when.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DreyProcess } from '../../support/drey.ts';
import { closeClients, type Database, database, session, type Topic, topicOf } from '../cdc/jobs.ts';
import { LIMIT_MS, prepareThreads } from './threads.ts';

/** The acceptance run: 20 kills, 1,000,000 messages. */
const KILLS = Number(process.env['DREY_TEST_KILLS'] ?? 3);
const MESSAGES = Number(process.env['DREY_TEST_CRASH_MESSAGES'] ?? 60_000);
const PARTITIONS = 4;
const GROUPS = 50;

prepareThreads();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drey-parallel-'));
});
afterEach(async () => {
  closeClients();
  await rm(folder, { recursive: true, force: true });
});

function messages(from: number, to: number) {
  return Array.from({ length: to - from }, (_, i) => ({
    value: JSON.stringify({ k: `k${(from + i) % GROUPS}`, n: from + i }),
    partition: (from + i) % PARTITIONS,
  }));
}

/** Of the first `count` messages. */
function totals(count: number): Record<string, { c: string; s: string }> {
  const groups: Record<string, { c: string; s: string }> = {};
  for (let k = 0; k < Math.min(GROUPS, count); k++) {
    const members = Array.from({ length: Math.ceil((count - k) / GROUPS) }, (_, i) => k + i * GROUPS);
    groups[`k${k}`] = { c: String(members.length), s: String(members.reduce((a, b) => a + b, 0)) };
  }
  return groups;
}

function script(topic: Topic, target: Database): string[] {
  return [
    `CREATE TABLE src (k STRING, n BIGINT) ${topic.options({ connector: 'kafka', 'scan.startup.mode': 'earliest-offset', format: 'json' })}`,
    `CREATE TABLE snk (k STRING, c STRING, s STRING, PRIMARY KEY (k) NOT ENFORCED)
      ${target.options({ mode: 'HASHMAP', flattenHash: 'true', 'sink.buffer-flush.interval': '10ms' })}`,
    'INSERT INTO snk SELECT k, CAST(COUNT(*) AS STRING), CAST(SUM(n) AS STRING) FROM src GROUP BY k',
  ];
}

/** Whether Redis has counted so many messages, of any kind. */
async function counted({ client }: Database): Promise<number> {
  const keys = await client.keys('*');
  const counts = await Promise.all(keys.map((key) => client.hget(key, 'c')));
  return counts.reduce((sum, c) => sum + Number(c), 0);
}

async function until(what: () => Promise<boolean>, alive: () => void): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!(await what())) {
    alive();
    if (Date.now() > limit) throw new Error(`not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test(
  'stopped with two threads, it goes on with one, three and two',
  async () => {
    const topic = await topicOf('rescaled', PARTITIONS);
    const target = await database();
    const slice = 1000;
    for (const [i, parallelism] of [2, 1, 3, 2].entries()) {
      await topic.produce(messages(i * slice, (i + 1) * slice));
      const env = session(
        {
          'table.dml-sync': 'false',
          'parallelism.default': String(parallelism),
          'execution.checkpointing.dir': folder,
          'execution.checkpointing.interval': '50ms',
        },
        true,
      );
      const [source, sink, insert] = script(topic, target);
      await env.executeSql(source!);
      await env.executeSql(sink!);
      const { job } = await env.executeSql(insert!);
      const wanted = (i + 1) * slice;
      try {
        await until(
          async () => (await counted(target)) === wanted,
          () => expect(['CREATED', 'RUNNING']).toContain(job!.status()),
        );
      } finally {
        await job!.stop();
      }
      expect(job!.status()).toBe('FINISHED');
      expect(await target.content()).toEqual(totals(wanted));
      // Each message was read once: nothing before the checkpoint came again.
      expect(job!.progress().rowsIn).toBe(slice);
    }
  },
  2 * LIMIT_MS,
);

test(
  'kill -9 and --resume, each time with another number of threads',
  async () => {
    const topic = await topicOf('killed', PARTITIONS);
    const target = await database();
    const file = path.join(folder, 'job.sql');
    const statements = ["SET 'execution.checkpointing.interval' = '50ms'", ...script(topic, target)];
    await writeFile(file, `${statements.join(';\n')};\n`);
    const start = (threads: number) =>
      new DreyProcess(['run', '--resume', '--parallelism', String(threads), file], { cwd: folder });
    const share = Math.ceil(MESSAGES / (KILLS + 1));
    for (let kill = 0; kill < KILLS; kill++) {
      await topic.produce(messages(kill * share, (kill + 1) * share));
      const job = start(1 + ((kill + 1) % 3));
      const before = await counted(target);
      // Somewhere on the way; the last share is left to the run that is not killed.
      await until(
        async () => (await counted(target)) > before,
        () => expect(job.child.exitCode, job.stderr).toBeNull(),
      );
      const end = await job.end('SIGKILL');
      expect(end.signal, end.stderr).toBe('SIGKILL');
    }
    await topic.produce(messages(KILLS * share, MESSAGES));
    const last = start(2);
    await until(
      async () => (await counted(target)) === MESSAGES,
      () => expect(last.child.exitCode, last.stderr).toBeNull(),
    );
    const end = await last.end();
    expect(end.code, end.stderr).toBe(0);
    expect(await target.content()).toEqual(totals(MESSAGES));
  },
  3 * LIMIT_MS,
);
