// A master that real sentinels watch: found by its name, followed when they replace it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RedisHandle, SentinelHandle } from '../../../scripts/services/index.mjs';
import { replicationOf, untilCopied } from '../../../scripts/services/redis-operations.ts';
import { openLookup, schema } from '../../support/redis-table.ts';
import { startRedis, startSentinel } from '../../support/services.ts';
import { ask, closePorts, connected, type Options, refusal } from './support.ts';
import { MOST_REPEATED, Writer } from './writer.ts';

let group: SentinelHandle;
const KEYS = ['a', 'b', 'c'];

beforeAll(async () => {
  group = await startSentinel({
    password: 'pw',
    sentinelPassword: 'watch',
    replicas: 1,
    sentinels: 1,
    args: ['--repl-diskless-sync-delay', '0'],
  });
  // Sentinels look every 10 s at what has not failed: too long for a test.
  await group.sentinels[0]!.command(['SENTINEL', 'DEBUG', 'info-period', 300, 'publish-period', 300]);
  await group.sentinels[0]!.command(['SENTINEL', 'SET', group.masterName, 'down-after-milliseconds', 700]);
});
afterEach(async () => {
  await closePorts();
  await requireReplicas(0);
});
afterAll(async () => {
  await Promise.all([group?.master, ...(group?.replicas ?? [])].map((server) => server?.kill()));
  await group?.close();
});

function options(more: Options = {}): Options {
  return {
    'sentinel.master': group.masterName,
    'sentinel.nodes': group.sentinelPorts.map((port) => `127.0.0.1:${port}`).join(';'),
    'sentinel.password': 'watch',
    password: 'pw',
    'connect.timeout': '500',
    'socket.timeout': '500',
    ...more,
  };
}

function serverOf(port: number): RedisHandle {
  return [group.master, ...group.replicas].find((server) => server.port === port)!;
}

/** The master of the moment, and its replica. */
async function roles(): Promise<{ master: RedisHandle; replica: RedisHandle }> {
  const master = serverOf(await group.masterPort());
  return { master, replica: [group.master, ...group.replicas].find((server) => server !== master)! };
}

/** The replica has all that the master had just now, and keeps following it. */
async function untilWhole(): Promise<void> {
  await expect
    .poll(
      async () => {
        const { master, replica } = await roles();
        const info = await replicationOf(replica);
        return info.includes('master_link_status:up') && info.includes(`master_port:${master.port}`);
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await untilCopied((await roles()).master);
}

async function requireReplicas(count: number): Promise<void> {
  for (const server of [group.master, ...group.replicas])
    await server.command(['CONFIG', 'SET', 'min-replicas-to-write', count]);
}

describe('the master', () => {
  it('is found by its name, through any sentinel that answers', async () => {
    const dead = await startRedis({ persist: false });
    await dead.close();
    const port = await connected(
      options({
        'sentinel.nodes': `127.0.0.1:${dead.port};127.0.0.1:${group.sentinelPorts[0]}`,
        dbNum: '2',
        'client-name': 'drey-job',
      }),
    );
    const replies = await ask(port, ['SET', 'k', 'v'], ['CLIENT', 'INFO'], ['ROLE']);
    expect(replies[1]).toMatch(/ name=drey-job .* db=2 /);
    expect((replies[2] as string[])[0]).toBe('master');
    expect(await ask(port, ['DEL', 'k'])).toEqual([1]);
  });

  it('is told to a user of the sentinels’ access control list, and not to one who may not ask', async () => {
    const user = ['ACL', 'SETUSER', 'watcher', 'on', '>eyes', '&*', '+@all'];
    await group.sentinels[0]!.command(user);
    const login = { 'sentinel.username': 'watcher', 'sentinel.password': 'eyes' };
    const port = await connected(options(login));
    expect((await ask(port, ['ROLE']))[0]).toMatchObject({ 0: 'master' });
    expect(await group.sentinels[0]!.command(['CLIENT', 'LIST'])).toContain(' user=watcher ');
    await group.sentinels[0]!.command([...user, '-sentinel']);
    const error = await refusal(options(login));
    expect(error.message).toMatch(/^No sentinel names the master 'mymaster'.*NOPERM/);
  });

  it.each<[string, () => Options, RegExp, boolean]>([
    [
      'an unknown name',
      () => ({ 'sentinel.master': 'other' }),
      /^No sentinel names the master 'other' \(options 'sentinel\.master', 'sentinel\.nodes'\): 127\.0\.0\.1:\d+ does not know this master$/,
      false,
    ],
    [
      'a wrong password for the sentinel',
      () => ({ 'sentinel.password': 'geheim' }),
      /wrong user name or password \(options 'sentinel\.username', 'sentinel\.password'\)/,
      false,
    ],
    [
      'no password for the sentinel',
      () => ({ 'sentinel.password': '' }),
      /a password is required \(option 'sentinel\.password'\)/,
      false,
    ],
    [
      'a wrong password for the server',
      () => ({ password: 'geheim' }),
      /^Cannot connect to Redis at 127\.0\.0\.1:\d+: wrong user name or password \(options 'username', 'password'\)/,
      false,
    ],
    [
      'no sentinel that answers',
      () => ({ 'sentinel.nodes': '127.0.0.1:1' }),
      /^No sentinel names the master 'mymaster'.*: Cannot connect to Redis at 127\.0\.0\.1:1: connection refused/,
      true,
    ],
  ])('%s: said so', async (_name, more, words, retryable) => {
    const error = await refusal(options(more()));
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('geheim');
    expect(error.retryable).toBe(retryable);
  });
});

describe('a failover', () => {
  it('in the middle of a run, ordered by an operator: the order is kept, and hardly anything is lost', async () => {
    await untilWhole();
    // A master refuses changes (NOREPLICAS) from the moment at which its replica leaves it to take its place.
    await requireReplicas(1);
    const { master, replica } = await roles();
    const port = await connected(options(), 'sink');
    const settled = new Writer(port, KEYS);
    await settled.more(50);
    await settled.stop();
    const running = new Writer(
      port,
      KEYS.map((key) => `running:${key}`),
    );
    await running.more(50);
    await group.failover();
    await running.more(50);
    await running.stop();
    expect((await roles()).master).toBe(replica);
    await untilWhole();
    expect((await roles()).master).not.toBe(master);
    expect((await ask(port, ['ROLE']))[0]).toMatchObject({ 0: 'master' });
    expect(port.stats.reconnects).toBeGreaterThan(0);
    await settled.expectExact(port);
    // Redis acknowledges before it copies: some milliseconds of the old master's last changes may be gone.
    expect(await running.expectOrdered(port)).toBeLessThan(5_000);
  });

  it('because the master crashed: what was on its way goes to its successor', async () => {
    await untilWhole();
    const port = await connected(options(), 'sink');
    const reader = await connected(options());
    const { master, replica } = await roles();
    expect(await ask(port, ['SET', 'crash', 'before'], ['WAIT', 1, 400])).toEqual(['OK', 1]);
    await master.kill();
    const writer = new Writer(
      port,
      KEYS.map((key) => `crash:${key}`),
    );
    await writer.more(20, 25_000);
    await writer.stop();
    expect(await ask(reader, ['GET', 'crash'])).toEqual(['before']);
    expect(await writer.expectAtLeastOnce(reader)).toBeLessThanOrEqual(MOST_REPEATED);
    expect((await roles()).master).toBe(replica);
    await master.start();
    await untilWhole();
  });

  it('is followed by the reports of changed keys, however alive the old master is', async () => {
    await untilWhole();
    const { master, replica } = await roles();
    const isReporting = async (server: RedisHandle) =>
      / name=watching .* flags=\S*t/.test(String(await server.command(['CLIENT', 'LIST'])));
    const table = options({ cache: 'LRU', 'cache.invalidation': 'tracking', 'client-name': 'watching' });
    const lookup = await openLookup(table, schema(['k', 'v'], ['k']));
    try {
      expect(await isReporting(master)).toBe(true);
      await group.failover();
      await expect.poll(() => isReporting(replica), { timeout: 15_000 }).toBe(true);
      const get = async () => (await lookup.lookup([['seen']]))[0]?.[0]?.[1];
      await replica.command(['SET', 'seen', 'old']);
      await expect.poll(get).toBe('old');
      await replica.command(['SET', 'seen', 'new']);
      await expect.poll(get).toBe('new');
    } finally {
      await lookup.close();
    }
    await untilWhole();
  });

  it('is followed by a port that does nothing, before the old master is gone', async () => {
    await untilWhole();
    const port = await connected(options());
    expect((await ask(port, ['ROLE']))[0]).toMatchObject({ 0: 'master' });
    const { replica } = await roles();
    await group.failover();
    await expect
      .poll(async () => String(await replica.command(['CLIENT', 'LIST'])), { timeout: 10_000 })
      .not.toBe('');
    await expect.poll(async () => (await ask(port, ['INFO', 'replication']))[0]).toContain('role:master');
    // Whoever keeps a connection to a master of its own sees that it is another one.
    expect((await port.nodes())[0]?.label).toBe(`127.0.0.1:${replica.port}`);
  });
});

describe('replicas', () => {
  it('answer lookups; the master does when there is none', async () => {
    await untilWhole();
    const { replica } = await roles();
    const sink = await connected(options(), 'sink');
    expect(await ask(sink, ['SET', 'read', 'me'], ['WAIT', 1, 400])).toEqual(['OK', 1]);
    const lookup = await connected(options({ 'lookup.read-from': 'replica', 'client-name': 'looker' }));
    expect(await ask(lookup, ['GET', 'read'])).toEqual(['me']);
    expect(String(await replica.command(['CLIENT', 'LIST']))).toContain('name=looker');
    expect((await ask(lookup, ['INFO', 'replication']))[0]).toContain('role:slave');
    // Changes go to the master all the same.
    expect(await ask(lookup, ['SET', 'written', '1'])).toEqual(['OK']);
    await replica.kill();
    expect(await ask(lookup, ['GET', 'read'])).toEqual(['me']);
    await replica.start();
    await untilWhole();
    // It is asked again once it is back.
    const answering = async () => (await ask(lookup, ['INFO', 'replication']))[0];
    await expect.poll(answering, { timeout: 10_000 }).toContain('role:slave');
  });
});
