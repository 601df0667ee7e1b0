// What an operator does to a Redis Cluster: moves slots, has a replica take over, and loses a master.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterHandle, RedisHandle, RedisReply } from '../../scripts/services/index.mjs';

const LIMIT_MS = 60_000;

export async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
    await sleep(20);
  }
}

async function replication(node: RedisHandle): Promise<string> {
  return node.running ? String(await node.command(['INFO', 'replication'])) : '';
}

export async function masters(cluster: ClusterHandle): Promise<RedisHandle[]> {
  const infos = await Promise.all(cluster.nodes.map(replication));
  return cluster.nodes.filter((_, i) => infos[i]!.includes('role:master'));
}

async function ownerOf(cluster: ClusterHandle, slot: number): Promise<RedisHandle> {
  const ranges = (await cluster.nodes[0]!.command(['CLUSTER', 'SLOTS'])) as [number, number, RedisReply[]][];
  const range = ranges.find(([from, to]) => from <= slot && slot <= to);
  const owner = cluster.nodes.find((node) => node.port === range?.[2][1]);
  if (owner === undefined) throw new Error(`nobody owns slot ${slot}`);
  return owner;
}

/** Every running node has the same idea of who owns which slot, and every master has a replica in step. */
export async function untilWhole(cluster: ClusterHandle): Promise<void> {
  const view = async (node: RedisHandle) => {
    const slots = (await node.command(['CLUSTER', 'SLOTS'])) as [number, number, RedisReply[]][];
    const info = String(await node.command(['CLUSTER', 'INFO']));
    const lines = slots.map(([from, to, master]) => `${from}-${to} ${String(master[1])}`).sort();
    return `${/cluster_current_epoch:\d+/.exec(info)?.[0]} ${/cluster_state:\w+/.exec(info)?.[0]} ${lines.join()}`;
  };
  await until('all nodes agree', async () => {
    const views = await Promise.all(cluster.nodes.map(view));
    return new Set(views).size === 1 && views[0]!.includes('cluster_state:ok');
  });
  await until('every master has its replica', async () => {
    const infos = await Promise.all(cluster.nodes.map(replication));
    return infos.every((info) => /connected_slaves:1|master_link_status:up/.test(info));
  });
}

/** Moves a slot with its keys to the next master, a few keys at a time, as redis-cli --cluster reshard does. */
export async function moveSlot(cluster: ClusterHandle, slot: number): Promise<void> {
  await untilWhole(cluster);
  const from = await ownerOf(cluster, slot);
  const all = await masters(cluster);
  const to = all[(all.indexOf(from) + 1) % all.length]!;
  const id = async (node: RedisHandle) => String(await node.command(['CLUSTER', 'MYID']));
  await to.command(['CLUSTER', 'SETSLOT', slot, 'IMPORTING', await id(from)]);
  await from.command(['CLUSTER', 'SETSLOT', slot, 'MIGRATING', await id(to)]);
  for (;;) {
    const keys = (await from.command(['CLUSTER', 'GETKEYSINSLOT', slot, 2])) as string[];
    if (keys.length === 0) break;
    await from.command(['MIGRATE', to.host, to.port, '', 0, 5000, 'KEYS', ...keys]);
  }
  const toId = await id(to);
  const others = all.filter((node) => node !== to && node !== from);
  for (const node of [to, from, ...others]) await node.command(['CLUSTER', 'SETSLOT', slot, 'NODE', toId]);
}

/** A replica of `slot`'s master takes over: `ordered` loses nothing, `killed` is a crash; the old master comes back after 3 s. */
export async function failOver(
  cluster: ClusterHandle,
  slot: number,
  how: 'ordered' | 'killed',
): Promise<void> {
  await untilWhole(cluster);
  const master = await ownerOf(cluster, slot);
  const port = Number(/^slave0:ip=[^,]*,port=(\d+)/m.exec(await replication(master))?.[1]);
  const replica = cluster.nodes.find((node) => node.port === port)!;
  if (how === 'ordered') await replica.command(['CLUSTER', 'FAILOVER']);
  else await master.kill();
  await until('the replica is master', async () => (await replication(replica)).includes('role:master'));
  if (how === 'killed') {
    await sleep(3000);
    await master.start();
  }
  await untilWhole(cluster);
}
