// Runs a Node program to its end and says what it cost.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Usage {
  /** User and system time of the process, from the operating system. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly maxRssKb: number;
  /** CPU time of Redis meanwhile; 0 where /proc is not there. */
  readonly redisCpuMs: number;
  /** Cores that what is no part of the measurement took meanwhile. */
  readonly foreignCores: number;
  readonly stderr: string;
}

const REPORT = path.join(import.meta.dirname, 'report-usage.mjs');
const LIMIT_MS = 600_000;
/** A tick of the kernel's accounting. */
const TICK_MS = 10;

/** The servers that take part: what they use is no foreign load. */
export interface Servers {
  readonly redis: number;
  readonly kafka: number;
}

/** @throws when the program does not end with 0 */
export async function measureNode(args: readonly string[], stdin: string, servers: Servers): Promise<Usage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drey-bench-'));
  try {
    const file = path.join(folder, 'usage.json');
    const before = sample(servers);
    const { code, stderr } = await run(process.execPath, ['--import', REPORT, ...args], stdin, folder, file);
    const after = sample(servers);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    const own = JSON.parse(await readFile(file, 'utf8')) as Pick<Usage, 'cpuMs' | 'wallMs' | 'maxRssKb'>;
    const busy = after.machine - before.machine;
    return {
      ...own,
      redisCpuMs: after.redis - before.redis,
      foreignCores: Math.max(0, busy - (after.ours - before.ours) - own.cpuMs) / (after.time - before.time),
      stderr,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], stdin: string, cwd: string, usageFile: string) {
  return new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, BENCH_USAGE_FILE: usageFile },
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-20_000);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
    child.stdin.end(stdin);
  });
}

function sample(servers: Servers) {
  const redis = processCpuMs(servers.redis);
  const { user, system } = process.cpuUsage();
  return {
    redis,
    ours: redis + processCpuMs(servers.kafka) + (user + system) / 1000,
    machine: machineCpuMs(),
    time: performance.now(),
  };
}

/** The process's user and system time since its start. */
export function processCpuMs(pid: number): number {
  return cpuTimes(pid).own;
}

/** The same, and that of its child processes that have ended. */
export function cpuTimes(pid: number): { readonly own: number; readonly children: number } {
  if (process.platform !== 'linux') return { own: 0, children: 0 };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sum = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * TICK_MS;
  return { own: sum(11), children: sum(13) };
}

/** User, nice and system time of all processes. */
export function machineCpuMs(): number {
  if (process.platform !== 'linux') return 0;
  const [, user, nice, system] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 4);
  return (Number(user) + Number(nice) + Number(system)) * TICK_MS;
}

/** What a longer run cost more than a shorter one over the first of the same rows, or over none. */
export function without(longer: Usage, shorter: Usage): Usage {
  return {
    ...longer,
    cpuMs: longer.cpuMs - shorter.cpuMs,
    wallMs: longer.wallMs - shorter.wallMs,
    redisCpuMs: longer.redisCpuMs - shorter.redisCpuMs,
    foreignCores: Math.max(longer.foreignCores, shorter.foreignCores),
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}
