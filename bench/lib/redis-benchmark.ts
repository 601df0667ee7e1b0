// The limit of a run: redis-benchmark with the same command and sizes, alone.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Requests a second of `command` (with `__rand_int__` in it, below `range`), pipelines of `pipeline`, one connection. */
export async function redisBenchmark(
  port: number,
  requests: number,
  pipeline: number,
  command: readonly string[],
  range: number,
): Promise<number> {
  const args = [
    '-p',
    String(port),
    '-n',
    String(requests),
    '-P',
    String(pipeline),
    '-c',
    '1',
    '-r',
    String(range),
  ];
  const { stdout } = await promisify(execFile)('redis-benchmark', [...args, '--csv', ...command], {
    maxBuffer: 1 << 20,
    timeout: 300_000,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  // Names may hold commas; the second quoted field is the rate.
  const rate = Number(line.split('","')[1]?.replaceAll('"', ''));
  if (!Number.isFinite(rate)) throw new Error(`cannot read redis-benchmark's answer: ${line}`);
  return rate;
}
