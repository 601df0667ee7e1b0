// Promise: a server that is killed and started again costs time, no row: every mode ends as the model says, lists in order,
// and every join hands out each row once, with the right value.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { eventually, openLookup, schema } from '../../support/redis-table.ts';
import { startRedis } from '../../support/services.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, SinkLoad } from './sink-load.ts';

const RESTARTS = 2;

let server: RedisHandle;
let at: Options;

beforeAll(async () => {
  server = await startRedis({ password: 'pw' });
  at = { host: server.host, port: String(server.port), password: 'pw' };
});
afterEach(closePorts);
afterAll(() => server?.close());

test.each([
  'every mode is whole and in order after kills and restarts',
  'and over several connections (sink.parallel-connections)',
])('%s', async (name) => {
  const several = name.includes('several');
  const load = await SinkLoad.start(several ? { ...at, 'sink.parallel-connections': '3' } : at, {
    prefix: several ? 'several' : 'one',
  });
  try {
    for (let i = 0; i < RESTARTS; i++) {
      await load.more();
      await server.kill();
      await server.start();
    }
    await load.more();
    expect(load.metric('numReconnects')).toBeGreaterThanOrEqual(RESTARTS);
    const outcome = await load.finish(at);
    expect(outcome.duplicates).toBeLessThanOrEqual(RESTARTS * MOST_REPEATED);
    note(`server killed and restarted ${RESTARTS} times${several ? ', several connections' : ''}`, outcome);
  } finally {
    await load.close();
  }
});

test('joins wait for the server: no row is lost, no failure is kept', async () => {
  await fillDimension(at);
  const load = await LookupLoad.start(at);
  for (let i = 0; i < 2; i++) {
    await load.more(300);
    await server.kill();
    await server.start();
  }
  note('server killed and restarted 2 times', await load.finish());
});

test('a table in memory answers while the server is gone, and is loaded again when it is back', async () => {
  await server.command(['SET', 'table:k', 'old']);
  const options = { ...at, 'key-prefix': 'table:', cache: 'ALL', cacheTTLMs: '20' };
  const lookup = await openLookup(options, schema(['k', 'v'], ['k']));
  try {
    await server.kill();
    for (let i = 0; i < 20; i++) {
      // Not a promise: nobody is asked.
      expect(lookup.lookup([['k'], ['missing']])).toEqual([[['k', 'old']], []]);
      await new Promise((resolve) => setTimeout(resolve, 10)); // loads are due meanwhile
    }
    await server.start();
    await server.command(['SET', 'table:k', 'new']);
    const found = () => (lookup.lookup([['k']]) as readonly (readonly unknown[][])[])[0]?.[0]?.[1];
    await eventually(() => found() === 'new');
  } finally {
    await lookup.close();
  }
});
