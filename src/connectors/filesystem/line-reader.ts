// The lines of one file, in pieces of bounded size: a line is a stretch of a buffer that is used again for the next piece.
import { type FileHandle, open } from 'node:fs/promises';
import { ConnectorError, DataError } from '../../types/errors.ts';

const CHUNK_BYTES = 1 << 20;
/** No line may be longer. */
const MAX_LINE_BYTES = 64 << 20;
const LF = 10;
const CR = 13;

export class LineReader {
  readonly path: string;
  readonly #handle: FileHandle;
  #buffer: Buffer;
  /** What is in the buffer and not yet given out. */
  #from = 0;
  #to = 0;
  /** Where in the file `#to` stands. */
  #filePosition: number;
  #atEnd = false;
  /** Lines given out, from the file's beginning. */
  #line: number;
  /** The line that `next` found: `buffer[start..end)`, without its line end. */
  start = 0;
  end = 0;

  private constructor(path: string, handle: FileHandle, offset: number, line: number, chunk: number) {
    this.path = path;
    this.#handle = handle;
    this.#buffer = Buffer.allocUnsafe(chunk);
    this.#filePosition = offset;
    this.#line = line;
  }

  /** @param offset of a line's first byte; `line` lines stand before it */
  static async open(path: string, offset: number, line: number, chunk = CHUNK_BYTES): Promise<LineReader> {
    try {
      return new LineReader(path, await open(path, 'r'), offset, line, chunk);
    } catch (cause) {
      throw new ConnectorError(`File '${path}' cannot be opened.`, { cause });
    }
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** The offset of the first line that was not given out. */
  get offset(): number {
    return this.#filePosition - (this.#to - this.#from);
  }

  /** Lines given out. */
  get line(): number {
    return this.#line;
  }

  /** Goes to the next line, if it is in memory as a whole. */
  next(): boolean {
    if (this.#from >= this.#to) return false;
    const found = this.#buffer.indexOf(LF, this.#from);
    const complete = found !== -1 && found < this.#to;
    if (!complete && !this.#atEnd) return false;
    const lineEnd = complete ? found : this.#to;
    this.start = this.#from;
    this.end = lineEnd > this.#from && this.#buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    this.#from = complete ? lineEnd + 1 : lineEnd;
    this.#line++;
    return true;
  }

  /** Reads on. Resolves false at the end of the file, with nothing left. */
  async fill(): Promise<boolean> {
    if (this.#atEnd) return this.#from < this.#to;
    this.#makeRoom();
    let read: number;
    try {
      const result = await this.#handle.read(
        this.#buffer,
        this.#to,
        this.#buffer.length - this.#to,
        this.#filePosition,
      );
      read = result.bytesRead;
    } catch (cause) {
      throw new ConnectorError(`File '${this.path}' cannot be read at offset ${this.#filePosition}.`, {
        cause,
      });
    }
    this.#to += read;
    this.#filePosition += read;
    if (read === 0) this.#atEnd = true;
    return this.#from < this.#to || !this.#atEnd;
  }

  #makeRoom(): void {
    const left = this.#to - this.#from;
    if (left === this.#buffer.length) {
      if (left >= MAX_LINE_BYTES) {
        throw new DataError(
          `File '${this.path}', line ${this.#line + 1}: the line is longer than ${MAX_LINE_BYTES} bytes.`,
        );
      }
      const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, this.#from, this.#to);
      this.#buffer = larger;
    } else this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#from = 0;
    this.#to = left;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
