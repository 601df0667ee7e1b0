// Brings npm's packages in when they are missing or older than the lock file. Plain JavaScript for whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = 20;

const inProject = (...names) => join(project, ...names);

/** An environment in which `node` and the tools are those of node_modules, whatever the system has. */
export function toolEnvironment(more = {}) {
  return {
    ...process.env,
    PATH: `${inProject('node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    ...more,
  };
}

/** The Node that the project is developed on: npm's `node` package. */
export const node = inProject('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

function installed() {
  const lock = inProject('package-lock.json');
  const written = inProject('node_modules', '.package-lock.json');
  if (!existsSync(written)) return false;
  if (statSync(written).mtimeMs >= statSync(lock).mtimeMs) return true;
  // A fresh checkout touches the lock file without changing it: compare what it asks for with what is there.
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const there = JSON.parse(readFileSync(written, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, item]) => path === '' || item.optional || item.peer || there[path]?.version === item.version,
  );
}

function runOrThrow(what, command, args, environment = process.env) {
  const result = spawnSync(command, args, {
    cwd: project,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.error) throw new Error(`${what}: cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    const said = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-30).join('\n');
    throw new Error(`${what} failed (${result.status ?? result.signal}):\n${said}`);
  }
}

function nodeWorks() {
  return existsSync(node) && spawnSync(node, ['--version']).status === 0;
}

/** Installs once; a later call returns at once. `say`: told what takes long. */
export function ensureDependencies(say = () => {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    throw new Error(`Node ${OLDEST_NODE} or newer is needed to start; this is ${process.version}`);
  if (!installed()) {
    say('installing npm packages');
    // Under `npm run`, npm's own settings are in the environment: the CLI that runs us is the one to use.
    const npm = process.env.npm_execpath;
    const viaNode = npm?.endsWith('.js') === true;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    runOrThrow('npm ci', viaNode ? process.execPath : 'npm', viaNode ? [npm, ...args] : args);
  }
  if (nodeWorks()) return;
  // Where npm does not run install scripts, the `node` package has not fetched its binary yet.
  say('fetching the Node that the project is developed on');
  runOrThrow(
    'node package',
    process.execPath,
    [inProject('node_modules', 'node', 'installArchSpecificPackage.js')],
    {
      ...process.env,
      npm_config_global: 'false',
    },
  );
  if (!nodeWorks()) throw new Error(`${node} does not run; remove node_modules and try again`);
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      time = Math.max(time, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return time;
}

/** Builds dist/ when it is missing or older than the sources. */
export function ensureBuild(say = () => {}) {
  const cli = inProject('dist', 'cli.mjs');
  const sources = Math.max(newest(inProject('src')), statSync(inProject('tsdown.config.ts')).mtimeMs);
  if (existsSync(cli) && statSync(cli).mtimeMs > sources) return;
  say('building');
  runOrThrow('build', node, [inProject('node_modules', 'tsdown', 'dist', 'run.mjs')], toolEnvironment());
}
