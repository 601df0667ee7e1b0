// Which files a path stands for.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConnectorError, ValidationError } from '../../types/errors.ts';

export interface InputFile {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** An absolute path, from a path or a `file:` URL. */
export function localPath(text: string): string {
  if (/^file:/i.test(text)) {
    // Flink also writes `file:/a/b`.
    return fileURLToPath(text.replace(/^file:\/*/i, 'file:///'));
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (scheme === undefined) return resolve(text);
  throw new ValidationError(
    `Could not find a file system implementation for scheme '${scheme}' in 'path' = '${text}'. Accepted: a path, or a file: URL.`,
  );
}

/** The files of a file or folder, by path. @throws ConnectorError when there is nothing */
export async function listFiles(path: string, pattern: RegExp | undefined): Promise<InputFile[]> {
  const found: InputFile[] = [];
  const info = await describe(path);
  if (info === null) {
    throw new ConnectorError(`File or folder '${path}' of option 'path' does not exist.`, {
      retryable: false,
    });
  }
  if (info.isDirectory()) await walk(path, found);
  else found.push({ path, size: info.size, modified: info.mtimeMs });
  const wanted = pattern === undefined ? found : found.filter((f) => pattern.test(f.path));
  return wanted.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function walk(folder: string, found: InputFile[]): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new ConnectorError(`Folder '${folder}' cannot be read.`, { cause });
  }
  for (const entry of entries) {
    if (isHidden(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, found);
    else {
      // A file that is gone again meanwhile is nothing to read.
      const info = await describe(path);
      if (info?.isFile()) found.push({ path, size: info.size, modified: info.mtimeMs });
      else if (info?.isDirectory()) await walk(path, found);
    }
  }
}

/** Hidden files, and files in the making. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

async function describe(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConnectorError(`'${basename(path)}' cannot be read: '${path}'.`, { cause });
  }
}
