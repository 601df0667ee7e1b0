// Masters of a real cluster that are replaced while a table is written: in good order, by a crash, and after a stall.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterHandle, RedisHandle } from '../../../scripts/services/index.mjs';
import {
  isMaster,
  mastersOf,
  ownerOf,
  replicaOf,
  untilCopied,
} from '../../../scripts/services/redis-operations.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import { startCluster } from '../../support/services.ts';
import { keysOnEachMaster } from './cluster-support.ts';
import { ask, batchOf, closePorts, connected, type Options } from './support.ts';
import { MOST_REPEATED, Writer } from './writer.ts';

let cluster: ClusterHandle;
let keys: string[];

beforeAll(async () => {
  cluster = await startCluster(3, {
    replicas: 1,
    password: 'pw',
    args: ['--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'],
  });
  keys = await keysOnEachMaster(cluster, 'list', 2);
});
afterEach(closePorts);
afterAll(async () => {
  // A server that has just copied another's data refuses to stop in order.
  await Promise.all(cluster?.nodes.map((node) => node.kill()) ?? []);
  await cluster?.close();
});

function options(more: Options = {}): Options {
  return {
    hostAndPorts: cluster.ports.map((port) => `127.0.0.1:${port}`).join(','),
    clusterMode: 'true',
    password: 'pw',
    'connect.timeout': '500',
    'socket.timeout': '500',
    ...more,
  };
}

/** The deployment is whole again: three masters with a linked replica each, and every server knows it. */
async function untilWhole(): Promise<void> {
  const linked = async (node: RedisHandle) =>
    /connected_slaves:1|master_link_status:up/.test(String(await node.command(['INFO', 'replication'])));
  const knowsAll = async (node: RedisHandle) => {
    const ranges = (await node.command(['CLUSTER', 'SLOTS'])) as unknown[][];
    return ranges.length === 3 && ranges.every((range) => range.length === 4);
  };
  await expect
    .poll(
      async () => {
        const all = cluster.nodes.flatMap((node) => [linked(node), knowsAll(node)]);
        return (await Promise.all(all)).every(Boolean);
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

/** Every replica holds what its master holds. */
async function untilReplicated(): Promise<void> {
  await Promise.all((await mastersOf(cluster)).map((master) => untilCopied(master)));
}

describe('a master that is replaced', () => {
  it('in good order: nothing is lost or doubled, and every key keeps its order', async () => {
    const port = await connected(options(), 'sink');
    const writer = new Writer(port, keys);
    await writer.more(20);
    const master = await ownerOf(cluster, slotOfKey(keys[0]!));
    const replica = await replicaOf(cluster, master);
    await replica.command(['CLUSTER', 'FAILOVER']);
    await expect.poll(() => isMaster(replica), { timeout: 10_000 }).toBe(true);
    await writer.more(20);
    await writer.stop();
    expect(port.stats.redirects).toBeGreaterThan(0);
    await writer.expectExact(port);
    await ask(port, ['DEL', ...keys]);
    await untilWhole();
  });

  it('because it crashed: what was acknowledged and copied stays, the rest is sent to its successor', async () => {
    const port = await connected(options(), 'sink');
    const master = await ownerOf(cluster, slotOfKey(keys[0]!));
    const before = keys.map((key) => ['RPUSH', `{${key}}:crash`, 'before']);
    await port.write(batchOf(before));
    const node = (await port.nodes()).find(({ label }) => label.endsWith(`:${master.port}`))!;
    expect(await node.pipeline(batchOf([['WAIT', 1, 400]]))).toEqual([1]);
    await master.kill();
    const rounds = Array.from({ length: 10 }, (_, i) =>
      port.write(batchOf(keys.map((key) => ['RPUSH', `{${key}}:crash`, i]))),
    );
    expect(await Promise.all(rounds)).toEqual(rounds.map(() => null));
    const lists = await ask(port, ...keys.map((key) => ['LRANGE', `{${key}}:crash`, 0, -1]));
    expect(lists).toEqual(keys.map(() => ['before', ...rounds.map((_, i) => String(i))]));
    expect(port.stats.reconnects + port.stats.redirects).toBeGreaterThan(0);
    await master.start();
    await untilWhole();
  });

  it('because it stalled: when it wakes up, nothing of what it held comes over newer values', async () => {
    const port = await connected(options(), 'sink');
    const writer = new Writer(
      port,
      keys.map((key) => `{${key}}:stall`),
    );
    await writer.more(5);
    const master = await ownerOf(cluster, slotOfKey(`{${keys[0]}}:stall`));
    // What it acknowledged last must have reached its replica, which is not certain of a master that stops at any moment.
    await writer.stop();
    await master.command(['WAIT', 1, 1000]);
    master.pause();
    const late = new Writer(
      port,
      keys.map((key) => `{${key}}:late`),
    );
    await late.more(5, 20_000);
    master.resume();
    await late.more(20);
    await late.stop();
    await untilWhole();
    expect(await late.expectAtLeastOnce(port)).toBeLessThanOrEqual(MOST_REPEATED);
    await writer.expectExact(port);
  });
});

describe('replicas', () => {
  it('answer lookups, and a master does where its replica is gone', async () => {
    const sink = await connected(options(), 'sink');
    const names = Array.from({ length: 100 }, (_, i) => `read:${i}`);
    await sink.write(batchOf(names.map((name) => ['SET', name, name])));
    await untilWhole();
    await untilReplicated();
    const lookup = await connected(options({ 'lookup.read-from': 'replica' }));
    const reads = async () =>
      (
        await Promise.all(
          cluster.nodes.map(async (node) => {
            const stats = String(await node.command(['INFO', 'commandstats']));
            const calls = Number(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1] ?? 0);
            return (await isMaster(node)) ? [0, calls] : [calls, 0];
          }),
        )
      ).reduce(([r, m], [replica, master]) => [r! + replica!, m! + master!], [0, 0]);
    const [replicasBefore, mastersBefore] = await reads();
    expect(await ask(lookup, ['MGET', ...names])).toEqual([names]);
    const [replicasAfter, mastersAfter] = await reads();
    expect(mastersAfter).toBe(mastersBefore);
    expect(replicasAfter! - replicasBefore!).toBeGreaterThan(90);
    expect(lookup.stats.redirects).toBe(0);

    const gone = await replicaOf(cluster, await ownerOf(cluster, slotOfKey(names[0]!)));
    await gone.stop();
    expect(await ask(lookup, ['MGET', ...names])).toEqual([names]);
    await gone.start();
  });
});
