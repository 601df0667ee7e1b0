// What tests of jobs in several threads share.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { sharedKafka } from '../../support/services.ts';

/** A test starts many threads, each of which loads the sources anew: on a busy machine that takes a while. */
export const LIMIT_MS = 120_000;

/** Threads and processes of the file's tests keep what they compile; Kafka is there when the first test begins. */
export function prepareThreads(): void {
  const before = process.env['NODE_COMPILE_CACHE'];
  beforeAll(async () => {
    process.env['NODE_COMPILE_CACHE'] = path.join(tmpdir(), 'drey-test-compiled');
    await sharedKafka();
  });
  afterAll(() => {
    if (before === undefined) delete process.env['NODE_COMPILE_CACHE'];
    else process.env['NODE_COMPILE_CACHE'] = before;
  });
}
