// Promise: a password that is changed while jobs run ends them only when a new connection needs it, with a reason that names the options;
// started again with the new one, the job goes on where it was.
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { redisCommand } from '../../../scripts/services/index.mjs';
import { errorChain } from '../../../src/types/errors.ts';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { eventually, openLookup, schema, testRuntime } from '../../support/redis-table.ts';
import { sharedKafka, startRedis } from '../../support/services.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { ROWS } from './sink-load.ts';
import { SqlJob } from './sql-job.ts';

const OLD = 'Old-s3cret';
const NEW = 'New-s3cret';
const REASON =
  /wrong user name or password \(options 'username', 'password'\); the server says: WRONGPASS invalid username-password pair/;

const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(() => sharedKafka()); // starting takes a while
afterEach(async () => {
  await closePorts();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(): Promise<{ server: RedisHandle; at: Options; change(): Promise<void> }> {
  const server = await startRedis({ persist: false, password: OLD });
  cleanups.push(() => server.close());
  const change = async () => {
    await server.command(['CONFIG', 'SET', 'requirepass', NEW]);
  };
  return { server, at: { host: server.host, port: String(server.port), password: OLD }, change };
}

/** Ends every connection, as a restart of the server does. */
async function endConnections(server: RedisHandle): Promise<void> {
  await redisCommand(server.port, ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'], { password: NEW });
}

test('a sink', async () => {
  const { server, at, change } = await start();
  const job = await SqlJob.create();
  cleanups.push(() => job.close());
  await job.produce(ROWS);
  await job.start(at);
  await job.untilWritten(at);
  await change();
  const renewed = { ...at, password: NEW };
  // The connections that it has are logged in.
  await job.produce(ROWS);
  await job.untilWritten(renewed);
  expect(job.status).toBe('RUNNING');

  await endConnections(server);
  await job.produce(ROWS);
  const failure = await job.failure();
  expect(failure).toMatch(REASON);
  expect(failure).not.toContain('s3cret');
  expect(job.restarts).toBe(0); // another attempt would end in the same way
  await job.start(renewed);
  await job.untilWritten(renewed);
  await job.finish(renewed);
});

test('lookups: those that need the server fail with the reason, none yields a row of NULLs', async () => {
  const { server, at, change } = await start();
  await fillDimension(at);
  const load = await LookupLoad.start(at, { ms: 600_000, kinds: ['sync', 'async', 'LRU'] });
  await load.more(300);
  await change();
  await endConnections(server);
  for (const error of await load.failures()) {
    expect(errorChain(error).join('\n')).toMatch(REASON);
    expect(errorChain(error).join('\n')).not.toContain('s3cret');
  }
});

test('a table in memory stays as it was loaded; failed loads are told and counted', async () => {
  const { server, at, change } = await start();
  await server.command(['SET', 'dim:k', 'v']);
  const runtime = testRuntime();
  const lookup = await openLookup(
    { ...at, 'key-prefix': 'dim:', cache: 'ALL', cacheTTLMs: '30' },
    schema(['k', 'v'], ['k']),
    runtime,
  );
  cleanups.push(() => lookup.close());
  await change();
  await endConnections(server);
  await eventually(() => (runtime.metric('cache.numLoadFailures') ?? 0) >= 2);
  expect(await lookup.lookup([['k'], ['missing']])).toEqual([[['k', 'v']], []]);
  expect(runtime.warnings.join('\n')).toMatch(/stays as it was loaded before \(1 rows\).*WRONGPASS/s);
  expect(runtime.warnings.join('\n')).not.toContain('s3cret');
  // With the old password again, it is loaded again.
  await redisCommand(server.port, ['CONFIG', 'SET', 'requirepass', OLD], { password: NEW });
  await server.command(['SET', 'dim:k', 'newer']);
  await eventually(async () => (await lookup.lookup([['k']]))[0]?.[0]?.[1] === 'newer');
});
