// Promise: a connection that is cut anywhere, in the middle of a reply or of a command, costs a reconnect: what was answered is not
// sent again, what was not is, in order.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { until } from '../../../scripts/services/redis-operations.ts';
import { ask, batchOf, closePorts, connected, type Options } from '../../integration/redis/support.ts';
import { startRedis, startRedisTls } from '../../support/services.ts';
import { type Direction, TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, SinkLoad } from './sink-load.ts';

let server: RedisHandle;
let direct: Options;
let proxy: TcpProxy;
let through: Options;

beforeAll(async () => {
  server = await startRedis({ persist: false });
  direct = { host: server.host, port: String(server.port) };
});
beforeEach(async () => {
  proxy = await TcpProxy.start(server);
  through = { host: proxy.host, port: String(proxy.port) };
});
afterEach(async () => {
  await closePorts();
  await proxy.close();
  await server.command(['FLUSHALL']);
});
afterAll(() => server?.close());

test('after each byte of the replies to a pipeline: only what was not answered is sent again', async () => {
  const port = await connected(through, 'sink');
  const commands = 12;
  const values = Array.from({ length: commands }, (_, i) => String(i));
  // :1 … :9, :10 … :12, each with CR and LF
  const ends = values.map((_, i) => (i < 9 ? 4 * (i + 1) : 36 + 5 * (i - 8)));
  for (let bytes = 1; bytes <= ends.at(-1)!; bytes++) {
    const key = `cut:${bytes}`;
    proxy.cutAfter('down', bytes);
    expect(await port.write(batchOf(values.map((value) => ['RPUSH', key, value])))).toBeNull();
    const answered = ends.filter((end) => end <= bytes).length;
    expect(await server.command(['LRANGE', key, 0, -1])).toEqual([...values, ...values.slice(answered)]);
    if (answered < commands) continue;
    await until('the connection is cut', async () => proxy.links.length === 0, 5000);
  }
  expect(port.stats.reconnects).toBeGreaterThanOrEqual(ends.at(-1)! - 1);
});

test('after each byte of the reply to a lookup: it is asked again, the answer is whole', async () => {
  const port = await connected(through);
  await server.command(['SET', 'a', 'näïve 😀']);
  await server.command(['SET', 'b', '']);
  const reply = Buffer.byteLength('*3\r\n$12\r\nnäïve 😀\r\n$0\r\n\r\n$-1\r\n');
  for (let bytes = 1; bytes < reply; bytes++) {
    proxy.cutAfter('down', bytes);
    expect(await ask(port, ['MGET', 'a', 'b', 'c'])).toEqual([['näïve 😀', '', null]]);
  }
  expect(proxy.accepted).toBeGreaterThanOrEqual(reply - 1);
});

test('after each byte of a command: the server executes it once', async () => {
  const port = await connected(through, 'sink');
  const batch = batchOf([['RPUSH', 'up', 'x']]);
  for (let bytes = 1; bytes < batch.byteLength; bytes++) {
    proxy.cutAfter('up', bytes);
    expect(await port.write(batch)).toBeNull();
    expect(await server.command(['LLEN', 'up'])).toBe(bytes);
  }
});

test('after any byte of a handshake, in clear and over TLS: another one is made', async () => {
  const secure = await startRedisTls({ password: 'pw' });
  const tls = await TcpProxy.start(secure);
  try {
    const port = await connected({ ...through, dbNum: '3', 'client-name': 'drey' }, 'sink');
    const tlsAt = {
      host: tls.host,
      port: String(tls.port),
      'cacert.filepath': secure.files.ca,
      password: 'pw',
    };
    const tlsPort = await connected(tlsAt, 'sink');
    for (const [one, to, handshake, step] of [
      [proxy, port, 400, 7],
      [tls, tlsPort, 2000, 41],
    ] as const) {
      for (let bytes = 1; bytes < handshake; bytes += step) {
        const before = one.cuts;
        one.cut();
        one.cutAfter(bytes % 2 === 0 ? 'down' : 'up', bytes);
        expect(await to.write(batchOf([['SET', 'k', bytes]]))).toBeNull();
        if (one.cuts === before) break; // the handshake is shorter
      }
      expect(one.cuts).toBeGreaterThan(20);
    }
  } finally {
    await closePorts();
    await tls.close();
    await secure.close();
  }
});

test.each<[string, (() => void) | Direction]>([
  ['cut in the middle of replies', 'down'],
  ['cut in the middle of commands', 'up'],
  ['closed by the server', () => proxy.newest.halfClose('down')],
  ['half-closed towards the server', () => proxy.newest.halfClose('up')],
])('under load, %s: every mode is whole and in order', async (name, fault) => {
  const CUTS = 10;
  const load = await SinkLoad.start({ ...through, 'socket.timeout': '500ms' });
  try {
    for (let i = 0; i < CUTS; i++) {
      const before = load.metric('numReconnects');
      if (typeof fault === 'string') proxy.cutAfter(fault, 1 + i * 97);
      else fault();
      await until('a reconnect', async () => load.metric('numReconnects') > before, 10_000);
      await load.more(200);
    }
    const outcome = await load.finish(direct);
    expect(outcome.duplicates).toBeLessThanOrEqual(CUTS * MOST_REPEATED);
    note(`connection ${name}, ${CUTS} times`, outcome);
  } finally {
    await load.close();
  }
});

test('under load, joins lose no row and keep no failure', async () => {
  await fillDimension(direct);
  const load = await LookupLoad.start(through);
  for (let i = 0; i < 15; i++) {
    proxy.cutAfter(i % 3 === 0 ? 'up' : 'down', 1 + i * 53);
    await load.more(150);
  }
  note('connection cut in the middle of replies and commands, 15 times', await load.finish());
});
