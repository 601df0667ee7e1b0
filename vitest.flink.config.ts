// The tests that need a Flink cluster: npm run test:flink. DREY_FLINK_VERSION says which Flink (1.20 unless told).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    isolate: false,
    include: ['test/flink/**/*.test.ts'],
    globalSetup: ['test/setup/services.ts', 'test/flink/support/setup.ts'],
    // A job on a cluster takes seconds, on a busy machine more.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // Jobs wait more than they work; the cluster has four slots.
    maxConcurrency: 3,
    // One cluster for all, on few cores.
    maxWorkers: 1,
  },
});
