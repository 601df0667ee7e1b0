// What an operator does to a cluster: moves slots, fails over.
import { expect } from 'vitest';
import type { ClusterHandle, RedisHandle } from '../../../scripts/services/index.mjs';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';

export async function idOf(node: RedisHandle): Promise<string> {
  return String(await node.command(['CLUSTER', 'MYID']));
}

/** The master that owns a slot, as the first node sees it. */
export async function ownerOf(cluster: ClusterHandle, slot: number): Promise<RedisHandle> {
  const lines = String(await cluster.nodes[0]!.command(['CLUSTER', 'NODES'])).split('\n');
  for (const line of lines) {
    const [, address = '', flags = '', , , , , , ...ranges] = line.split(' ');
    if (!flags.includes('master')) continue;
    const owns = ranges.some((range) => {
      const [from, to = from] = range.split('-').map(Number);
      return from! <= slot && slot <= to!;
    });
    const port = Number(/:(\d+)@/.exec(address)?.[1]);
    if (owns) return cluster.nodes.find((node) => node.port === port)!;
  }
  throw new Error(`nobody owns slot ${slot}`);
}

/** Moves a slot with all of its keys, as redis-cli --cluster reshard does: a few keys at a time. */
export async function moveSlot(cluster: ClusterHandle, slot: number, to: RedisHandle): Promise<void> {
  await untilAgreed(cluster);
  const from = await ownerOf(cluster, slot);
  if (from === to) return;
  const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
  await to.command(['CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId]);
  await from.command(['CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId]);
  for (;;) {
    const keys = (await from.command(['CLUSTER', 'GETKEYSINSLOT', slot, 2])) as string[];
    if (keys.length === 0) break;
    await from.command(['MIGRATE', to.host, to.port, '', 0, 5_000, 'KEYS', ...keys]);
  }
  // All masters are told: one that learns it by gossip, later, may still believe in an older owner meanwhile.
  const others = (await mastersOf(cluster)).filter((node) => node !== to && node !== from);
  for (const node of [to, from, ...others]) await node.command(['CLUSTER', 'SETSLOT', slot, 'NODE', toId]);
}

/** A slot that moves before all have heard of the last move may end with two owners, or none. */
async function untilAgreed(cluster: ClusterHandle): Promise<void> {
  const seenBy = async (node: RedisHandle) => {
    const info = String(await node.command(['CLUSTER', 'INFO']));
    const slots = (await node.command(['CLUSTER', 'SLOTS'])) as [number, number, string[]][];
    const ranges = slots.map(([from, to, master]) => `${from}-${to} ${master[1]}`).sort();
    return `${/cluster_current_epoch:\d+/.exec(info)?.[0]} ${ranges.join()}`;
  };
  await expect
    .poll(async () => new Set(await Promise.all(cluster.nodes.map(seenBy))).size, {
      timeout: 10_000,
      interval: 5,
    })
    .toBe(1);
}

async function mastersOf(cluster: ClusterHandle): Promise<RedisHandle[]> {
  const infos = await Promise.all(cluster.nodes.map((node) => node.command(['INFO', 'replication'])));
  return cluster.nodes.filter((_, i) => String(infos[i]).includes('role:master'));
}

/** Keys of the form `<name>:<n>`, so many of each master. */
export async function keysOnEachMaster(
  cluster: ClusterHandle,
  name: string,
  count: number,
): Promise<string[]> {
  const masters = cluster.nodes.filter((_, i) => i < 3);
  const keys: string[] = [];
  for (const [index] of masters.entries()) {
    // startCluster spreads the slots evenly, in the order of the nodes
    const from = Math.floor((index * 16_384) / 3);
    const to = Math.floor(((index + 1) * 16_384) / 3);
    for (let n = 0, found = 0; found < count; n++) {
      const key = `${name}:${n}`;
      const slot = slotOfKey(key);
      if (slot < from || slot >= to || keys.includes(key)) continue;
      keys.push(key);
      found++;
    }
  }
  return keys;
}

/** Every key of the cluster's masters, with SCAN. */
export async function allKeys(cluster: ClusterHandle): Promise<string[]> {
  const keys: string[] = [];
  for (const node of cluster.nodes) {
    if (!String(await node.command(['INFO', 'replication'])).includes('role:master')) continue;
    let cursor = '0';
    do {
      const [next, found] = (await node.command(['SCAN', cursor, 'COUNT', 1000])) as [string, string[]];
      keys.push(...found);
      cursor = next;
    } while (cursor !== '0');
  }
  return keys.sort();
}
