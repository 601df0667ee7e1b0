// Every mode written into a real cluster while the slots of its keys move from master to master: what is left is what the
// model says, elements of lists neither lost nor doubled nor out of order.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ClusterHandle } from '../../../scripts/services/index.mjs';
import { moveSlot } from '../../../scripts/services/redis-operations.ts';
import { slotOfKey } from '../../../src/connectors/redis/client/cluster/slots.ts';
import { wholeDatabase } from '../../support/redis-cluster.ts';
import { applyToModel, KEYS, play, scenarios, VARIANTS } from '../../support/redis-modes.ts';
import { startCluster } from '../../support/services.ts';
import { closePorts, connected } from './support.ts';

let cluster: ClusterHandle;

beforeAll(async () => {
  cluster = await startCluster(3);
});
afterEach(closePorts);
afterAll(() => cluster?.close());

/** Moves the slots of all keys in turn, until it is stopped. */
class Mover {
  moves = 0;
  #stopped = false;
  readonly #running: Promise<void>;

  constructor() {
    this.#running = this.#run();
    this.#running.catch(() => {
      // stop() tells
    });
  }

  async #run(): Promise<void> {
    for (let round = 1; !this.#stopped; round++) {
      for (const [i, key] of KEYS.entries()) {
        await moveSlot(cluster, slotOfKey(key), cluster.nodes[(round + i) % 3]!);
        this.moves++;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}

test.each(VARIANTS)('$name', async (variant) => {
  const port = await connected({ hostAndPorts: `127.0.0.1:${cluster.port}`, clusterMode: 'true' }, 'sink');
  const changes = fc
    .sample(scenarios(variant), { numRuns: 400, seed: 7 })
    .filter(({ ignoreDelete }) => !ignoreDelete)
    .flatMap((scenario) => scenario.changes);
  const mover = new Mover();
  const whole = wholeDatabase(port);
  const { found, size } = await play(
    {
      ...whole,
      // All is written when the first thing is read.
      pipeline: async (batch) => {
        await mover.stop();
        return whole.pipeline(batch);
      },
    },
    variant,
    {
      changes,
      maxRows: 10,
      batchSize: 5,
      ignoreDelete: false,
      expiration: 0,
      prefix: '',
      flushEvery: 3,
      encoded: false,
    },
  );
  expect(found).toEqual(applyToModel(variant, changes, false));
  expect(size).toBe(KEYS.filter((key) => found[key] !== null).length);
  expect(mover.moves).toBeGreaterThanOrEqual(3);
  expect(port.stats.redirects).toBeGreaterThan(0);
  expect(port.stats.reconnects).toBe(0);
  // What was executed was not sent again.
  expect(port.stats.resentCommands).toBe(port.stats.redirects);
});
