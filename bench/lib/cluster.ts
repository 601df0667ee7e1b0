// What happens to the cluster of bench/cluster-faults.ts: slots move from master to master, and a master is replaced.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterHandle, RedisHandle } from '../../scripts/services/index.mjs';
import {
  isMaster,
  mastersOf,
  moveSlot,
  ownerOf,
  replicaOf,
  replicationOf,
  until,
  untilAgreed,
} from '../../scripts/services/redis-operations.ts';

const LIMIT_MS = 60_000;

/** All nodes agree on the slots, the cluster answers, and every master has a linked replica. */
async function untilWhole(cluster: ClusterHandle): Promise<void> {
  const isWhole = async (node: RedisHandle) => {
    const state = String(await node.command(['CLUSTER', 'INFO']));
    const linked = /connected_slaves:1|master_link_status:up/.test(await replicationOf(node));
    return linked && state.includes('cluster_state:ok');
  };
  await untilAgreed(cluster, LIMIT_MS);
  await until(
    'the cluster is whole',
    async () => (await Promise.all(cluster.nodes.map(isWhole))).every(Boolean),
    LIMIT_MS,
  );
}

/** Moves a slot with its keys to the next master. */
export async function moveOn(cluster: ClusterHandle, slot: number): Promise<void> {
  await untilWhole(cluster);
  const masters = await mastersOf(cluster);
  const next = (masters.indexOf(await ownerOf(cluster, slot)) + 1) % masters.length;
  await moveSlot(cluster, slot, masters[next]!);
}

/** A replica of `slot`'s master takes over: `ordered` loses nothing, `killed` is a crash; the old master comes back after 3 s. */
export async function failOver(
  cluster: ClusterHandle,
  slot: number,
  how: 'ordered' | 'killed',
): Promise<void> {
  await untilWhole(cluster);
  const master = await ownerOf(cluster, slot);
  const replica = await replicaOf(cluster, master);
  if (how === 'ordered') await replica.command(['CLUSTER', 'FAILOVER']);
  else await master.kill();
  await until('the replica is master', () => isMaster(replica), LIMIT_MS);
  if (how === 'killed') {
    await sleep(3000);
    await master.start();
  }
  await untilWhole(cluster);
}
