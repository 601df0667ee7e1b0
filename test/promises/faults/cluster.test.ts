// Promise: a cluster may move its slots, replace its masters and lose connections while tables are written and looked up: nothing is
// lost, every key keeps its order, and where nothing broke nothing is written twice.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ClusterHandle } from '../../../scripts/services/index.mjs';
import {
  isMaster,
  mastersOf,
  moveSlot,
  ownerOf,
  replicaOf,
  until,
  untilAgreed,
  untilCopied,
} from '../../../scripts/services/redis-operations.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { sharedKafka, startCluster } from '../../support/services.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, ROWS, SinkLoad } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

let cluster: ClusterHandle;
let at: Options;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  await sharedKafka(); // starting takes a while
  cluster = await startCluster(3, {
    replicas: 1,
    args: [
      '--cluster-node-timeout',
      '1500',
      '--repl-diskless-sync-delay',
      '0',
      '--repl-ping-replica-period',
      '1',
    ],
  });
  at = { hostAndPorts: cluster.ports.map((port) => `127.0.0.1:${port}`).join(','), clusterMode: 'true' };
});
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(async () => {
  // A server that has just copied another's data refuses to stop in order.
  await Promise.all(cluster?.nodes.map((node) => node.kill()) ?? []);
  await cluster?.close();
});

async function startSinks(options: Options, prefix: string): Promise<SinkLoad> {
  const load = await SinkLoad.start(options, { prefix });
  cleanups.push(() => load.close());
  return load;
}

test('ten slots move to other masters under load', async () => {
  await fillDimension(at);
  const joins = await LookupLoad.start(at);
  const load = await startSinks(at, 'slots');
  await load.more();
  const lists = Array.from({ length: 7 }, (_, key) => slotOfKey(`slots:LIST:k${key}`));
  const looked = ['dim:hash', 'dim:s:1', 'dim:h:2'].map(slotOfKey);
  const slots = [...lists, ...looked];
  const homes = await Promise.all(slots.map((slot) => ownerOf(cluster, slot)));
  const masters = await mastersOf(cluster);
  for (const [i, slot] of slots.entries()) {
    await moveSlot(cluster, slot, masters[(masters.indexOf(homes[i]!) + 1) % masters.length]!);
  }
  await load.more(200);
  expect(load.metric('numRedirects')).toBeGreaterThan(0);
  expect(load.metric('numReconnects')).toBe(0);
  const outcome = await load.finish(at);
  expect(outcome.duplicates).toBe(0);
  note('cluster: ten slots moved', outcome);
  note('cluster: ten slots moved', await joins.finish());
}, 90_000);

test('a master hands over to its replica under load (CLUSTER FAILOVER)', async () => {
  await fillDimension(at);
  const joins = await LookupLoad.start(at);
  const load = await startSinks(at, 'handover');
  await load.more();
  const master = await ownerOf(cluster, slotOfKey('handover:LIST:k0'));
  const replica = await replicaOf(cluster, master);
  await replica.command(['CLUSTER', 'FAILOVER']);
  await until('the replica is the master', () => isMaster(replica), 20_000);
  await load.more();
  const outcome = await load.finish(at);
  expect(outcome.duplicates).toBe(0);
  note('cluster: master handed over (CLUSTER FAILOVER)', outcome);
  note('cluster: master handed over (CLUSTER FAILOVER)', await joins.finish());
  await untilAgreed(cluster);
});

test('connections to masters are cut in the middle of replies and commands', async () => {
  const masters = await mastersOf(cluster);
  const proxies = await Promise.all(masters.map((master) => TcpProxy.start(master)));
  // What the cluster tells of its servers leads through the proxies.
  for (const [i, master] of masters.entries())
    await master.command(['CONFIG', 'SET', 'cluster-announce-port', proxies[i]!.port]);
  const announced = async () =>
    (await Promise.all(masters.map((node) => node.command(['CLUSTER', 'SLOTS'])))).every((slots) =>
      proxies.every(({ port }) => JSON.stringify(slots).includes(`,${port},`)),
    );
  try {
    await until('the proxies are announced', announced, 20_000);
    const through = { clusterMode: 'true', hostAndPorts: `127.0.0.1:${proxies[0]!.port}` };
    const load = await startSinks(through, 'cuts');
    const CUTS = 12;
    for (let i = 0; i < CUTS; i++) {
      const proxy = proxies[i % 3]!;
      const before = proxy.cuts;
      proxy.cutAfter(i % 2 === 0 ? 'down' : 'up', 1 + i * 61);
      await until('a connection is cut', async () => proxy.cuts > before, 10_000);
      await load.more(200);
    }
    expect(load.metric('numReconnects')).toBeGreaterThan(0);
    const outcome = await load.finish(through);
    expect(outcome.duplicates).toBeLessThanOrEqual(CUTS * MOST_REPEATED);
    note(`cluster: connections cut ${CUTS} times`, outcome);
  } finally {
    await closePorts();
    for (const master of masters) await master.command(['CONFIG', 'SET', 'cluster-announce-port', 0]);
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await until('the servers are announced again', async () => !(await announced()), 20_000);
    await untilAgreed(cluster);
  }
});

test('a master crashes: a job with sink.durability.replicas goes back to its checkpoint, and loses nothing', async () => {
  // The master that crashes keeps a replica: it gets another one's.
  const durable = { ...at, 'sink.durability.replicas': '1', 'sink.durability.timeout': '2s' };
  const job = await SqlJob.create();
  cleanups.push(() => job.close());
  await fillDimension(at);
  await job.produce(ROWS);
  await job.start(durable);
  await job.untilWritten(at);
  const joins = await LookupLoad.start(at);
  const master = await ownerOf(cluster, slotOfKey('job:l:k0'));
  await untilCopied(master);
  await job.produce(ROWS);
  const crashed = performance.now();
  await master.kill();
  await job.produce(ROWS);
  await until(
    'another master serves its slots',
    async () => (await mastersOfLiving(master.port)) === 3,
    25_000,
  );
  await master.start();
  await until('the job goes back to its checkpoint', async () => job.restarts > 0, 25_000);
  await job.untilWritten(at);
  const recoveredMs = Math.round(performance.now() - crashed);
  await job.untilSteady();
  const duplicates = await job.finish(at);
  note('cluster: master crashed, job with sink.durability.replicas', {
    rows: 6 * ROWS,
    duplicates,
    restarts: job.restarts,
    recoveredMs,
  });
  note('cluster: master crashed', await joins.finish());
}, 90_000);

/** Masters that are not the one that was killed. */
async function mastersOfLiving(killed: number): Promise<number> {
  const living = cluster.nodes.filter((node) => node.port !== killed);
  return (await Promise.all(living.map(isMaster))).filter(Boolean).length;
}
