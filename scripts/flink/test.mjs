#!/usr/bin/env node
// The connector on Apache Flink, tested on every release that it serves: the Maven module, then a cluster. On a machine that may have
// nothing but Node (root on Debian for the rest):
//   npm run test:flink
//   npm run test:flink -- --version 2.2 --only module
import { parseArgs } from 'node:util';
import { Commands } from '../commands.mjs';
import { ensureDependencies } from '../dependencies.mjs';
import { numbers, reportFailure, StageError, say, secondsSince, totalOf } from '../report.mjs';
import { ensureKafka, ensureRedis } from '../services/index.mjs';
import { ensurePrograms } from '../services/install.mjs';
import { runVitest } from '../vitest.mjs';
import { ensureFlink, FLINK_VERSIONS } from './cluster-jars.mjs';
import { buildJar, buildWorker, runModuleTests } from './module.mjs';

const PARTS = ['module', 'cluster'];
const USAGE = `Usage: npm run test:flink -- [--version ${FLINK_VERSIONS.join('|')}] [--only ${PARTS.join('|')}]`;
const MODULE_LIMIT_MS = 20 * 60_000;
const CLUSTER_LIMIT_MS = 40 * 60_000;

const commands = new Commands().stopOnSignals();

async function stage(name, work) {
  const start = performance.now();
  const { ok, output } = await work();
  if (commands.interrupted) throw new StageError('interrupted');
  if (!ok) throw new StageError(`✗ ${name}\n${output.trimEnd()}`);
  say(`✓ ${name} (${secondsSince(start)})`);
}

async function prepare(versions, parts) {
  ensureDependencies(say);
  // The compiler stands for the JDK: a JRE has the `java` command too.
  ensurePrograms(['javac', 'mvn'], { say });
  ensureRedis({ say });
  await stage('worker', () => buildWorker(commands));
  await stage('jar and format of its sources', () => buildJar(commands));
  if (!parts.includes('cluster')) return;
  ensureKafka({ say });
  for (const version of versions) ensureFlink(version, say);
}

async function runModule(version) {
  const result = await runModuleTests(commands, version, { limitMs: MODULE_LIMIT_MS });
  if (!result.ok) process.stderr.write(`${result.output.trimEnd()}\n`);
  return result;
}

const runCluster = (version) =>
  runVitest(commands, ['-c', 'vitest.flink.config.ts'], {
    env: { DREY_FLINK_VERSION: version },
    limitMs: CLUSTER_LIMIT_MS,
  });

const RUN = { module: runModule, cluster: runCluster };

/** Runs a part on a release and answers its line of the summary with its numbers. */
async function runPart(part, version) {
  say(`Flink ${version}, ${part}`);
  const start = performance.now();
  const result = await RUN[part](version);
  if (commands.interrupted) throw new StageError('interrupted');
  return { ...result, version, text: `${part} ${numbers(result)} (${secondsSince(start)})` };
}

function summary(results, versions) {
  for (const version of versions) {
    const texts = results.filter((each) => each.version === version).map(({ text }) => text);
    say(`Flink ${version}: ${texts.join('; ')}`);
  }
  say(numbers(totalOf(results)));
}

async function main() {
  const { values } = parseArgs({ options: { version: { type: 'string' }, only: { type: 'string' } } });
  const versions = values.version === undefined ? FLINK_VERSIONS : [values.version];
  const parts = values.only === undefined ? PARTS : [values.only];
  if (
    !versions.every((each) => FLINK_VERSIONS.includes(each)) ||
    !parts.every((each) => PARTS.includes(each))
  )
    throw new StageError(USAGE);
  await prepare(versions, parts);
  const results = [];
  for (const part of parts) for (const version of versions) results.push(await runPart(part, version));
  summary(results, versions);
  if (results.some(({ ok }) => !ok)) process.exitCode ??= 1;
}

try {
  await main();
} catch (error) {
  const mistaken = error.code?.startsWith('ERR_PARSE_ARGS');
  reportFailure(mistaken ? new StageError(`${error.message}\n${USAGE}`) : error);
}
