#!/usr/bin/env node
// The whole test ladder as one command, on a machine that may have nothing but Node: packages, services, static checks, build, tests.
//   npm test                     everything
//   npm test -- test/unit        the static checks, then only these tests
//   npm run check                (--only check) the static checks alone
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, project, toolEnvironment } from './dependencies.mjs';
import { ensureKafka, ensureRedis } from './services/index.mjs';

const words = process.argv.slice(2);
const only = words[0] === '--only' ? words.splice(0, 2)[1] : null;
const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const say = (line) => process.stdout.write(`${line}\n`);

let running = null;
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    // The stage has the signal too where it came from the terminal; it ends its own servers, then we end.
    running?.kill(name);
    process.exitCode = 130;
  });
}

function execute(command, args, { live }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: project,
      env: toolEnvironment(),
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    running = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      running = null;
      resolve({ ok: code === 0, output });
    });
  });
}

class StageError extends Error {}

/** Runs commands quietly, one after the other: a line for each that passes, the output of each that does not. Throws when one failed. */
async function stages(commands) {
  const failures = [];
  for (const [name, command, ...args] of commands) {
    const since = performance.now();
    const { ok, output } = await execute(command, args, { live: false });
    if (ok) say(`✓ ${name} (${seconds(since)})`);
    else failures.push(`✗ ${name} (${[command, ...args].join(' ')})\n${shortened(output)}`);
    if (process.exitCode !== undefined) throw new StageError('interrupted');
  }
  if (failures.length > 0) throw new StageError(failures.join('\n'));
}

const SHOWN_LINES = 120;

function shortened(output) {
  const lines = output.trimEnd().split('\n');
  const left = lines.length - SHOWN_LINES;
  return left <= 0 ? lines.join('\n') : `${lines.slice(0, SHOWN_LINES).join('\n')}\n… ${left} more lines`;
}

async function step(name, work) {
  const since = performance.now();
  try {
    await work();
  } catch (error) {
    throw new StageError(`✗ ${name}: ${error.message}`);
  }
  say(`✓ ${name} (${seconds(since)})`);
}

const STATIC = [
  ['format and lint: biome', 'biome', 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  ['lint: oxlint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['types: tsc', 'tsc', '-p', '.'],
  ['unused code and packages: knip', 'knip', '--no-progress'],
];

const PACKAGE = [
  ['build: tsdown', 'tsdown'],
  ['package: publint', 'publint', '--strict'],
  ['package types: attw', 'attw', '--pack', '.', '--profile', 'esm-only'],
];

/** Runs vitest and answers how many tests passed and failed. */
async function tests(filters) {
  const folder = join(project, '.services');
  const report = join(folder, `tests-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok } = await execute('vitest', ['run', ...reporters, ...filters], { live: true });
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that cannot be loaded, or an error outside a test, has no failed test of its own.
    const failed = ok ? numFailedTests : Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0, 1);
    return { ok, passed: numPassedTests, failed, skipped: numPendingTests };
  } catch (error) {
    if (error.code === 'ENOENT') return { ok: false, passed: 0, failed: 1, skipped: 0 };
    throw error;
  } finally {
    rmSync(report, { force: true });
  }
}

async function main() {
  await step('npm packages', () => ensureDependencies(say));
  if (only === 'check') return stages(STATIC);
  if (only !== null) throw new StageError(`--only ${only}: only 'check' is known`);
  await step('redis-server', () => ensureRedis({ say }));
  await step('Kafka', () => ensureKafka({ say }));
  await stages(STATIC);
  await stages(PACKAGE);
  const { ok, passed, failed, skipped } = await tests(words);
  say(`whole ladder: ${seconds(started)}`);
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (!ok || passed === 0) process.exitCode ??= 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof StageError ? error.message : error.stack}\n`);
  if (only === null) say('0 passed, 1 failed');
  process.exitCode ??= 1;
}
