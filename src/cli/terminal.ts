// Where text goes: results to standard output with back-pressure, messages and the status line to standard error.
import type { Writable } from 'node:stream';

export interface Streams {
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

export class Terminal {
  readonly #streams: Streams;
  /** The line that is redrawn below everything else, '' for none. */
  #status = '';
  #closed: (() => void) | null = null;

  constructor(streams: Streams) {
    this.#streams = streams;
    streams.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever reads the results has gone (`| head`): there is nobody left to write for.
      if (error.code !== 'EPIPE') throw error;
      this.#closed?.();
    });
  }

  /** Whether a status line can be shown. */
  get interactive(): boolean {
    return this.#streams.stderr.isTTY === true;
  }

  get width(): number {
    return this.#streams.stderr.columns || 80;
  }

  /** Called once nobody reads standard output any more. */
  onClosed(listener: () => void): void {
    this.#closed = listener;
  }

  /** Writes a result. Resolves when more can be taken. */
  readonly out = (text: string): void | Promise<void> => {
    if (text === '') return;
    this.#aboveStatus(() => undefined);
    const { stdout } = this.#streams;
    if (stdout.write(text) || stdout.destroyed) return;
    return new Promise((resolve) => {
      const done = () => {
        stdout.off('drain', done).off('close', done).off('error', done);
        resolve();
      };
      stdout.on('drain', done).on('close', done).on('error', done);
    });
  };

  /** Writes a message, above the status line. */
  readonly err = (text: string): void => {
    if (text !== '') this.#aboveStatus(() => this.#streams.stderr.write(text));
  };

  /** Shows `text` as the status line; '' takes it away. */
  status(text: string): void {
    if (!this.interactive || text === this.#status) return;
    this.#streams.stderr.write(`${this.#status === '' ? '' : '\r\x1b[2K'}${text}`);
    this.#status = text;
  }

  /** Resolves when what was written has left the process. */
  async flush(): Promise<void> {
    this.status('');
    await Promise.all([settled(this.#streams.stdout), settled(this.#streams.stderr)]);
  }

  /** The status line goes away for what is written, and comes back with its next change. */
  #aboveStatus(write: () => unknown): void {
    this.status('');
    write();
  }
}

function settled(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
    stream.once('close', resolve).once('error', () => resolve());
  });
}
