// Checkpoints on disk: `<dir>/<job name>/<run>/chk-<n>`. A run is what started fresh and every resume of it; a checkpoint
// is complete when it has its name (written aside, fsync, rename, fsync of the folder).
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Checkpoint, checkpointLines, parseCheckpoint } from './checkpoint.ts';

export interface CheckpointStore {
  /** The newest complete checkpoint of this run, or null. */
  latest(): Promise<Checkpoint | null>;
  /** Resolves when the checkpoint is durable. */
  write(checkpoint: Checkpoint): Promise<void>;
}

/** Keeps nothing beyond the process: jobs without a folder. */
export class MemoryCheckpointStore implements CheckpointStore {
  #latest: Checkpoint | null = null;
  async latest(): Promise<Checkpoint | null> {
    return this.#latest;
  }
  async write(checkpoint: Checkpoint): Promise<void> {
    this.#latest = checkpoint;
  }
}

/** Runs of one job that are kept; older ones go when a new one starts. */
const RUNS_KEPT = 5;
const WRITE_CHUNK = 1 << 20;

export class FileCheckpointStore implements CheckpointStore {
  readonly folder: string;
  readonly #retained: number;

  private constructor(folder: string, retained: number) {
    this.folder = folder;
    this.#retained = retained;
  }

  /**
   * @param resume true goes on with the newest run of the job, if there is one; false starts a run
   * @param runId name of a new run; runs sort by it
   * @param retained complete checkpoints kept (`execution.checkpointing.num-retained`)
   */
  static async open(
    dir: string,
    jobName: string,
    resume: boolean,
    runId: string,
    retained: number,
  ): Promise<FileCheckpointStore> {
    const jobFolder = path.join(dir, fileName(jobName));
    await mkdir(jobFolder, { recursive: true });
    const runs = (await readdir(jobFolder)).sort();
    const newest = runs.at(-1);
    if (resume && newest !== undefined) {
      return new FileCheckpointStore(path.join(jobFolder, newest), retained);
    }
    for (const old of runs.slice(0, Math.max(0, runs.length - RUNS_KEPT + 1))) {
      await rm(path.join(jobFolder, old), { recursive: true, force: true });
    }
    const folder = path.join(jobFolder, runId);
    await mkdir(folder, { recursive: true });
    return new FileCheckpointStore(folder, retained);
  }

  async latest(): Promise<Checkpoint | null> {
    const newest = (await this.#complete()).at(-1);
    if (newest === undefined) return null;
    const file = path.join(this.folder, newest);
    return parseCheckpoint(await readFile(file, 'utf8'), file);
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    const name = `chk-${String(checkpoint.id).padStart(9, '0')}`;
    const partial = path.join(this.folder, `${name}.part`);
    await writeDurably(partial, checkpointLines(checkpoint));
    await rename(partial, path.join(this.folder, name));
    await syncFolder(this.folder);
    const complete = await this.#complete();
    for (const old of complete.slice(0, -this.#retained)) await rm(path.join(this.folder, old));
  }

  async #complete(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => /^chk-\d+$/.test(name)).sort();
  }
}

async function writeDurably(file: string, lines: Iterable<string>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let chunk = '';
    for (const line of lines) {
      chunk += line;
      if (chunk.length < WRITE_CHUNK) continue;
      await handle.appendFile(chunk);
      chunk = '';
    }
    await handle.appendFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A job's name as a folder's: only characters that every file system takes. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]/g, (c) => `%${c.codePointAt(0)!.toString(16)}`).slice(0, 150);
}
