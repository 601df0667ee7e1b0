// Reads commands from a client: arrays of bulk strings, or a line of words as one types it into telnet.

/** The client broke the protocol: it is told so and the connection ends. */
export class ProtocolError extends Error {}

const MAX_ARGUMENTS = 2 ** 31 - 1;
const MAX_BULK = 512 * 1024 * 1024;
const MAX_INLINE = 64 * 1024;

export class RequestParser {
  #chunks: Buffer[] = [];
  #held = 0;
  #needed = 0;
  #buffer = Buffer.alloc(0);
  #at = 0;
  /** Words of the command that is not complete yet. */
  #words: string[] = [];
  #missing = 0;

  /** Adds bytes; the commands in them are taken with next(). */
  feed(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return;
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), ...this.#chunks]);
    this.#at = 0;
    this.#chunks = [];
    this.#held = 0;
    this.#needed = 0;
  }

  /** The next complete command (one latin1 character a byte); null when more bytes are needed. */
  next(): string[] | null {
    if (this.#held > 0) return null;
    for (;;) {
      if (this.#missing === 0) {
        const words = this.#start();
        if (words !== undefined) return words;
        if (this.#missing === 0) continue;
      }
      while (this.#missing > 0) {
        const word = this.#bulk();
        if (word === null) return null;
        this.#words.push(word);
        this.#missing--;
      }
      const words = this.#words;
      this.#words = [];
      return words;
    }
  }

  /** An inline command, null for want of bytes, or undefined: an array was opened, or an empty line skipped. */
  #start(): string[] | null | undefined {
    if (this.#at >= this.#buffer.length) return null;
    if (this.#buffer[this.#at] !== 42) {
      const line = this.#line();
      if (line === null) return null;
      const words = line.split(/[ \t]+/).filter((word) => word !== '');
      return words.length === 0 ? undefined : words;
    }
    const start = this.#at;
    const line = this.#line();
    if (line === null) {
      this.#at = start;
      return null;
    }
    const count = /^-?\d+$/.test(line.slice(1)) ? Number(line.slice(1)) : Number.NaN;
    if (Number.isNaN(count) || count > MAX_ARGUMENTS) throw new ProtocolError('invalid multibulk length');
    this.#missing = Math.max(0, count);
    return undefined;
  }

  #bulk(): string | null {
    const start = this.#at;
    if (start >= this.#buffer.length) return null;
    if (this.#buffer[start] !== 36) {
      throw new ProtocolError(`expected '$', got '${String.fromCharCode(this.#buffer[start]!)}'`);
    }
    const line = this.#line();
    if (line === null) return null;
    const length = /^\d+$/.test(line.slice(1)) ? Number(line.slice(1)) : Number.NaN;
    if (Number.isNaN(length) || length > MAX_BULK) throw new ProtocolError('invalid bulk length');
    const end = this.#at + length;
    if (end + 2 > this.#buffer.length) {
      this.#needed = end + 2 - this.#buffer.length;
      this.#at = start;
      return null;
    }
    const word = this.#buffer.toString('latin1', this.#at, end);
    this.#at = end + 2;
    return word;
  }

  /** A line without its end; null, and nothing read, when it is not complete. */
  #line(): string | null {
    const end = this.#buffer.indexOf(10, this.#at);
    if (end < 0) {
      if (this.#buffer.length - this.#at > MAX_INLINE) throw new ProtocolError('too big inline request');
      return null;
    }
    const stop = end > this.#at && this.#buffer[end - 1] === 13 ? end - 1 : end;
    const line = this.#buffer.toString('latin1', this.#at, stop);
    this.#at = end + 1;
    return line;
  }
}
