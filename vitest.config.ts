import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    isolate: false,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/services.ts'],
    testTimeout: 30_000,
    // Room for the first test that asks for Kafka.
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    maxWorkers: 2,
  },
});
