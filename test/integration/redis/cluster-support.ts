// The keys of a cluster: names for each master, and what its masters hold.
import type { ClusterHandle } from '../../../scripts/services/index.mjs';
import { mastersOf } from '../../../scripts/services/redis-operations.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';

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
  for (const node of await mastersOf(cluster)) {
    let cursor = '0';
    do {
      const [next, found] = (await node.command(['SCAN', cursor, 'COUNT', 1000])) as [string, string[]];
      keys.push(...found);
      cursor = next;
    } while (cursor !== '0');
  }
  return keys.sort();
}
