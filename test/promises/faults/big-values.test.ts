// Promise: a value of 100 MB is written and looked up; a slow network does not make it fail; one that the server refuses fails the
// job with its reason.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { ConnectorError, errorChain } from '../../../src/types/errors.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { batchOf, type Change } from '../../support/memory-tables.ts';
import { openLookup, openSink, schema, testRuntime } from '../../support/redis-table.ts';
import { startRedis, startRedisTls } from '../../support/services.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { note } from './figures.ts';

const KV = schema(['k', 'v'], ['k']);
const MEGABYTE = 1024 * 1024;

let server: RedisHandle;
let at: Options;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await startRedis({ persist: false });
  at = { host: server.host, port: String(server.port) };
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await closePorts();
  await server.command(['FLUSHALL']);
});
afterAll(() => server?.close());

async function write(options: Options, changes: readonly Change[]): Promise<void> {
  const sink = await openSink(options, KV);
  cleanups.push(() => sink.close());
  await sink.write(batchOf(changes));
  await sink.flush(false);
}

async function lookUp(options: Options, key: string): Promise<unknown> {
  const lookup = await openLookup(options, KV);
  cleanups.push(() => lookup.close());
  return (await lookup.lookup([[key]]))[0]?.[0]?.[1];
}

test('100 MB, also between small ones', async () => {
  const big = 'näïve 😀 '.repeat((100 * MEGABYTE) / 13);
  const start = performance.now();
  await write({ ...at, mode: 'STRING' }, [
    [0, ['before', '1']],
    [0, ['big', big]],
    [0, ['after', '2']],
  ]);
  const written = performance.now();
  expect(await server.command(['STRLEN', 'big'])).toBe(Buffer.byteLength(big));
  expect(await server.command(['MGET', 'before', 'after'])).toEqual(['1', '2']);
  const asked = performance.now();
  expect((await lookUp(at, 'big')) === big).toBe(true);
  note('a value of 100 MB', {
    writeMs: Math.round(written - start),
    lookupMs: Math.round(performance.now() - asked),
  });
}, 90_000);

/** A value that takes longer than socket.timeout each way. */
async function slowly(target: RedisHandle, more: Options): Promise<void> {
  const proxy = await TcpProxy.start(target);
  cleanups.push(() => proxy.close());
  proxy.throttle(10 * MEGABYTE);
  const slow = { host: proxy.host, port: String(proxy.port), 'socket.timeout': '2s', ...more };
  const big = 'x'.repeat(22 * MEGABYTE);
  await write({ ...slow, mode: 'STRING' }, [[0, ['big', big]]]);
  expect(await target.command(['STRLEN', 'big'])).toBe(big.length);
  expect((await lookUp(slow, 'big')) === big).toBe(true);
  // Once each way: nothing was given up and sent again.
  expect(proxy.bytes.up).toBeLessThan(1.2 * big.length);
  expect(proxy.bytes.down).toBeLessThan(1.2 * big.length);
}

test('a network that is slower than socket.timeout for a whole value, in clear and over TLS', async () => {
  const secure = await startRedisTls();
  cleanups.push(() => secure.close());
  await Promise.all([slowly(server, {}), slowly(secure, { 'cacert.filepath': secure.files.ca })]);
}, 90_000);

test('above what the server reads at all: it hangs up, and the error names the command', async () => {
  await server.command(['CONFIG', 'SET', 'client-query-buffer-limit', MEGABYTE]);
  cleanups.push(() => server.command(['CONFIG', 'SET', 'client-query-buffer-limit', 1024 * MEGABYTE]));
  const clock = new FastClock(30); // a minute of attempts
  const limits = { 'connect.timeout': '60s', 'socket.timeout': '60s' };
  const sink = await openSink({ ...at, ...limits, mode: 'STRING' }, KV, testRuntime(clock));
  cleanups.push(() => sink.close());
  await sink.write(
    batchOf([
      [0, ['small', '1']],
      [0, ['big', 'x'.repeat(3 * MEGABYTE)]],
    ]),
  );
  const error = await sink.flush(false).catch((reason: unknown) => reason);
  expect(errorChain(error).join('\n')).toMatch(/could not be used for [56]\d{4} ms: The connection .* broke/);
  expect((error as ConnectorError).hint).toContain("SET of key 'big' has 3.0 MB");
});

test('above the server’s limit: an error that says so, and no other attempt', async () => {
  await server.command(['CONFIG', 'SET', 'proto-max-bulk-len', MEGABYTE]);
  cleanups.push(() => server.command(['CONFIG', 'SET', 'proto-max-bulk-len', 512 * MEGABYTE]));
  const runtime = testRuntime();
  const sink = await openSink({ ...at, mode: 'STRING' }, KV, runtime);
  cleanups.push(() => sink.close());
  const start = performance.now();
  await sink.write(
    batchOf([
      [0, ['small', '1']],
      [0, ['big', 'x'.repeat(3 * MEGABYTE)]],
      [0, ['small', '2']],
    ]),
  );
  const error = await sink.flush(false).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectorError);
  expect(errorChain(error).join('\n')).toMatch(/SET of key 'big'.*invalid bulk length/s);
  expect((error as ConnectorError).retryable).toBe(false);
  expect((error as ConnectorError).hint).toContain('proto-max-bulk-len');
  expect(performance.now() - start).toBeLessThan(10_000);

  const keys = await openSink({ ...at, mode: 'STRING' }, KV);
  cleanups.push(() => keys.close());
  await keys.write(batchOf([[0, ['k'.repeat(3 * MEGABYTE), 'v']]]));
  const long = await keys.flush(false).catch((reason: unknown) => reason);
  expect((long as Error).message).toMatch(/SET of key 'k{200}…': ERR Protocol error: invalid bulk length/);
});
