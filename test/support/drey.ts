// The `drey` command as a child process, as a user runs it.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class DreyProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #stdout = '';
  #stderr = '';
  #listeners: (() => void)[] = [];

  constructor(args: readonly string[], options: { cwd: string; stdin?: string; env?: NodeJS.ProcessEnv }) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#changed();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#changed();
    });
    child.stdin.end(options.stdin ?? '');
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#changed();
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when `test` holds; rejects when the process ends first, or after `limitMs`. */
  async until(test: () => boolean, limitMs = 30_000): Promise<void> {
    const end = performance.now() + limitMs;
    while (!test()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(
          `drey ended early (${this.child.exitCode}): ${this.#stderr}\n${this.#stdout.slice(-2000)}`,
        );
      }
      const left = end - performance.now();
      if (left <= 0)
        throw new Error(`not within ${limitMs} ms; so far: ${this.#stderr}\n${this.#stdout.slice(-2000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 50));
        this.#listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM', limitMs = 20_000): Promise<Finished> {
    this.child.kill(signal);
    const limit = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    try {
      return await this.finished;
    } finally {
      clearTimeout(limit);
    }
  }

  #changed(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

/** Runs to the end. */
export function drey(args: readonly string[], options: { cwd: string; stdin?: string }): Promise<Finished> {
  return new DreyProcess(args, options).finished;
}
