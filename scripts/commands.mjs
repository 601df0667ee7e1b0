// Commands that take everything with them when they are stopped: each has a process group of its own, so that what it has started
// (Maven's test JVM, that one's servers) ends with it: at Ctrl-C, at its time limit, and with this process however that ends.
import { spawn } from 'node:child_process';
import { project, toolEnvironment } from './dependencies.mjs';
import { startWithOwner, until } from './services/process.mjs';

const GRACE_MS = 20_000;

/** Sends to all processes of a group (0: nothing). Answers whether there are any. */
function signalGroup(pid, name) {
  try {
    process.kill(-pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

async function endGroup(pid, name) {
  signalGroup(pid, name);
  if (!(await until(() => !signalGroup(pid, 0), GRACE_MS))) signalGroup(pid, 'SIGKILL');
}

/** Runs one command at a time. */
export class Commands {
  #stop = () => {};
  #interrupted = false;

  /** SIGINT and SIGTERM end the command, and set the exit code of this process. */
  stopOnSignals() {
    for (const name of ['SIGINT', 'SIGTERM']) {
      process.on(name, () => {
        this.#interrupted = true;
        process.exitCode = 130;
        this.#stop(name);
      });
    }
    return this;
  }

  get interrupted() {
    return this.#interrupted;
  }

  /**
   * Answers whether it ended well, and what it printed unless that went to the terminal (`live`). `limitMs`: how long it may take; it
   * is stopped then, and its output says so.
   */
  async execute(command, args, { live = false, env = {}, limitMs = null } = {}) {
    const pipe = live ? 'inherit' : 'pipe';
    const stdio = ['ignore', pipe, pipe];
    const options = { cwd: project, env: toolEnvironment(env), stdio, detached: true };
    const { child, forget } = startWithOwner(() => spawn(command, args, options));
    let output = '';
    let stopped = false;
    let ending = Promise.resolve();
    this.#stop = (name) => {
      if (!stopped) ending = endGroup(child.pid, name);
      stopped = true;
    };
    const tooLong = () => {
      const text = `${command} was stopped: it took more than ${limitMs / 1000} s\n`;
      if (live) process.stderr.write(text);
      output += text;
      this.#stop('SIGTERM');
    };
    const limit = limitMs === null ? null : setTimeout(tooLong, limitMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    try {
      const code = await new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      await ending;
      return { ok: code === 0 && !stopped, output };
    } finally {
      clearTimeout(limit);
      forget();
      this.#stop = () => {};
    }
  }
}
