import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../../support/young-generation-growth.ts');
const LIMIT_MS = 60_000;

/** MB that V8 keeps for new objects after much work, in a process in which jobs of so many threads have begun. */
async function roomMb(threads: readonly number[], nodeOptions = ''): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...threads.map(String)], {
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
    timeout: LIMIT_MS,
  });
  return Number(stdout);
}

test('while no job runs, V8 makes more and more room for new objects', async () => {
  expect(await roomMb([])).toBeGreaterThan(32);
});

test('a job bounds it', async () => {
  expect(await roomMb([1, 1])).toBe(32);
});

test('an option that the user gave to Node counts', async () => {
  expect(await roomMb([1], '--max-semi-space-size=64')).toBeGreaterThan(32);
});

test('a job of several threads, before or after one of one, leaves the flag of the process alone', async () => {
  expect(await roomMb([2, 1])).toBeGreaterThan(32);
  expect(await roomMb([1, 2])).toBeGreaterThan(32);
});
