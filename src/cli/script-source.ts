// Where a script comes from: a file, standard input or -e.
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from './exit-status.ts';
import type { Script } from './script-runner.ts';

/**
 * @param file a path, `-` for standard input, undefined when -e is given
 * @param inline the texts of -e, run one after the other
 * @throws UsageError when there is no script, two, or a file that cannot be read
 */
export async function readScript(
  file: string | undefined,
  inline: readonly string[],
  stdin: Readable,
): Promise<Script> {
  if (inline.length > 0) {
    if (file !== undefined) throw new UsageError('Give either a FILE or -e, not both.');
    return { text: inline.join('\n;\n'), name: '<command line>' };
  }
  if (file === undefined)
    throw new UsageError('Give a FILE with SQL statements, - for standard input, or -e "sql".');
  if (file === '-') return { text: await readAll(stdin), name: '<stdin>' };
  try {
    return { text: stripMark(await readFile(file, 'utf8')), name: file };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read ${file}: ${reason}`);
  }
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return stripMark(Buffer.concat(chunks).toString('utf8'));
}

/** Editors on Windows put a byte order mark in front. */
function stripMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
