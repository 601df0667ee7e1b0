// Promise: a server that takes no writes for a while loses no row. What passes by itself is waited for; what somebody has to mend
// (memory, disk) fails the attempt with the server's reason, and the job starts again until it is mended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { until } from '../../../scripts/services/redis-operations.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { sharedKafka, startRedis } from '../../support/services.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { ROWS, SinkLoad } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(() => sharedKafka()); // starting takes a while
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function redis(options: Parameters<typeof startRedis>[0]): Promise<[RedisHandle, Options]> {
  const server = await startRedis(options);
  cleanups.push(() => server.close());
  return [server, { host: server.host, port: String(server.port) }];
}

async function startJob(at: Options): Promise<SqlJob> {
  const job = await SqlJob.create();
  cleanups.push(() => job.close());
  await job.produce(ROWS);
  await job.start(at);
  await job.untilWritten(at);
  return job;
}

describe('what somebody has to mend', () => {
  /** @param breakIt makes the server refuse writes, and answers how to mend that */
  async function survives(
    fault: string,
    at: Options,
    refusal: RegExp,
    breakIt: () => Promise<() => Promise<unknown>>,
  ): Promise<void> {
    const job = await startJob(at);
    const mend = await breakIt();
    await job.produce(ROWS);
    await until('the job starts again more than once', async () => job.restarts >= 3, 15_000);
    expect(job.log.join('\n')).toMatch(refusal);
    expect(job.log.join('\n')).not.toContain('value ');
    // Counted in the attempts before: each row once in both tables.
    expect(job.metric('numCommandsSent')).toBeGreaterThanOrEqual(2 * ROWS);
    const mended = performance.now();
    await mend();
    await job.produce(ROWS);
    await job.untilWritten(at);
    const recoveredMs = Math.round(performance.now() - mended);
    const duplicates = await job.finish(at);
    expect(job.status).toBe('FINISHED');
    expect(job.metric('numCommandsSent')).toBeGreaterThanOrEqual(6 * ROWS);
    note(fault, {
      rows: 6 * ROWS,
      duplicates,
      restarts: job.restarts,
      recoveredMs,
    });
  }

  test('memory: OOM', async () => {
    const [server, at] = await redis({ persist: false });
    await survives(
      'memory: OOM',
      at,
      /Redis refused (SET|RPUSH) of key 'job:.*': OOM command not allowed/,
      async () => {
        await server.command(['CONFIG', 'SET', 'maxmemory', 1]);
        return () => server.command(['CONFIG', 'SET', 'maxmemory', 0]);
      },
    );
  });

  test('the disk: MISCONF', async () => {
    const [server, at] = await redis({ persist: false, args: ['--enable-protected-configs', 'local'] });
    await survives(
      'the disk: MISCONF',
      at,
      /Redis refused (SET|RPUSH) of key 'job:.*': MISCONF /,
      async () => {
        // A folder that is gone takes no file, as a disk that is full.
        const gone = mkdtempSync(path.join(tmpdir(), 'drey-disk-'));
        await server.command(['CONFIG', 'SET', 'dir', gone]);
        await server.command(['CONFIG', 'SET', 'save', '3600 1000000']);
        rmSync(gone, { recursive: true });
        await server.command(['BGSAVE']);
        const saved = async () => String(await server.command(['INFO', 'persistence']));
        await until('saving fails', async () => (await saved()).includes('last_bgsave_status:err'), 5000);
        return async () => {
          await server.command(['CONFIG', 'SET', 'dir', server.folder]);
          await server.command(['BGSAVE']);
          await until('saving works', async () => (await saved()).includes('last_bgsave_status:ok'), 5000);
        };
      },
    );
  });
});

describe('what passes by itself', () => {
  test.each<[string, (string | number)[], (string | number)[]]>([
    ['READONLY: it became a replica', ['REPLICAOF', '127.0.0.1', 1], ['REPLICAOF', 'NO', 'ONE']],
    [
      'NOREPLICAS: it lost its replicas',
      ['CONFIG', 'SET', 'min-replicas-to-write', 1],
      ['CONFIG', 'SET', 'min-replicas-to-write', 0],
    ],
  ])('%s', async (name, fault, mend) => {
    const [server, at] = await redis({ persist: false });
    const load = await SinkLoad.start(at);
    cleanups.push(() => load.close());
    await load.more();
    const before = load.metric('numRetries');
    await server.command(fault);
    await until('refusals', async () => load.metric('numRetries') > before, 5000);
    await server.command(mend);
    await load.more();
    const outcome = await load.finish(at);
    // A command that was refused was not executed, and one that was executed is not sent again.
    expect(outcome.duplicates).toBe(0);
    note(name, outcome);
  });

  test('LOADING: it reads its data from disk', async () => {
    // Microseconds for each change that it reads back.
    const [server, at] = await redis({ args: ['--key-load-delay', '40'] });
    await fillDimension(at);
    const joins = await LookupLoad.start(at, { ms: 2000 });
    await joins.more(300);
    const load = await SinkLoad.start(at);
    cleanups.push(() => load.close());
    await load.more(2 * ROWS);
    const before = load.metric('numRetries');
    await server.kill();
    const starting = server.start();
    await load.more();
    await starting;
    expect(load.metric('numRetries')).toBeGreaterThan(before);
    note('LOADING: it reads its data from disk', await load.finish(at));
    note('LOADING: it reads its data from disk', await joins.finish());
  });
});
