// Promise: when sentinels replace a master, jobs follow it. What the old one had acknowledged and not copied is lost with it, unless the job
// asks for replicas (`sink.durability.replicas`): then it goes back to its checkpoint, and nothing is lost.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle, SentinelHandle } from '../../../scripts/services/index.mjs';
import { replicationOf, until, untilCopied } from '../../../scripts/services/redis-operations.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { sharedKafka, startSentinel } from '../../support/services.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { ROWS } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

let group: SentinelHandle;
let at: Options;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  await sharedKafka(); // starting takes a while
  group = await startSentinel({
    replicas: 2,
    sentinels: 1,
    args: ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
  });
  // Sentinels look every 10 s at what has not failed: too long for a test.
  await group.sentinels[0]!.command(['SENTINEL', 'DEBUG', 'info-period', 300, 'publish-period', 300]);
  await group.sentinels[0]!.command(['SENTINEL', 'SET', group.masterName, 'down-after-milliseconds', 700]);
  at = { 'sentinel.master': group.masterName, 'sentinel.nodes': `127.0.0.1:${group.port}` };
});
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(async () => {
  // A server that has just copied another's data refuses to stop in order.
  await Promise.all([group?.master, ...(group?.replicas ?? [])].map((server) => server?.kill()));
  await group?.close();
});

async function currentMaster(): Promise<RedisHandle> {
  const port = await group.masterPort();
  return [group.master, ...group.replicas].find((server) => server.port === port)!;
}

/** A master, and two replicas that have all that it has. */
async function untilWhole(): Promise<RedisHandle> {
  let master = await currentMaster();
  const linked = async () => {
    master = await currentMaster();
    return /connected_slaves:2/.test(await replicationOf(master));
  };
  await until('two replicas follow the master', linked, 30_000);
  await untilCopied(master);
  return master;
}

test.each<[string, (master: RedisHandle) => Promise<unknown>]>([
  ['crashed', (master) => master.kill()],
  ['was replaced by an operator (SENTINEL FAILOVER)', () => group.failover()],
])(
  'the master %s',
  async (name, fault) => {
    const master = await untilWhole();
    const durable = { ...at, 'sink.durability.replicas': '1', 'sink.durability.timeout': '2s' };
    const job = await SqlJob.create();
    cleanups.push(() => job.close());
    await fillDimension(at);
    await job.produce(ROWS);
    await job.start(durable);
    await job.untilWritten(at);
    const joins = await LookupLoad.start(at);
    await joins.more(200);
    await job.produce(ROWS);
    const start = performance.now();
    await fault(master);
    await job.produce(ROWS);
    await until('another server is the master', async () => (await currentMaster()) !== master, 25_000);
    await until('the job goes back to its checkpoint', async () => job.restarts > 0, 25_000);
    await job.untilWritten(at);
    const recoveredMs = Math.round(performance.now() - start);
    await job.untilSteady();
    const duplicates = await job.finish(at);
    expect(job.status, job.log.join('\n')).toBe('FINISHED');
    note(`sentinel: the master ${name}`, { rows: 6 * ROWS, duplicates, restarts: job.restarts, recoveredMs });
    note(`sentinel: the master ${name}`, await joins.finish());
    await master.start();
    const port = await currentMaster();
    for (const key of (await port.command(['KEYS', 'job:*'])) as string[]) await port.command(['DEL', key]);
  },
  90_000,
);
