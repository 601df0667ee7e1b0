// Reads the lines of files, in the order of the files' paths. Where it stands is a file and a byte offset in it.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { Decoder, DecodingFormat } from '../../connector/format.ts';
import { type RuntimeContext, type Subtask, subtaskOf } from '../../connector/runtime-context.ts';
import type { Position, ScanProjection, ScanTableSource, SourceReader } from '../../connector/source.ts';
import type { Clock } from '../../types/clock.ts';
import { DataError } from '../../types/errors.ts';
import { EMPTY_BATCH, type RowBatch } from '../../types/row.ts';
import type { Schema } from '../../types/schema.ts';
import { javaHash } from '../../types/text/java-hash.ts';
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
    mergePositions,
    createReader: (projection, context) => new FilesystemReader(settings, projection, context),
  };
}

/** Where to go on in a file that was read in part. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly line: number;
}

interface FilesystemPosition extends Position {
  readonly finished: readonly string[];
  readonly partial: readonly Place[];
}

function mergePositions(positions: readonly Position[]): FilesystemPosition {
  const parts = positions as readonly FilesystemPosition[];
  return {
    finished: [...new Set(parts.flatMap((p) => p.finished))],
    partial: parts.flatMap((p) => p.partial),
  };
}

class FilesystemReader implements SourceReader {
  readonly #settings: FilesystemSourceSettings;
  readonly #decoder: Decoder;
  readonly #metadataKeys: readonly string[];
  readonly #clock: Clock;
  readonly #subtask: Subtask;
  readonly #out = new BatchBuilder();
  /** Files to read, the one at hand first. */
  #files: InputFile[] = [];
  readonly #finished = new Set<string>();
  #lines: LineReader | null = null;
  /** By file, those that are not read on yet. */
  readonly #resume = new Map<string, Place>();
  #metadata: readonly unknown[] = [];
  #bytesDone = 0;
  #bytesTotal = 0;
  #wake: (() => void) | null = null;

  constructor(settings: FilesystemSourceSettings, projection: ScanProjection, context: RuntimeContext) {
    const { clock, timeZone } = context;
    this.#settings = settings;
    this.#subtask = subtaskOf(context);
    this.#clock = clock;
    this.#metadataKeys = projection.metadata.map((m) => m.key).filter(isFileMetadata);
    this.#decoder = settings.format.createDecoder({
      schema: settings.schema,
      projection: projection.physical,
      metadata: [],
      timeZone,
    });
  }

  async open(restored: Position | null): Promise<void> {
    if (restored !== null) {
      const { finished, partial } = restored as FilesystemPosition;
      for (const path of finished) this.#finished.add(path);
      for (const place of partial) if (this.#owns(place.file)) this.#resume.set(place.file, place);
    }
    await this.#list();
  }

  /** Each file is one reader's. */
  #owns(path: string): boolean {
    const { index, parallelism } = this.#subtask;
    return (javaHash(path) >>> 0) % parallelism === index;
  }

  /** Queues the files that were not read yet; half-read ones go first. */
  async #list(): Promise<void> {
    const { path, pattern } = this.#settings;
    const all = (await listFiles(path, pattern)).filter((f) => this.#owns(f.path));
    const fresh = all.filter((f) => !this.#finished.has(f.path));
    this.#bytesTotal = all.reduce((sum, f) => sum + f.size, 0);
    this.#bytesDone = all.reduce((sum, f) => sum + (this.#finished.has(f.path) ? f.size : 0), 0);
    for (const half of this.#resume.keys()) {
      if (fresh.some((f) => f.path === half)) continue;
      throw new DataError(`File '${half}', which the checkpoint stands in, is gone.`);
    }
    const isHalf = (f: InputFile) => Number(this.#resume.has(f.path));
    this.#files = fresh.sort((a, b) => isHalf(b) - isHalf(a));
  }

  poll(max: number): RowBatch | null | Promise<RowBatch | null> {
    if (this.#lines !== null) this.#decodeLines(this.#lines, max);
    return this.#out.length > 0 ? this.#out.take() : this.#pollFile(max);
  }

  async #pollFile(max: number): Promise<RowBatch | null> {
    for (;;) {
      const lines = this.#lines ?? (await this.#openNext());
      if (lines === null) return this.#settings.monitorInterval === undefined ? null : await this.#monitor();
      if (await lines.fill()) {
        this.#decodeLines(lines, max);
        if (this.#out.length > 0) return this.#out.take();
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
    const place = this.#resume.get(file.path);
    this.#lines = await LineReader.open(file.path, place?.offset ?? 0, place?.line ?? 0);
    this.#resume.delete(file.path);
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

  position(): FilesystemPosition {
    const lines = this.#lines;
    const current = lines === null ? [] : [{ file: lines.path, offset: lines.offset, line: lines.line }];
    return { finished: [...this.#finished], partial: [...current, ...this.#resume.values()] };
  }

  async commit(): Promise<void> {}

  progress() {
    if (this.#settings.monitorInterval !== undefined) return {};
    const half = [...this.#resume.values()].reduce((sum, place) => sum + place.offset, 0);
    const done = this.#bytesDone + (this.#lines?.offset ?? 0) + half;
    return { fraction: this.#bytesTotal === 0 ? 1 : Math.min(1, done / this.#bytesTotal) };
  }

  async close(): Promise<void> {
    this.wakeUp();
    const lines = this.#lines;
    this.#lines = null;
    await lines?.close();
  }
}
