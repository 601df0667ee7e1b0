// Reads the lines of files, in the order of the files' paths. Where it stands is a file and a byte offset in it.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecodingFormat } from '../../connector/format.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { Position, ScanProjection, ScanTableSource, SourceReader } from '../../connector/source.ts';
import type { Clock } from '../../types/clock.ts';
import { DataError } from '../../types/errors.ts';
import { EMPTY_BATCH, type RowBatch } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';
import { type InputFile, listFiles } from './files.ts';
import { LineReader } from './line-reader.ts';
import { FILE_METADATA_TYPES, isFileMetadata, readFileMetadata } from './metadata.ts';

export interface FilesystemSourceSettings {
  readonly path: string;
  readonly pattern: RegExp | undefined;
  /** Milliseconds between looks for new files; undefined: the table ends behind the last file. */
  readonly monitorInterval: number | undefined;
  readonly format: DecodingFormat;
  readonly schema: Schema;
}

export function filesystemSource(settings: FilesystemSourceSettings): ScanTableSource {
  return {
    kind: 'scan',
    changelogMode: settings.format.changelogMode,
    bounded: settings.monitorInterval === undefined,
    readableMetadata: FILE_METADATA_TYPES,
    createReader: (projection, context) => new FilesystemReader(settings, projection, context),
  };
}

class FilesystemReader implements SourceReader {
  readonly #settings: FilesystemSourceSettings;
  readonly #decoder: Decoder;
  readonly #metadataKeys: readonly string[];
  readonly #clock: Clock;
  readonly #read: { value: number };
  readonly #out = new BatchBuilder();
  /** Files to read, the one at hand first. */
  #files: InputFile[] = [];
  readonly #finished = new Set<string>();
  #lines: LineReader | null = null;
  /** Where to begin in the first file. */
  #resume: { readonly file: string; readonly offset: number; readonly line: number } | null = null;
  #metadata: readonly unknown[] = [];
  #bytesDone = 0;
  #bytesTotal = 0;
  #wake: (() => void) | null = null;

  constructor(
    settings: FilesystemSourceSettings,
    projection: ScanProjection,
    { clock, timeZone, metrics }: RuntimeContext,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#metadataKeys = projection.metadata.map((m) => m.key).filter(isFileMetadata);
    this.#decoder = settings.format.createDecoder({
      schema: settings.schema,
      projection: projection.physical,
      metadata: [],
      timeZone,
    });
    this.#read = metrics.counter('numRecordsIn');
  }

  async open(restored: Position | null): Promise<void> {
    if (restored !== null) {
      for (const path of restored['finished'] as string[]) this.#finished.add(path);
      this.#resume = restored['current'] as { file: string; offset: number; line: number } | null;
    }
    await this.#list();
  }

  /** Queues the files that were not read yet; a half-read one goes first. */
  async #list(): Promise<void> {
    const { path, pattern } = this.#settings;
    const all = await listFiles(path, pattern);
    const fresh = all.filter((f) => !this.#finished.has(f.path));
    this.#bytesTotal = all.reduce((sum, f) => sum + f.size, 0);
    this.#bytesDone = all.reduce((sum, f) => sum + (this.#finished.has(f.path) ? f.size : 0), 0);
    const current = this.#resume?.file;
    if (current !== undefined && !fresh.some((f) => f.path === current)) {
      throw new DataError(`File '${current}', which the checkpoint stands in, is gone.`);
    }
    this.#files = fresh.sort((a, b) => Number(b.path === current) - Number(a.path === current));
  }

  poll(max: number): RowBatch | null | Promise<RowBatch | null> {
    if (this.#lines !== null) this.#decodeLines(this.#lines, max);
    return this.#out.length > 0 ? this.#take() : this.#pollFile(max);
  }

  #take(): RowBatch {
    this.#read.value += this.#out.length;
    return this.#out.take();
  }

  async #pollFile(max: number): Promise<RowBatch | null> {
    for (;;) {
      const lines = this.#lines ?? (await this.#openNext());
      if (lines === null) return this.#settings.monitorInterval === undefined ? null : await this.#monitor();
      if (await lines.fill()) {
        this.#decodeLines(lines, max);
        if (this.#out.length > 0) return this.#take();
      } else await this.#finish(lines);
    }
  }

  #decodeLines(lines: LineReader, max: number): void {
    const out = this.#out;
    const decoder = this.#decoder;
    while (out.length < max && lines.next()) {
      const before = out.length;
      try {
        decoder.decode(lines.buffer, lines.start, lines.end, out);
      } catch (cause) {
        throw new DataError(`File '${lines.path}', line ${lines.line}: the line cannot be read.`, { cause });
      }
      if (this.#metadata.length > 0) this.#addMetadata(before);
    }
  }

  #addMetadata(from: number): void {
    for (let i = from; i < this.#out.length; i++) {
      this.#out.replaceRow(i, [...this.#out.rowAt(i), ...this.#metadata]);
    }
  }

  async #openNext(): Promise<LineReader | null> {
    const file = this.#files[0];
    if (file === undefined) return null;
    const resume = this.#resume;
    this.#lines = await LineReader.open(file.path, resume?.offset ?? 0, resume?.line ?? 0);
    this.#resume = null;
    this.#metadata = readFileMetadata(this.#metadataKeys, file);
    return this.#lines;
  }

  async #finish(lines: LineReader): Promise<void> {
    this.#lines = null;
    this.#finished.add(lines.path);
    const [file] = this.#files.splice(0, 1);
    this.#bytesDone += file?.size ?? 0;
    await lines.close();
  }

  /** Waits, then looks for new files. */
  async #monitor(): Promise<RowBatch> {
    await new Promise<void>((resolve) => {
      const timer = this.#clock.schedule(this.#settings.monitorInterval ?? 0, () => this.#wake?.(), true);
      this.#wake = () => {
        this.#wake = null;
        timer.cancel();
        resolve();
      };
    });
    await this.#list();
    return EMPTY_BATCH;
  }

  wakeUp(): void {
    this.#wake?.();
  }

  position(): Position {
    const lines = this.#lines;
    return {
      finished: [...this.#finished],
      current: lines === null ? this.#resume : { file: lines.path, offset: lines.offset, line: lines.line },
    };
  }

  async commit(): Promise<void> {}

  progress() {
    if (this.#settings.monitorInterval !== undefined) return {};
    const done = this.#bytesDone + (this.#lines?.offset ?? this.#resume?.offset ?? 0);
    return { fraction: this.#bytesTotal === 0 ? 1 : Math.min(1, done / this.#bytesTotal) };
  }

  async close(): Promise<void> {
    this.wakeUp();
    const lines = this.#lines;
    this.#lines = null;
    await lines?.close();
  }
}
