// What runs inside and below a TaskManager, as Linux and the JDK tell.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Fields of /proc/PID/stat behind the name: state, parent … Null when there is no such process. */
function statOf(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Living child processes. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const stat = statOf(pid);
      return stat !== null && stat[0] !== 'Z' && Number(stat[1]) === parent;
    })
    .map(Number);
}

/** The connector's workers of a TaskManager: its children that are Node. */
export function workersOf(taskManager: number): number[] {
  return childrenOf(taskManager).filter((pid) => {
    try {
      return path.basename(readlinkSync(`/proc/${pid}/exe`)) === 'node';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  });
}

/** Is there such a process, other than as a zombie? */
export function isAlive(pid: number): boolean {
  const stat = statOf(String(pid));
  return stat !== null && stat[0] !== 'Z';
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What `jcmd` answers. */
export async function jcmd(pid: number, command: string): Promise<string> {
  return (await run('jcmd', [String(pid), command], { maxBuffer: 1 << 26 })).stdout;
}

/** Names of a JVM's threads. */
export async function threadsOf(pid: number): Promise<string[]> {
  return [...(await jcmd(pid, 'Thread.print')).matchAll(/^"([^"]*)"/gm)].map((match) => match[1]!);
}

/** Class loaders of jobs that the JVM still has. */
export async function jobClassLoaders(pid: number): Promise<number> {
  await jcmd(pid, 'GC.run');
  const histogram = await jcmd(pid, 'GC.class_histogram');
  const line = /^\s*\d+:\s+(\d+)\s+\d+\s+\S*ChildFirstClassLoader/m.exec(histogram);
  return Number(line?.[1] ?? 0);
}
