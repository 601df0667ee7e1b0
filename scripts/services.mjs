#!/usr/bin/env node
// Starts and stops real servers by hand, for development: `node scripts/services.mjs start redis`.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ensureKafka,
  ensureRedis,
  startCluster,
  startKafka,
  startRedis,
  startRedisTls,
  startSentinel,
} from './services/index.mjs';
import { describe, isUp, startKept, states, stopKept } from './services/state.mjs';

const USAGE = `Usage: services start KIND [--password P] [--port N] [--folder DIR] [--json]
       services stop [KIND] [--folder DIR]
       services status [--folder DIR]
       services topic NAME [--partitions N] [--folder DIR]
       services install [redis] [kafka]

KIND: redis, redis-tls, redis-cluster, redis-sentinel, kafka (--sasl USER:PASSWORD and --tls add listeners)

Servers listen on free ports of 127.0.0.1 and keep their data, logs and state under DIR (default: .services/run of the project).
stop ends only what start has started, by pid.`;

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => process.stderr.write(`${line}\n`);

const STARTERS = {
  redis: (common, options) =>
    startRedis({ ...common, password: options.password, port: options.port && Number(options.port) }),
  'redis-tls': (common, options) => startRedisTls({ ...common, password: options.password }),
  'redis-cluster': (common, options) => startCluster(3, { ...common, password: options.password }),
  'redis-sentinel': (common, options) => startSentinel({ ...common, password: options.password }),
  kafka: (common, options) => {
    const [username, password] = (options.sasl ?? '').split(':');
    const sasl = options.sasl ? { username, password } : undefined;
    return startKafka({ ...common, sasl, tls: options.tls, port: options.port && Number(options.port) });
  },
};

class UsageError extends Error {}

async function start(folder, kind, options) {
  const starter = STARTERS[kind];
  if (starter === undefined)
    throw new UsageError(`unknown service '${kind ?? ''}'; known: ${Object.keys(STARTERS).join(', ')}`);
  const { state, isNew } = await startKept(folder, kind, (home) =>
    starter({ folder: home, keep: true, say }, options),
  );
  if (isNew) process.stdout.write(options.json ? `${JSON.stringify(state)}\n` : `${describe(state)}\n`);
  else say(`runs already: ${describe(state)}`);
}

async function stop(folder, kind) {
  for (const state of states(folder)) {
    if (kind !== undefined && state.kind !== kind) continue;
    await stopKept(folder, state);
    say(`stopped ${state.kind}`);
  }
}

async function topic(folder, name, options) {
  const state = states(folder).find((candidate) => candidate.kind === 'kafka');
  if (name === undefined) throw new UsageError('topic needs a name');
  if (state === undefined || !isUp(state)) throw new Error('no Kafka runs here: services start kafka');
  const { createTopic } = await import('./services/kafka-admin.mjs');
  await createTopic(state.ports.port, name, Number(options.partitions ?? 1));
}

function install(kinds) {
  const all = kinds.length === 0 ? ['redis', 'kafka'] : kinds;
  for (const kind of all) {
    if (kind === 'redis') ensureRedis({ say });
    else if (kind === 'kafka') ensureKafka({ say });
    else throw new UsageError(`unknown service '${kind}'; known: redis, kafka`);
  }
}

const OPTIONS = {
  password: { type: 'string' },
  port: { type: 'string' },
  folder: { type: 'string' },
  partitions: { type: 'string' },
  sasl: { type: 'string' },
  tls: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [verb, ...words] = positionals;
  const folder = values.folder ? resolve(values.folder) : join(project, '.services', 'run');
  if (values.help) process.stdout.write(`${USAGE}\n`);
  else if (verb === 'start') await start(folder, words[0], values);
  else if (verb === 'stop') await stop(folder, words[0]);
  else if (verb === 'status')
    for (const state of states(folder)) say(`${describe(state)}${isUp(state) ? '' : ' (not running)'}`);
  else if (verb === 'topic') await topic(folder, words[0], values);
  else if (verb === 'install') install(words);
  else throw new UsageError(verb === undefined ? 'say what to do' : `unknown command '${verb}'`);
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  say(usage ? `services: ${error.message}\n\n${USAGE}` : `services: ${error.message}`);
  process.exitCode = usage ? 2 : 1;
}
