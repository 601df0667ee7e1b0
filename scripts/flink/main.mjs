#!/usr/bin/env node
// A local Flink with the connector, for development and for trying jobs: `npm run flink -- start`.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, project } from '../dependencies.mjs';
import { describe, isUp, startKept, states, stopKept } from '../services/state.mjs';
import { startFlink } from './cluster.mjs';
import { FLINK_VERSIONS } from './cluster-jars.mjs';
import { FlinkJobs, GatewaySession, splitStatements } from './gateway.mjs';

const USAGE = `Usage: npm run flink -- start [--version V] [--folder DIR]
       npm run flink -- run FILE.sql [--version V] [--folder DIR]
       npm run flink -- stop [--version V] [--folder DIR]
       npm run flink -- status [--folder DIR]

V: ${FLINK_VERSIONS.join(', ')} (default ${FLINK_VERSIONS[0]}). start runs JobManager, TaskManager and SQL gateway on free ports of 127.0.0.1, with
the connector's jar in place; logs and state are under DIR (default: .services/run of the project). run submits the statements of a
file, waits for each job and shows the rows of queries and of print tables; where no cluster runs it starts one for as
long as it takes. stop ends only what start has started, by pid.`;

class UsageError extends Error {}

const say = (line) => process.stderr.write(`${line}\n`);
const show = (line) => process.stdout.write(`${line}\n`);

async function start(folder, version) {
  const { state, isNew } = await startKept(folder, `flink-${version}`, (home) =>
    startFlink({ version, folder: home, keep: true, say }),
  );
  show(`${isNew ? '' : 'runs already: '}${describe(state)}`);
  show(`web page: http://${state.host}:${state.ports.restPort}`);
}

async function stop(folder, version) {
  for (const state of states(folder)) {
    if (!state.kind.startsWith('flink-') || (version !== undefined && state.kind !== `flink-${version}`))
      continue;
    await stopKept(folder, state);
    say(`stopped ${state.kind}`);
  }
}

function status(folder) {
  for (const state of states(folder))
    if (state.kind.startsWith('flink-')) show(`${describe(state)}${isUp(state) ? '' : ' (not running)'}`);
}

/** What print tables wrote into a TaskManager's log: the lines that are not of the logger. */
function printed(log, from) {
  const lines = readFileSync(log, 'utf8').split('\n').slice(from);
  return lines.filter((line) => /^(.*> )?[+-][IUD]\[/.test(line));
}

const linesOf = (log) => readFileSync(log, 'utf8').split('\n').length - 1;

const isQuery = (statement) => /^(SELECT|WITH|VALUES)\b/i.test(statement);
const isJob = (statement) => /^(INSERT|EXECUTE|BEGIN)\b/i.test(statement);

/** Runs a script. `log`: of the TaskManager, where print tables write. */
async function runScript(cluster, log, script) {
  const session = await GatewaySession.open(cluster);
  const jobs = new FlinkJobs(cluster);
  try {
    for (const statement of splitStatements(script)) {
      const from = linesOf(log);
      const { rows, jobId } = await session.execute(statement, { limitMs: Number.POSITIVE_INFINITY });
      if (isJob(statement)) {
        await jobs.finished(jobId, Number.POSITIVE_INFINITY);
        for (const line of printed(log, from)) show(line);
        say(`job ${jobId} finished`);
      } else if (rows.join() !== '+I,OK') {
        for (const [kind, ...fields] of rows)
          show(isQuery(statement) ? `${kind}[${fields.join(', ')}]` : fields.join(' '));
      }
    }
  } finally {
    await session.close();
  }
}

async function run(folder, version, file) {
  if (file === undefined) throw new UsageError('run needs a file');
  const script = readFileSync(resolve(file), 'utf8');
  const kept = states(folder).find((state) => state.kind === `flink-${version}` && isUp(state));
  if (kept !== undefined) {
    const cluster = { host: kept.host, ...kept.ports };
    await runScript(cluster, join(kept.home, 'taskmanager-1.log'), script);
    return;
  }
  say(`starting Flink ${version}`);
  const cluster = await startFlink({ version, say });
  try {
    await runScript(cluster, cluster.taskManagers[0].log, script);
  } finally {
    await cluster.close();
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    options: {
      version: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  const [verb, file] = positionals;
  const version = values.version ?? FLINK_VERSIONS[0];
  if (!FLINK_VERSIONS.includes(version))
    throw new UsageError(`version ${version} is not known; known: ${FLINK_VERSIONS.join(', ')}`);
  const folder = values.folder ? resolve(values.folder) : join(project, '.services', 'run');
  if (values.help) show(USAGE);
  else if (verb === 'stop') await stop(folder, values.version);
  else if (verb === 'status') status(folder);
  else if (verb === 'start' || verb === 'run') {
    ensureDependencies(say);
    if (verb === 'start') await start(folder, version);
    else await run(folder, version, file);
  } else throw new UsageError(verb === undefined ? 'say what to do' : `unknown command '${verb}'`);
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  say(usage ? `flink: ${error.message}\n\n${USAGE}` : `flink: ${error.message}`);
  process.exitCode = usage ? 2 : 1;
}
