// A real cluster whose slots move and whose masters change while a table is written and read: nothing is lost, and every
// key sees its changes in order.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterHandle } from '../../../scripts/services/index.mjs';
import { moveSlot, ownerOf } from '../../../scripts/services/redis-operations.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import { startCluster, startRedis } from '../../support/services.ts';
import { allKeys, keysOnEachMaster } from './cluster-support.ts';
import { ask, batchOf, closePorts, connected, type Options, portOf, refusal } from './support.ts';
import { Writer } from './writer.ts';

let cluster: ClusterHandle;

beforeAll(async () => {
  cluster = await startCluster(3);
});
afterEach(async () => {
  await closePorts();
  for (const node of cluster.nodes) await node.command(['FLUSHALL']);
});
afterAll(() => cluster?.close());

function options(more: Options = {}): Options {
  return { host: cluster.host, port: String(cluster.port), clusterMode: 'true', ...more };
}

describe('connecting', () => {
  it('learns all masters from one seed, and from the first of hostAndPorts that answers', async () => {
    const dead = await startRedis({ persist: false });
    await dead.close();
    for (const more of [{}, { hostAndPorts: `127.0.0.1:${dead.port},127.0.0.1:${cluster.ports[2]}` }]) {
      const port = await connected(options(more));
      const labels = (await port.nodes()).map((node) => node.label);
      expect(labels.sort()).toEqual(cluster.ports.map((p) => `127.0.0.1:${p}`).sort());
    }
  });

  it('says that a server is no cluster, and that no server answers', async () => {
    const single = await startRedis({ persist: false });
    const error = await refusal(options({ port: String(single.port) }));
    expect(error.message).toMatch(
      /^Redis at 127\.0\.0\.1:\d+ is no cluster \(option 'clusterMode'\); the server says: ERR This instance has cluster support disabled$/,
    );
    expect(error.retryable).toBe(false);
    await single.close();
    const gone = await refusal(
      options({ hostAndPorts: `127.0.0.1:${single.port},127.0.0.1:${single.port + 1}` }),
    );
    expect(gone.message).toMatch(
      /^No server tells the layout of the cluster of .*: Cannot connect .*; Cannot connect/,
    );
    expect(gone.retryable).toBe(true);
  });

  it('without clusterMode, a command for another node is refused with the option’s name', async () => {
    const port = await connected({ host: cluster.host, port: String(cluster.port) });
    const replies = await ask(port, ...Array.from({ length: 20 }, (_, i) => ['GET', `key:${i}`]));
    expect(replies.some((reply) => reply !== null && (reply as { code?: string }).code === 'MOVED')).toBe(
      true,
    );
  });
});

describe('keys', () => {
  it('are where the cluster has them: the key space is exact', async () => {
    const port = await connected(options(), 'sink');
    const keys = Array.from({ length: 5_000 }, (_, i) => `user:${i}`);
    await port.write(batchOf(keys.map((key) => ['SET', key, key])));
    await port.write(batchOf([['DEL', ...keys.slice(0, 1_000)]]));
    expect(await allKeys(cluster)).toEqual(keys.slice(1_000).sort());
    const [values] = await ask(port, ['MGET', ...keys]);
    expect(values).toEqual(keys.map((key, i) => (i < 1_000 ? null : key)));
    expect(port.stats.redirects).toBe(0);
  });
});

describe('slots that move', () => {
  it('back and forth under load: nothing is lost or doubled, and every key keeps its order', async () => {
    const keys = await keysOnEachMaster(cluster, 'list', 4);
    const port = await connected(options(), 'sink');
    const reader = await connected(options());
    const writer = new Writer(port, keys);
    await writer.more(20);
    let reads = 0;
    let moving = true;
    const reading = (async () => {
      while (moving) {
        const [values, ...lengths] = await ask(
          reader,
          ['MGET', ...keys.map((key) => `{${key}}:newest`)],
          ...keys.map((key) => ['LLEN', key]),
        );
        expect((values as unknown[]).every((value) => typeof value === 'string')).toBe(true);
        expect(lengths.every((length) => Number(length) >= 20)).toBe(true);
        reads++;
      }
    })();
    const slots = keys.filter((_, i) => i % 4 !== 3).map(slotOfKey);
    for (const round of [1, 2, 0]) {
      for (const [i, slot] of slots.entries()) {
        const home = Math.floor(i / 3);
        await moveSlot(cluster, slot, cluster.nodes[(home + round) % 3]!);
      }
      await writer.more(5);
    }
    await writer.stop();
    moving = false;
    await reading;
    expect(port.stats.redirects).toBeGreaterThan(0);
    expect(reader.stats.redirects).toBeGreaterThan(0);
    expect(reads).toBeGreaterThan(3);
    expect(port.stats.reconnects).toBe(0);
    await writer.expectExact(port);
    expect((await allKeys(cluster)).length).toBe(2 * keys.length);
  });

  it('that are half moved: keys of both sides are found, new ones appear at the new side', async () => {
    const [key] = await keysOnEachMaster(cluster, 'half', 1);
    const slot = slotOfKey(key!);
    const names = Array.from({ length: 6 }, (_, i) => `{${key}}:${i}`);
    const port = await connected(options(), 'sink');
    await port.write(batchOf(names.map((name) => ['SET', name, name])));
    const from = await ownerOf(cluster, slot);
    const to = cluster.nodes.find((node) => node !== from)!;
    const ids = await Promise.all([from, to].map((node) => node.command(['CLUSTER', 'MYID'])));
    await to.command(['CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(ids[0])]);
    await from.command(['CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(ids[1])]);
    await from.command(['MIGRATE', to.host, to.port, '', 0, 5_000, 'KEYS', ...names.slice(0, 3)]);

    const reader = await connected(options());
    const gets = await ask(reader, ...names.map((name) => ['GET', name]));
    expect(gets).toEqual(names);
    expect(
      await port.write(
        batchOf([
          ['APPEND', names[0]!, '!'],
          ['APPEND', names[5]!, '!'],
          ['SET', `{${key}}:new`, '1'],
          ['INCR', `{${key}}:new`],
          ['INCR', `{${key}}:new`],
        ]),
      ),
    ).toBeNull();
    // Keys of one MGET are on both sides: it is refused (TRYAGAIN) until the slot has moved.
    const together = ask(reader, ['MGET', ...names, `{${key}}:new`]);
    const rest = (await from.command(['CLUSTER', 'GETKEYSINSLOT', slot, 100])) as string[];
    expect(rest.sort()).toEqual(names.slice(3));
    await new Promise((resolve) => setTimeout(resolve, 100)); // a few refusals first
    await from.command(['MIGRATE', to.host, to.port, '', 0, 5_000, 'KEYS', ...rest]);
    for (const node of [to, from]) await node.command(['CLUSTER', 'SETSLOT', slot, 'NODE', String(ids[1])]);
    expect(await together).toEqual([[`${names[0]}!`, ...names.slice(1, 5), `${names[5]}!`, '3']]);
    await moveSlot(cluster, slot, from);
  });

  it('and a transaction goes where its key is', async () => {
    const [key] = await keysOnEachMaster(cluster, 'tx', 1);
    const slot = slotOfKey(key!);
    const port = await connected(options(), 'sink');
    await ask(port, ['SET', key!, '1']);
    const from = await ownerOf(cluster, slot);
    await moveSlot(cluster, slot, cluster.nodes.find((node) => node !== from)!);
    expect(await ask(port, ['MULTI'], ['INCR', key!], ['INCR', key!], ['EXEC'])).toEqual([
      'OK',
      'QUEUED',
      'QUEUED',
      [2, 3],
    ]);
    await moveSlot(cluster, slot, from);
  });
});

describe('a slot that nobody serves', () => {
  it('is waited for', async () => {
    const [key] = await keysOnEachMaster(cluster, 'down', 1);
    const slot = slotOfKey(key!);
    const port = await connected(options(), 'sink');
    const owner = await ownerOf(cluster, slot);
    for (const node of cluster.nodes) {
      await node.command(['CONFIG', 'SET', 'cluster-require-full-coverage', 'no']);
      await node
        .command(['CLUSTER', 'DELSLOTS', slot])
        .catch((error: Error) => expect(error.message).toContain('unassigned'));
    }
    const write = port.write(
      batchOf([
        ['RPUSH', key!, '1'],
        ['RPUSH', key!, '2'],
      ]),
    );
    await new Promise((resolve) => setTimeout(resolve, 200)); // a few refusals first
    await owner.command(['CLUSTER', 'ADDSLOTS', slot]);
    expect(await write).toBeNull();
    expect(await ask(port, ['LRANGE', key!, 0, -1])).toEqual([['1', '2']]);
    for (const node of cluster.nodes)
      await node.command(['CONFIG', 'SET', 'cluster-require-full-coverage', 'yes']);
  });
});

it('a port that is closed while it connects leaves nothing behind', async () => {
  const port = await portOf(options());
  const connecting = port.connect().catch((error: Error) => error.message);
  await port.close();
  expect([undefined, expect.stringContaining('is closed')]).toContainEqual(await connecting);
  await expect(port.pipeline(batchOf([['GET', 'k']]))).rejects.toThrow('is closed');
});
