// Promise: whatever changes a sink receives, in whatever batches and with whatever buffer, Redis ends with what the model
// says: for each mode, each primary key, with and without `ignoreDelete` and `expiration`. 500 random streams each.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisPort } from '../../src/connectors/redis/client/port.ts';
import { applyToModel, KEYS, play, scenarios, VARIANTS } from '../support/redis-modes.ts';
import { openTestPort } from '../support/redis-table.ts';
import { sharedRedis } from '../support/services.ts';

const STREAMS = 500;

let port: RedisPort;
beforeAll(async () => {
  port = await openTestPort(await sharedRedis());
});
afterAll(() => port.close());

describe('what Redis holds after a stream of changes', () => {
  test.each(VARIANTS)(
    '$name',
    async (variant) => {
      await fc.assert(
        fc.asyncProperty(scenarios(variant), async (scenario) => {
          const { found, ttls, size } = await play(port, variant, scenario);
          expect(found).toEqual(applyToModel(variant, scenario.changes, scenario.ignoreDelete));
          const present = KEYS.filter((k) => found[k] !== null);
          expect(size).toBe(present.length);
          for (const k of present) {
            if (scenario.expiration === 0) expect(ttls[k]).toBe(-1);
            else expect(ttls[k]).toBeGreaterThan(scenario.expiration - 60_000);
          }
        }),
        { numRuns: STREAMS },
      );
    },
    60_000,
  );
});

// Law: neither the size of batches nor of the buffer, nor flushes in between, change what Redis holds in the end.
describe('batch invariance', () => {
  test.each(VARIANTS)(
    '$name',
    async (variant) => {
      await fc.assert(
        fc.asyncProperty(scenarios(variant), scenarios(variant), async (one, other) => {
          const { found } = await play(port, variant, one);
          const { changes, ignoreDelete } = one;
          expect((await play(port, variant, { ...other, changes, ignoreDelete })).found).toEqual(found);
        }),
        { numRuns: 50 },
      );
    },
    60_000,
  );
});
