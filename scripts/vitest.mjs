// Vitest as a command whose results are counted.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './dependencies.mjs';

/** Runs vitest and answers how many tests passed and failed. `words`: more of its arguments; the rest as for a command. */
export async function runVitest(commands, words, options = {}) {
  const folder = join(project, '.services');
  const report = join(folder, `tests-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok } = await commands.execute('vitest', ['run', ...reporters, ...words], {
    live: true,
    ...options,
  });
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    // A file that cannot be loaded, or an error outside a test, has no failed test of its own.
    const failed = ok ? numFailedTests : Math.max(numFailedTests, 1);
    return { ok, passed: numPassedTests, failed, skipped: numPendingTests };
  } catch (error) {
    if (error.code === 'ENOENT') return { ok: false, passed: 0, failed: 1, skipped: 0 };
    throw error;
  } finally {
    rmSync(report, { force: true });
  }
}
