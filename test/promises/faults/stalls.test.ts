// Promise: a server or a connection that stalls holds a job up no longer than `socket.timeout` says, and when it wakes up,
// nothing of what it held comes over newer values.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { until } from '../../../scripts/services/redis-operations.ts';
import { errorChain } from '../../../src/types/errors.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { batchOf } from '../../support/memory-tables.ts';
import { openLookup, openSink, schema, testRuntime } from '../../support/redis-table.ts';
import { startRedis } from '../../support/services.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, SinkLoad } from './sink-load.ts';

const STALLS = 2;
const KV = schema(['k', 'v'], ['k']);
const TIMEOUTS = { 'connect.timeout': '1s', 'socket.timeout': '300ms' };
/** Longer than both together. */
const STALL_MS = 1500;

let server: RedisHandle;
let direct: Options;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startRedis({ persist: false });
  direct = { host: server.host, port: String(server.port) };
});
afterEach(async () => {
  server.resume();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await closePorts();
  await server.command(['FLUSHALL']);
});
afterAll(() => server?.close());

async function startProxy(): Promise<{ proxy: TcpProxy; through: Options }> {
  const proxy = await TcpProxy.start(server);
  cleanups.push(() => proxy.close());
  return { proxy, through: { ...TIMEOUTS, host: proxy.host, port: String(proxy.port) } };
}

async function pauseFor(ms: number): Promise<void> {
  server.pause();
  await new Promise((resolve) => setTimeout(resolve, ms));
  server.resume();
}

test('a server that stands still: every mode is whole and in order', async () => {
  const load = await SinkLoad.start({ ...TIMEOUTS, ...direct });
  cleanups.push(() => load.close());
  for (let i = 0; i < STALLS; i++) {
    await load.more();
    await pauseFor(STALL_MS);
  }
  await load.more();
  expect(load.metric('numReconnects')).toBeGreaterThan(0);
  const outcome = await load.finish(direct);
  expect(outcome.duplicates).toBeLessThanOrEqual(STALLS * MOST_REPEATED);
  note('server stopped (SIGSTOP) and resumed', outcome);
});

test('a connection that stalls and wakes up later: nothing that it held is executed late', async () => {
  const { proxy, through } = await startProxy();
  const load = await SinkLoad.start(through);
  cleanups.push(() => load.close());
  for (let i = 0; i < STALLS; i++) {
    await load.more();
    const stalled = [...proxy.links];
    proxy.stall(['up'], false);
    await until('changes are held', async () => stalled.some((link) => link.held('up') > 0), 5000);
    proxy.stall(['down'], false);
    await load.more(); // over new connections
    for (const link of stalled) link.resume();
    await until('the server closes what was stalled', async () => stalled.every((link) => !link.open), 5000);
  }
  const outcome = await load.finish(direct);
  expect(outcome.duplicates).toBeLessThanOrEqual(STALLS * MOST_REPEATED);
  note('connection stalled, woke up later', outcome);
});

test('what a job left on a stalled connection is not executed after the job has started again', async () => {
  const { proxy, through } = await startProxy();
  const first = await openSink({ ...through, mode: 'STRING' }, KV, testRuntime());
  await first.write(batchOf([[0, ['k', 'before']]]));
  await first.flush(false);
  const stalled = [...proxy.links];
  proxy.stall();
  await first.write(batchOf([[0, ['k', 'old']]]));
  const flushed = first.flush(false).catch((error: Error) => error);
  await until('the change is on its way', async () => stalled.some((link) => link.held('up') > 0), 5000);
  await first.close();
  expect(await flushed).toBeInstanceOf(Error);
  proxy.stalling = false; // for new connections

  const again = await openSink({ ...through, mode: 'STRING' }, KV);
  cleanups.push(() => again.close());
  await again.write(batchOf([[0, ['k', 'new']]]));
  await again.flush(false);
  for (const link of stalled) link.resume();
  await until('the server closes what was stalled', async () => stalled.every((link) => !link.open), 5000);
  expect(await server.command(['GET', 'k'])).toBe('new');
});

test('a user who may not run CLIENT leaves it to one who may', async () => {
  const { proxy, through } = await startProxy();
  await server.command(['ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '+@all', '-client']);
  const sink = await openSink({ ...through, mode: 'STRING' }, KV);
  cleanups.push(() => sink.close());
  await sink.write(batchOf([[0, ['k', 'before']]]));
  await sink.flush(false);
  const [stalled] = proxy.links;
  proxy.stall();
  await sink.write(batchOf([[0, ['k', 'old']]]));
  await until('the change is on its way', async () => stalled!.held('up') > 0, 5000);
  const attempts = proxy.accepted;
  await until('another connection is tried', async () => proxy.accepted > attempts, 5000);
  proxy.stalling = false; // for new connections
  const lookup = await openLookup({ ...through, username: 'reader', password: 'pw' }, KV);
  cleanups.push(() => lookup.close());
  await sink.flush(false);
  await sink.write(batchOf([[0, ['k', 'new']]]));
  await sink.flush(false);
  stalled!.resume();
  await until('the server closes what was stalled', async () => !stalled!.open, 5000);
  expect(await server.command(['GET', 'k'])).toBe('new');
});

test('a cache that Redis invalidates is emptied when the reports fall silent', async () => {
  const { proxy, through } = await startProxy();
  await server.command(['SET', 'k', 'old']);
  const tracked = { ...through, cache: 'LRU', 'cache.invalidation': 'tracking' };
  const lookup = await openLookup(tracked, KV);
  cleanups.push(() => lookup.close());
  const value = async () => (await lookup.lookup([['k']]))[0]?.[0]?.[1];
  expect(await value()).toBe('old');
  proxy.stall(['up', 'down'], false);
  await server.command(['SET', 'k', 'new']);
  const start = performance.now();
  await until('the new value is seen', async () => (await value()) === 'new', 10_000);
  // Asked for a sign of life once a second, for socket.timeout.
  note('cache with tracking, its connection stalled', { staleMs: Math.round(performance.now() - start) });
});

test('a lookup with a time limit of its own fails then, and does not hang', async () => {
  const { proxy, through } = await startProxy();
  await fillDimension(direct);
  const load = await LookupLoad.start(through, { ms: 60_000, kinds: ['async'], timeout: '500ms' });
  await load.more(100);
  proxy.stall();
  const start = performance.now();
  const [error] = await load.failures();
  expect(errorChain(error).join('\n')).toContain('timed out');
  expect(performance.now() - start).toBeLessThan(5000);
});

test('joins wait for a server that stands still, and for a network that does', async () => {
  const { proxy, through } = await startProxy();
  await fillDimension(direct);
  const load = await LookupLoad.start(through);
  await load.more(300);
  await pauseFor(STALL_MS);
  await load.more(300);
  proxy.stall();
  await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  proxy.resume();
  note('server stopped, then network stalled', await load.finish());
});
