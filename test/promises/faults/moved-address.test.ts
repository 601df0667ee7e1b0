// Promise: a host name is looked up anew for each connection: when it leads to another server, the job follows as soon as the old one
// hangs up or turns into a replica. The names are answered by a stand-in for the system's resolver; the servers are real.
import dns, { type LookupAddress } from 'node:dns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { isMaster, until, untilCopied } from '../../../scripts/services/redis-operations.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { eventually } from '../../support/redis-table.ts';
import { startRedis } from '../../support/services.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, SinkLoad } from './sink-load.ts';

const NAME = 'redis.drey.test';
const FIRST = '127.0.0.1';
const SECOND = '127.0.0.2';

/** Where the name leads; none: it is not known. */
let addresses: string[] = [];
let asked = 0;
const systemLookup = dns.lookup;

type Callback = (error: Error | null, addresses: string | LookupAddress[], family?: number) => void;

function lookup(host: string, options: dns.LookupOptions, callback: Callback): void {
  if (host !== NAME) {
    systemLookup(host, options as dns.LookupAllOptions, callback as never);
    return;
  }
  asked++;
  const found = addresses.map((address) => ({ address, family: 4 }));
  setImmediate(() => {
    if (found.length === 0)
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), []);
    else if (options.all) callback(null, found);
    else callback(null, found[0]!.address, 4);
  });
}

let first: RedisHandle;
let second: RedisHandle;
/** The same port on two addresses. */
let atFirst: TcpProxy;
let atSecond: TcpProxy;
let byName: Options;

beforeAll(() => {
  dns.lookup = lookup as typeof dns.lookup;
});
afterAll(() => {
  dns.lookup = systemLookup;
});
beforeEach(async () => {
  [first, second] = await Promise.all([startRedis(QUICK_COPY), startRedis(QUICK_COPY)]);
  atFirst = await TcpProxy.start(first, { host: FIRST });
  atSecond = await TcpProxy.start(second, { host: SECOND, port: atFirst.port });
  byName = { host: NAME, port: String(atFirst.port) };
  addresses = [FIRST];
  asked = 0;
});
afterEach(async () => {
  await closePorts();
  await Promise.all([atFirst.close(), atSecond.close()]);
  // A server that has just copied another's data refuses to stop in order.
  await Promise.all([first.kill(), second.kill()]);
  await Promise.all([first.close(), second.close()]);
});

const QUICK_COPY = {
  persist: false,
  args: ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
};

async function copyFirstToSecond(): Promise<void> {
  await second.command(['REPLICAOF', first.host, first.port]);
  await untilCopied(first);
}

const direct = (server: RedisHandle): Options => ({ host: server.host, port: String(server.port) });

// Addresses beside 127.0.0.1 are part of the loopback on Linux only.
describe.runIf(process.platform === 'linux')('a name that leads to another server', () => {
  test('because roles were swapped (FAILOVER): READONLY is enough, nothing is lost or doubled', async () => {
    await copyFirstToSecond();
    const load = await SinkLoad.start(byName);
    try {
      await load.more();
      const before = asked;
      await first.command(['FAILOVER', 'TO', second.host, second.port]);
      await until('the roles are swapped', () => isMaster(second), 20_000);
      addresses = [SECOND];
      await load.more();
      expect(atSecond.accepted).toBeGreaterThan(0);
      expect(asked).toBeGreaterThan(before);
      const outcome = await load.finish(direct(second));
      expect(outcome.duplicates).toBe(0);
      note('name leads to the new master, the old one is a replica', outcome);
    } finally {
      await load.close();
    }
  });

  test('because the old one is gone: what was not answered is written there', async () => {
    await copyFirstToSecond();
    await fillDimension(direct(first));
    const joins = await LookupLoad.start(byName, { ms: 2000 });
    const load = await SinkLoad.start(byName);
    try {
      await load.more();
      // What a server acknowledges just before its end, and has not copied, is lost with it: so the end comes when all is copied.
      await first.command(['CLIENT', 'PAUSE', 10_000, 'WRITE']);
      await untilCopied(first);
      await second.command(['REPLICAOF', 'NO', 'ONE']);
      await first.kill();
      addresses = [SECOND];
      await load.more();
      const outcome = await load.finish(direct(second));
      expect(outcome.duplicates).toBeLessThanOrEqual(MOST_REPEATED);
      note('name leads to another server, the old one is gone', outcome);
      note('name leads to another server, the old one is gone', await joins.finish());
    } finally {
      await load.close();
    }
  });

  test('with two addresses, of which one refuses', async () => {
    atFirst.refuse();
    addresses = [FIRST, SECOND];
    const load = await SinkLoad.start(byName, { modes: ['STRING', 'LIST'] });
    try {
      await load.more();
      expect((await load.finish(direct(second))).duplicates).toBe(0);
    } finally {
      await load.close();
    }
  });
});

test('a name that cannot be resolved for a while is waited for', async () => {
  const load = await SinkLoad.start(byName, { modes: ['STRING', 'LIST'] });
  try {
    await load.more();
    addresses = [];
    const before = asked;
    atFirst.cut();
    await eventually(() => asked >= before + 4);
    addresses = [FIRST];
    await load.more();
    const outcome = await load.finish(direct(first));
    expect(outcome.duplicates).toBeLessThanOrEqual(MOST_REPEATED);
    note('name cannot be resolved for a while', outcome);
  } finally {
    await load.close();
  }
});
