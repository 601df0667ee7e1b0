// node bench/staleness.ts [--probes 2000] [--writes 20000]: how long after a change was acknowledged a cache with
// `cache.invalidation` = `tracking` still answers the old value, while others change so many keys of the table a second. Ends with
// 1 when that is 10 ms or more at the median.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startRedis } from '../scripts/services/index.mjs';
import { openLookup, schema } from '../test/support/redis-table.ts';
import { percentile } from './lib/measure.ts';

const { values } = parseArgs({
  options: { probes: { type: 'string', default: '2000' }, writes: { type: 'string', default: '20000' } },
});
const probes = Number(values.probes);
const LIMIT_MS = 10;
const KEYS = 10_000;
const PAUSE_MS = 10;

/** Changes random keys, in pipelines, until it is stopped. */
function writer(port: number): { stop(): Promise<number> } {
  const redis = new Redis(port);
  const each = Math.ceil((Number(values.writes) * PAUSE_MS) / 1000);
  let on = true;
  let written = 0;
  const run = (async () => {
    for (let due = performance.now(); on; due += PAUSE_MS) {
      const pipeline = redis.pipeline();
      for (let i = 0; i < each; i++)
        pipeline.set(`t:other${Math.floor(Math.random() * KEYS)}`, String(written++));
      await pipeline.exec();
      await sleep(Math.max(0, due + PAUSE_MS - performance.now()));
    }
    redis.disconnect();
  })();
  return {
    async stop() {
      on = false;
      await run;
      return written;
    },
  };
}

async function measure(port: number, cache: 'LRU' | 'ALL'): Promise<number[]> {
  const lookup = await openLookup(
    { host: '127.0.0.1', port: String(port), 'key-prefix': 't:', cache, 'cache.invalidation': 'tracking' },
    schema(['k', 'v'], ['k']),
  );
  const redis = new Redis(port);
  const times: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const key = `probe${probe % 50}`;
    const value = String(probe);
    await redis.set(`t:${key}`, value);
    const acknowledged = performance.now();
    while ((await lookup.lookup([[key]]))[0]![0]?.[1] !== value) await new Promise(setImmediate);
    times.push(performance.now() - acknowledged);
  }
  redis.disconnect();
  await lookup.close();
  return times;
}

async function main(): Promise<number> {
  const redis = await startRedis({ persist: false });
  let worst = 0;
  try {
    for (const cache of ['LRU', 'ALL'] as const) {
      const start = performance.now();
      const others = writer(redis.port);
      const times = await measure(redis.port, cache);
      const rate = (await others.stop()) / ((performance.now() - start) / 1000);
      const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
      worst = Math.max(worst, p50);
      console.log(
        `${cache}: old for p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${Math.max(...times).toFixed(1)} ms, beside ${Math.round(rate)} changes a second`,
      );
    }
  } finally {
    await redis.close();
  }
  return worst < LIMIT_MS ? 0 : 1;
}

process.exitCode = await main();
