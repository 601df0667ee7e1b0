// Runs a Node program to its end and says what it cost.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Usage {
  /** User and system time of the process, from the operating system. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly maxRssKb: number;
}

const REPORT = path.join(import.meta.dirname, 'report-usage.mjs');
const LIMIT_MS = 600_000;

/** @throws when the program does not end with 0 */
export async function measureNode(args: readonly string[], stdin = ''): Promise<Usage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drey-bench-'));
  try {
    const file = path.join(folder, 'usage.json');
    const { code, stderr } = await run(process.execPath, ['--import', REPORT, ...args], stdin, folder, file);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(await readFile(file, 'utf8')) as Usage;
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
      stderr = (stderr + text).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
    child.stdin.end(stdin);
  });
}

/** What the work itself cost: a run over all rows less a run over none. */
export function without(total: Usage, startUp: Usage): Usage {
  return {
    cpuMs: total.cpuMs - startUp.cpuMs,
    wallMs: total.wallMs - startUp.wallMs,
    maxRssKb: total.maxRssKb,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
