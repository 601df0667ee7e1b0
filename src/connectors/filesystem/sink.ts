// Writes lines into files of a folder. A file is hidden while it grows (`.part-….inprogress`) and gets its name when a
// checkpoint, or the end of the input, has it on disk: readers see whole files only, and no row that might be taken back.
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encoder, EncodingFormat } from '../../connector/format.ts';
import { type RuntimeContext, subtaskOf } from '../../connector/runtime-context.ts';
import type { DynamicTableSink, SinkWriter } from '../../connector/sink.ts';
import { ConnectorError } from '../../types/errors.ts';
import { kindAt, type RowBatch } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';

export interface FilesystemSinkSettings {
  readonly path: string;
  readonly format: EncodingFormat;
  readonly schema: Schema;
  /** Bytes. */
  readonly rollingFileSize: number;
  /** `sink.parallelism` */
  readonly parallelism: number | undefined;
}

export function filesystemSink(settings: FilesystemSinkSettings): DynamicTableSink {
  return {
    kind: 'sink',
    writableMetadata: new Map(),
    explain: [],
    warnings: [],
    parallelism: settings.parallelism,
    changelogMode: () => settings.format.changelogMode,
    createWriter: (_, context) => new FilesystemWriter(settings, context),
  };
}

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;

interface PartFile {
  readonly handle: FileHandle;
  readonly hiddenPath: string;
  readonly path: string;
  size: number;
}

class FilesystemWriter implements SinkWriter {
  readonly #settings: FilesystemSinkSettings;
  readonly #encoder: Encoder;
  readonly #sentRecords: { value: number };
  readonly #sentBytes: { value: number };
  readonly #id: string;
  #parts = 0;
  #file: PartFile | null = null;
  /** Written to the end, waiting for the checkpoint that names them. */
  #ended: PartFile[] = [];
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  #full: Buffer[] = [];

  constructor(settings: FilesystemSinkSettings, context: RuntimeContext) {
    const { metrics } = context;
    this.#settings = settings;
    this.#id = `${randomUUID()}-${subtaskOf(context).index}`;
    this.#encoder = settings.format.createEncoder(settings.schema);
    this.#sentRecords = metrics.counter('numRecordsSend');
    this.#sentBytes = metrics.counter('numBytesSend');
  }

  async open(): Promise<void> {
    const { path } = this.#settings;
    await attempt(`Folder '${path}' of option 'path' cannot be made.`, async () => {
      await mkdir(path, { recursive: true });
      if (!(await stat(path)).isDirectory()) throw new Error('It is a file.');
    });
  }

  write(batch: RowBatch): void | Promise<void> {
    for (let i = 0; i < batch.rows.length; i++) {
      const line = this.#encoder.encode(batch.rows[i]!, kindAt(batch, i));
      if (line !== null) this.#append(line);
      this.#chunk[this.#used++] = NEWLINE;
    }
    this.#sentRecords.value += batch.rows.length;
    return this.#full.length === 0 ? undefined : this.#writeOut();
  }

  /** Leaves room for the newline. */
  #append(line: Buffer): void {
    if (this.#used + line.length >= this.#chunk.length) this.#endChunk(line.length + 1);
    this.#used += line.copy(this.#chunk, this.#used);
  }

  #endChunk(room: number): void {
    if (this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, room));
    this.#used = 0;
  }

  async #writeOut(): Promise<void> {
    while (this.#full.length > 0) {
      const file = this.#file ?? (await this.#begin());
      const chunk = this.#full.shift()!;
      await attempt(`File '${file.hiddenPath}' cannot be written.`, () => writeAll(file.handle, chunk));
      file.size += chunk.length;
      this.#sentBytes.value += chunk.length;
      if (file.size >= this.#settings.rollingFileSize) this.#roll();
    }
  }

  async #begin(): Promise<PartFile> {
    const name = `part-${this.#id}-${this.#parts++}`;
    const { path } = this.#settings;
    const hiddenPath = join(path, `.${name}.inprogress.${randomUUID()}`);
    this.#file = {
      handle: await attempt(`File '${hiddenPath}' cannot be made.`, () => open(hiddenPath, 'wx')),
      hiddenPath,
      path: join(path, name),
      size: 0,
    };
    return this.#file;
  }

  #roll(): void {
    if (this.#file !== null) this.#ended.push(this.#file);
    this.#file = null;
  }

  async flush(): Promise<void> {
    this.#endChunk(0);
    await this.#writeOut();
    this.#roll();
    while (this.#ended.length > 0) {
      const file = this.#ended[0]!;
      await attempt(`File '${file.path}' cannot be finished.`, async () => {
        await file.handle.sync();
        await file.handle.close();
        await rename(file.hiddenPath, file.path);
      });
      this.#ended.shift();
    }
  }

  /** What was not flushed is taken back: it will be written again. */
  async close(): Promise<void> {
    const open = this.#file === null ? this.#ended : [...this.#ended, this.#file];
    this.#file = null;
    this.#ended = [];
    for (const file of open) {
      await file.handle.close();
      await unlink(file.hiddenPath);
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const result = await handle.write(bytes, written, bytes.length - written);
    written += result.bytesWritten;
  }
}

async function attempt<T>(message: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new ConnectorError(message, { cause });
  }
}
