#!/usr/bin/env node
// Shows a job of the main kind on real input: orders into Redis in two structures, then each order joined with Redis while it passes.
//   npm run quickstart               orders from a file
//   npm run quickstart -- --kafka    orders through a real local Kafka
// A private Redis on a free port serves it; servers that run already are not touched, and nothing is left running.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild, ensureDependencies, node, project, toolEnvironment } from './dependencies.mjs';
import { secondsSince } from './report.mjs';
import {
  freePort,
  redisCommand,
  redisCommands,
  redisInPath,
  startKafka,
  startRedis,
} from './services/index.mjs';
import { HOST, Server } from './services/process.mjs';

const JOB_LIMIT_MS = 60_000;
const say = (line = '') => process.stdout.write(`${line}\n`);
const step = (line) => say(`\n▸ ${line}`);

const { values } = parseArgs({
  options: { kafka: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  say('Usage: npm run quickstart [-- --kafka]');
  process.exit(0);
}

const scratch = mkdtempSync(join(tmpdir(), 'drey-quickstart-'));
const closing = [];
let job = null;
let stopped = false;

async function closeAll() {
  stopped = true;
  job?.kill('SIGTERM');
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(scratch, { recursive: true, force: true });
}

for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    closeAll().then(
      () => process.exit(130),
      (error) => {
        process.stderr.write(`quickstart: ${error.message}\n`);
        process.exit(1);
      },
    );
  });
}

const cli = join(project, 'dist', 'cli.mjs');

async function privateRedis() {
  if (redisInPath()) {
    const redis = await startRedis({ persist: false });
    closing.push(() => redis.close());
    say(`  private redis-server on 127.0.0.1:${redis.port}`);
    return redis.port;
  }
  const port = await freePort();
  const server = new Server({
    name: 'embedded-redis',
    command: node,
    args: [cli, 'redis', '--port', String(port)],
    folder: join(scratch, 'redis'),
    ready: () =>
      redisCommand(port, ['PING']).then(
        (reply) => reply === 'PONG',
        () => false,
      ),
  });
  closing.push(() => server.close());
  await server.start();
  say(`  no redis-server in PATH: Drey's embedded Redis on ${HOST}:${port}`);
  return port;
}

/** Runs one example on the given servers, its result lines shown as they come. */
async function runJob(file, places) {
  const path = join('examples', 'quickstart', file);
  let text = readFileSync(join(project, path), 'utf8');
  for (const [from, to] of Object.entries(places)) text = text.replaceAll(from, to);
  const rendered = join(scratch, file.replaceAll('/', '-'));
  writeFileSync(rendered, text);
  step(`drey run ${path}`);
  const since = performance.now();
  const words = [cli, 'run', rendered, '-D', `execution.checkpointing.dir=${join(scratch, 'checkpoints')}`];
  job = spawn(node, words, { cwd: project, env: toolEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => job.kill('SIGKILL'), JOB_LIMIT_MS);
  let out = '';
  let err = '';
  job.stdout.setEncoding('utf8').on('data', (part) => {
    out += part;
  });
  job.stderr.setEncoding('utf8').on('data', (part) => {
    err += part;
  });
  const status = await new Promise((resolve, reject) =>
    job.once('error', reject).once('close', (code, name) => resolve(name ?? code)),
  );
  clearTimeout(limit);
  job = null;
  if (stopped) throw new Error('interrupted');
  if (status === 'SIGKILL')
    throw new Error(`${path} did not end within ${JOB_LIMIT_MS / 1000} s:\n${err}${out}`);
  if (status !== 0) throw new Error(`${path} ended with ${status}:\n${err}${out}`);
  return { out, seconds: ((performance.now() - since) / 1000).toFixed(2) };
}

async function readValue(port, key) {
  const type = await redisCommand(port, ['TYPE', key]);
  if (type === 'string') return redisCommand(port, ['GET', key]);
  const flat = await redisCommand(port, ['HGETALL', key]);
  const pairs = [];
  for (let index = 0; index < flat.length; index += 2) pairs.push(`${flat[index]}=${flat[index + 1]}`);
  return pairs.sort().join('  ');
}

async function showKeys(port) {
  const keys = [];
  let cursor = '0';
  do {
    const [next, found] = (await redisCommands(port, [['SCAN', cursor, 'COUNT', 1000]]))[0];
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0');
  if (keys.length === 0) throw new Error('the job wrote no keys');
  const names = [...new Set(keys)].sort();
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) say(`  ${name.padEnd(width)}  ${await readValue(port, name)}`);
}

async function main() {
  ensureDependencies((line) => step(line));
  ensureBuild((line) => step(line));
  const start = performance.now();
  step('starting servers');
  const places = { "'6379'": `'${await privateRedis()}'` };
  const folder = values.kafka ? 'kafka/' : '';
  if (values.kafka) {
    const kafka = await startKafka({ say: (line) => say(`  ${line}`) });
    closing.push(() => kafka.close());
    await kafka.createTopic('orders', 2);
    places['localhost:9092'] = kafka.brokers;
    say(`  private Kafka on ${kafka.brokers}`);
    await runJob('kafka/fill.sql', places);
  }
  const written = await runJob(`${folder}write.sql`, places);
  say(`  done in ${written.seconds} s; Redis now holds:`);
  await showKeys(Number(places["'6379'"].slice(1, -1)));
  const joined = await runJob(`${folder}enrich.sql`, places);
  say(`  done in ${joined.seconds} s; the joined stream:`);
  const lines = joined.out.split('\n').filter((line) => /^[+-][IUD]\[/.test(line));
  if (lines.length === 0) throw new Error(`the join printed nothing:\n${joined.out}`);
  for (const line of lines) say(`  ${line}`);
  say(`\nDone in ${secondsSince(start)}. Your own job: npm run -s drey -- run job.sql`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\nquickstart: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await closeAll();
}
