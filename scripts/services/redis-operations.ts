// What an operator does to Redis deployments, for tests and benchmarks: moves slots of a cluster, waits for its servers to agree
// and for replicas to catch up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterHandle, RedisHandle } from './index.mjs';

type SlotRange = readonly [from: number, to: number, master: readonly [host: string, port: number]];

/** Polls. @throws Error after `limitMs`, which says what did not happen */
export async function until(what: string, test: () => Promise<boolean>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(5);
  }
}

/** INFO replication. */
export async function replicationOf(node: RedisHandle): Promise<string> {
  return String(await node.command(['INFO', 'replication']));
}

export async function isMaster(node: RedisHandle): Promise<boolean> {
  return (await replicationOf(node)).includes('role:master');
}

/** The first replica of a master. */
export async function replicaOf(cluster: ClusterHandle, master: RedisHandle): Promise<RedisHandle> {
  const port = Number(/^slave0:ip=[^,]*,port=(\d+)/m.exec(await replicationOf(master))?.[1]);
  return cluster.nodes.find((node) => node.port === port)!;
}

/**
 * Waits until the replicas have all that their master has at the time of the call. What both ends call online is not enough: a
 * master may do so before it sends changes. WAIT would speak for the writes of its own connection only.
 */
export async function untilCopied(master: RedisHandle, limitMs = 20_000): Promise<void> {
  const offset = /^master_repl_offset:(\d+)/m.exec(await replicationOf(master))?.[1];
  const goal = Math.max(1, Number(offset));
  const copied = async () => {
    const replicas = (await replicationOf(master)).matchAll(/^slave\d+:.*state=online,offset=(\d+)/gm);
    const offsets = Array.from(replicas, (replica) => Number(replica[1]));
    return offsets.length > 0 && offsets.every((n) => n >= goal);
  };
  await until('the replicas have what their master had', copied, limitMs);
}

/** Who owns which slots, as a node sees it. */
export async function slotRanges(node: RedisHandle): Promise<readonly SlotRange[]> {
  return (await node.command(['CLUSTER', 'SLOTS'])) as unknown as SlotRange[];
}

/** The master that owns a slot, as the first node sees it. */
export async function ownerOf(cluster: ClusterHandle, slot: number): Promise<RedisHandle> {
  const ranges = await slotRanges(cluster.nodes[0]!);
  const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
  const owner = cluster.nodes.find((node) => node.port === port);
  if (owner === undefined) throw new Error(`nobody owns slot ${slot}`);
  return owner;
}

export async function mastersOf(cluster: ClusterHandle): Promise<RedisHandle[]> {
  const are = await Promise.all(cluster.nodes.map(isMaster));
  return cluster.nodes.filter((_, i) => are[i]);
}

/** Every node has the same idea of who owns which slot. A slot that moves before may end with two owners, or none. */
export async function untilAgreed(cluster: ClusterHandle, limitMs = 10_000): Promise<void> {
  const seenBy = async (node: RedisHandle) => {
    const info = String(await node.command(['CLUSTER', 'INFO']));
    const ranges = (await slotRanges(node)).map(([from, to, master]) => `${from}-${to} ${master[1]}`).sort();
    return `${/cluster_current_epoch:\d+/.exec(info)?.[0]} ${ranges.join()}`;
  };
  await until(
    'all nodes agree on the slots',
    async () => new Set(await Promise.all(cluster.nodes.map(seenBy))).size === 1,
    limitMs,
  );
}

/** Moves a slot with all of its keys, as redis-cli --cluster reshard does: a few keys at a time. */
export async function moveSlot(cluster: ClusterHandle, slot: number, to: RedisHandle): Promise<void> {
  await untilAgreed(cluster);
  const from = await ownerOf(cluster, slot);
  if (from === to) return;
  const [fromId, toId] = await Promise.all([from, to].map((node) => node.command(['CLUSTER', 'MYID'])));
  await to.command(['CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId)]);
  await from.command(['CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId)]);
  for (;;) {
    const keys = (await from.command(['CLUSTER', 'GETKEYSINSLOT', slot, 2])) as string[];
    if (keys.length === 0) break;
    await from.command(['MIGRATE', to.host, to.port, '', 0, 5_000, 'KEYS', ...keys]);
  }
  // All masters are told: one that learns it by gossip, later, may still believe in an older owner meanwhile.
  const others = (await mastersOf(cluster)).filter((node) => node !== to && node !== from);
  for (const node of [to, from, ...others])
    await node.command(['CLUSTER', 'SETSLOT', slot, 'NODE', String(toId)]);
}
