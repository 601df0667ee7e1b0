// Promise: a server that is killed and started again costs time, no row: every mode ends as the model says, lists in order,
// and every join hands out each row once, with the right value.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { closePorts, type Options } from '../../integration/redis/support.ts';
import { startRedis } from '../../support/services.ts';
import { note } from './figures.ts';
import { fillDimension, LookupLoad } from './lookup-load.ts';
import { MOST_REPEATED, SinkLoad } from './sink-load.ts';

const RESTARTS = 3;

let server: RedisHandle;
let at: Options;

beforeAll(async () => {
  server = await startRedis({ password: 'pw' });
  at = { host: server.host, port: String(server.port), password: 'pw' };
});
afterEach(closePorts);
afterAll(() => server?.close());

test('every mode is whole and in order after kills and restarts', async () => {
  const load = await SinkLoad.start(at);
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
    note('server killed and restarted', outcome);
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
  note('server killed and restarted', await load.finish());
});
