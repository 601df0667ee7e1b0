// Private redis-servers for tests: each on a free port of the loopback, in a temporary folder, stopped by its process.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RedisServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  readonly password?: string;
  /** More of redis-server's arguments: `['--maxclients', '10']`. */
  readonly args?: readonly string[];
}

export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Stands still (SIGSTOP): connections are accepted by the system, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends at once (SIGKILL), as in a crash. */
  kill(): Promise<void>;
  /** Ends and removes its folder. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a server without persistence and waits until it takes commands. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), 'drey-redis-'));
  const args = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  if (options.password !== undefined) args.push('--requirepass', options.password);
  const child = spawn('redis-server', [...args, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout?.on('data', (text: Buffer) => {
    log = (log + text.toString()).slice(-4000);
  });
  child.stderr?.on('data', (text: Buffer) => {
    log = (log + text.toString()).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
  });
  const running = { done: false };
  void exited.then(() => {
    running.done = true;
  });
  await answers(
    port,
    () => running.done,
    () => log,
  );
  const end = async (signal: NodeJS.Signals) => {
    if (!running.done) {
      child.kill('SIGCONT');
      child.kill(signal);
      await Promise.race([exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      if (!running.done) child.kill('SIGKILL');
      await exited;
    }
  };
  return {
    host: '127.0.0.1',
    port,
    pid: pidOf(child),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('redis-server did not start');
  return child.pid;
}

/** Polls until the server sends any reply to PING: `+PONG`, or that it wants a password. */
async function answers(port: number, ended: () => boolean, log: () => string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (ended()) throw new Error(`redis-server ended at once:\n${log()}`);
    if (await ping(port)) return;
    await delay(10);
  }
  throw new Error(`redis-server did not answer within ${START_TIMEOUT_MS} ms:\n${log()}`);
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.setTimeout(500, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply: Buffer) => settle(!reply.toString().startsWith('-LOADING')));
    socket.once('close', () => settle(false));
  });
}
