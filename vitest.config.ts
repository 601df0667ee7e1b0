import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    isolate: false,
    include: ['test/**/*.test.ts'],
    // They have a cluster of their own: vitest.flink.config.ts.
    exclude: [...configDefaults.exclude, 'test/flink/**'],
    globalSetup: ['test/setup/services.ts'],
    testTimeout: 30_000,
    // Room for the first test that asks for Kafka.
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    maxWorkers: 2,
    // Real servers on a machine that others load too: in CI a test may have a second try, and the report names it.
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
