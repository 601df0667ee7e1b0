// Servers as child processes: own folder, own log, stopped by their own pid, and never left behind by an owner that dies.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HOST = '127.0.0.1';

/** Waits until `test` holds (or answers something truthy), asking every `everyMs`; false when `limitMs` have passed. */
export async function until(test, limitMs, everyMs = 25) {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await test();
    if (answer) return answer;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export function temporaryFolder(name) {
  return mkdtempSync(join(tmpdir(), `drey-${name}-`));
}

/** First match in PATH (and the usual system folders, which a user's PATH may lack), or null. */
export function which(program) {
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/local/bin',
    '/usr/bin',
    '/usr/sbin',
    '/opt/homebrew/bin',
  ];
  for (const folder of folders) {
    const candidate = join(folder, program);
    if (folder !== '' && existsSync(candidate)) return candidate;
  }
  return null;
}

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) throw new Error(`cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${command} ${args[0] ?? ''} ended with ${result.status ?? result.signal}:\n${said}`);
  }
  return result.stdout ?? '';
}

/** Tells a process from a later one that got the same pid: its start time. Null when there is no such process. */
export function processIdentity(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : fields[19];
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
      throw error;
    }
  }
  const listed = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return listed.status === 0 ? listed.stdout.trim() : null;
}

export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Stops `pid` if it still is the process that `identity` names: TERM, then KILL after `graceMs`. */
export async function stopProcess(pid, identity, graceMs) {
  const alive = () => processIdentity(pid) === identity;
  if (!alive()) return;
  signal(pid, 'SIGCONT');
  signal(pid, 'SIGTERM');
  if (await until(() => !alive(), graceMs)) return;
  signal(pid, 'SIGKILL');
  if (!(await until(() => !alive(), 10_000)))
    throw new Error(`process ${pid} did not end on SIGKILL within 10 s`);
}

// A shell that ends when this process ends, however it ends (its standard input closes), and takes the servers with it.
const GUARD = `trap '' INT TERM HUP
pids=' '; folders=''; containers=' '
while read -r op what; do
  case $op in
    +) pids="$pids$what ";;
    -) pids="\${pids%% $what *} \${pids#* $what }";;
    c) containers="$containers$what ";;
    d) rm -rf "$what";;
    f) folders="$folders
$what";;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
for name in $containers; do docker rm -f "$name" >/dev/null 2>&1; done
sleep 0.2
printf '%s\\n' "$folders" | while read -r folder; do [ -z "$folder" ] || rm -rf "$folder"; done`;

let guard = null;

function startGuard() {
  if (guard !== null) return;
  guard = spawn('/bin/sh', ['-c', GUARD], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // It needs rm and sleep, whatever PATH its owner has.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  guard.unref();
  guard.stdin.on('error', () => {
    guard = null;
  });
  guard.stdin.unref?.();
}

function tellGuard(line) {
  startGuard();
  guard.stdin.write(`${line}\n`);
}

/** Has `folder` removed when this process ends, however it ends. */
export function removeWithOwner(folder) {
  tellGuard(`f ${folder}`);
}

/**
 * Starts the leader of a process group that is killed when this process ends, however it ends. `start`: answers the child. Answers it,
 * and what to call when the group has ended before.
 */
export function startWithOwner(start) {
  // First the guard: the group may live for longer than this process from its first moment on.
  startGuard();
  const child = start();
  if (child.pid === undefined) return { child, forget: () => {} };
  tellGuard(`+ -${child.pid}`);
  return { child, forget: () => tellGuard(`- -${child.pid}`) };
}

/**
 * One server process.
 * `command`, `args`: what to run. `folder`: its data and `log`. `ready`: told the log's text since this start and the pid, answers true when
 * the server serves. `container`: its name, when Docker runs it. `keep`: outlives this process (the command line's `start`); without it the server dies with its owner.
 */
export class Server {
  #child = null;
  #exit = null;
  #identity = null;

  constructor({
    name,
    command,
    args,
    container = null,
    folder,
    ready,
    env,
    readyMs = 30_000,
    graceMs = 10_000,
    keep = false,
    ownsFolder = false,
  }) {
    this.name = name;
    this.program = command;
    this.args = args;
    this.container = container;
    this.folder = folder;
    this.log = join(folder, `${name}.log`);
    this.env = env;
    this.ready = ready;
    this.readyMs = readyMs;
    this.graceMs = graceMs;
    this.keep = keep;
    this.ownsFolder = ownsFolder;
    mkdirSync(folder, { recursive: true });
    if (!keep && ownsFolder) removeWithOwner(folder);
    if (!keep && container !== null) tellGuard(`c ${container}`);
  }

  get pid() {
    return this.#child?.pid ?? 0;
  }

  get identity() {
    return this.#identity;
  }

  get running() {
    return this.#child !== null && this.#exit === null;
  }

  async start() {
    if (this.running) return this;
    const from = existsSync(this.log) ? statSync(this.log).size : 0;
    const out = openSync(this.log, 'a');
    this.#exit = null;
    const child = spawn(this.program, this.args, {
      cwd: this.folder,
      stdio: ['ignore', out, out],
      detached: true,
      env: { ...process.env, ...this.env },
    });
    closeSync(out);
    this.#child = child;
    child.once('error', (error) => {
      this.#exit = `could not be run: ${error.message}`;
    });
    child.once('exit', (code, name) => {
      if (!this.keep) tellGuard(`- ${child.pid}`);
      if (this.#child === child) this.#exit = `ended with ${name ?? code}`;
    });
    child.unref();
    if (child.pid !== undefined) {
      if (!this.keep) tellGuard(`+ ${child.pid}`);
      this.#identity = processIdentity(child.pid);
    }
    const said = () => readFileSync(this.log).subarray(from).toString();
    const up = await until(() => this.#exit !== null || this.ready(said(), child.pid), this.readyMs);
    if (up && this.#exit === null) return this;
    const reason = this.#exit ?? `did not serve within ${this.readyMs / 1000} s`;
    const log = said().trim().split('\n').slice(-20).join('\n');
    if (this.#exit === null) await this.kill();
    throw new Error(`${this.name} (${this.program}) ${reason}; its log ends:\n${log}`);
  }

  /** SIGTERM, then SIGKILL after the grace period. The folder stays, so that start() goes on with the same data. */
  async stop() {
    if (!this.running) return;
    signal(this.pid, 'SIGCONT');
    signal(this.pid, 'SIGTERM');
    if (!(await until(() => this.#exit !== null, this.graceMs, 10))) await this.kill();
  }

  /** SIGKILL: what a crash looks like. */
  async kill() {
    if (!this.running) return;
    // SIGKILL does not pass through Docker's client to the process in the container.
    if (this.container !== null) run('docker', ['kill', this.container]);
    else signal(this.pid, 'SIGKILL');
    if (!(await until(() => this.#exit !== null, 10_000, 10)))
      throw new Error(`${this.name}: ${this.pid} survived SIGKILL`);
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** SIGSTOP: the process accepts nothing and answers nothing, its connections stay open. */
  pause() {
    if (this.container !== null) run('docker', ['pause', this.container]);
    else signal(this.pid, 'SIGSTOP');
  }

  resume() {
    if (this.container !== null) run('docker', ['unpause', this.container]);
    else signal(this.pid, 'SIGCONT');
  }

  /** Stops the server and removes its temporary folder. */
  async close() {
    await this.stop();
    if (this.ownsFolder) {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
      if (!this.keep) tellGuard(`d ${this.folder}`);
    }
  }
}
