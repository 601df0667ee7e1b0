#!/usr/bin/env node
// The whole test ladder as one command, on a machine that may have nothing but Node: packages, services, static checks, build, tests.
//   npm test                     everything
//   npm test -- test/unit        the static checks, then only these tests
//   npm run check                (--only check) the static checks alone
import { Commands } from './commands.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { buildWorker, runModuleTests } from './flink/module.mjs';
import { numbers, reportFailure, StageError, say, secondsSince, totalOf } from './report.mjs';
import { ensureKafka, ensureRedis } from './services/index.mjs';
import { ensurePrograms } from './services/install.mjs';
import { runVitest } from './vitest.mjs';

const words = process.argv.slice(2);
const only = words[0] === '--only' ? words.splice(0, 2)[1] : null;
const started = performance.now();
const commands = new Commands().stopOnSignals();

/** Runs commands quietly, one after the other: a line for each that passes, the output of each that does not. Throws when one failed. */
async function stages(list) {
  const failures = [];
  for (const [name, command, ...args] of list) {
    const start = performance.now();
    const { ok, output } = await commands.execute(command, args);
    if (ok) say(`✓ ${name} (${secondsSince(start)})`);
    else failures.push(`✗ ${name} (${[command, ...args].join(' ')})\n${shortened(output)}`);
    if (commands.interrupted) throw new StageError('interrupted');
  }
  if (failures.length > 0) throw new StageError(failures.join('\n'));
}

const SHOWN_LINES = 120;

function shortened(output) {
  const lines = output.trimEnd().split('\n');
  const left = lines.length - SHOWN_LINES;
  return left <= 0 ? lines.join('\n') : `${lines.slice(0, SHOWN_LINES).join('\n')}\n… ${left} more lines`;
}

/** What Maven says about tests that failed stands at the end. */
const lastLines = (output) => output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');

async function step(name, work) {
  const start = performance.now();
  try {
    await work();
  } catch (error) {
    throw new StageError(`✗ ${name}: ${error.message}`);
  }
  say(`✓ ${name} (${secondsSince(start)})`);
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

// Where Maven has to fetch Flink first, minutes; else one.
const FLINK_LIMIT_MS = 400_000;

/** The short tests of the connector for Apache Flink, on its oldest release; the rest is `npm run test:flink`. */
async function flinkTests() {
  await step('JDK and Maven', () => ensurePrograms(['javac', 'mvn'], { say }));
  const start = performance.now();
  const { ok: built, output: said } = await buildWorker(commands);
  if (!built) throw new StageError(`✗ worker for Flink\n${shortened(said)}`);
  const result = await runModuleTests(commands, '1.20', { group: 'short', limitMs: FLINK_LIMIT_MS });
  if (result.ok) say(`✓ connector for Flink: ${result.passed} passed (${secondsSince(start)})`);
  else say(`✗ connector for Flink: ${numbers(result)}\n${lastLines(result.output)}`);
  return result;
}

async function allTests() {
  const flink = await flinkTests();
  if (commands.interrupted) throw new StageError('interrupted');
  return [flink, await runVitest(commands, [])];
}

async function main() {
  await step('npm packages', () => ensureDependencies(say));
  if (only === 'check') return stages(STATIC);
  if (only !== null) throw new StageError(`--only ${only}: only 'check' is known`);
  await step('redis-server', () => ensureRedis({ say }));
  await step('Kafka', () => ensureKafka({ say }));
  await stages(STATIC);
  await stages(PACKAGE);
  const results = words.length > 0 ? [await runVitest(commands, words)] : await allTests();
  const total = totalOf(results);
  say(`whole ladder: ${secondsSince(started)}`);
  say(numbers(total));
  if (results.some(({ ok }) => !ok) || total.passed === 0) process.exitCode ??= 1;
}

try {
  await main();
} catch (error) {
  reportFailure(error);
  if (only === null) say(numbers({ passed: 0, failed: 1, skipped: 0 }));
}
