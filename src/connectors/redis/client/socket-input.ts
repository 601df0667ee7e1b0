// What a socket reads: into one buffer that is used again, without the machinery of streams, which costs more than the reading
// itself where replies are short.
import type { OnReadOpts } from 'node:net';

/** What one reading can bring. */
const BUFFER_BYTES = 64 * 1024;
/** Memory is taken in such pieces: V8 collects its whole heap by how much is taken. */
const SLAB_BYTES = 256 * 1024;

/** Gets what was read. May not throw. */
export interface Receiver {
  /** @returns whether the chunk's memory is still in use: then nothing is written into it again */
  received(chunk: Buffer): boolean;
  /** Asked after each chunk. Where it is false, nothing more is read until the socket is resumed. */
  readsOn(): boolean;
}

export class SocketInput {
  #slab: Buffer | null = null;
  /** Up to here the slab is in use. */
  #used = 0;
  #receiver: Receiver | null = null;
  /** What came before there was a receiver. */
  #early: Buffer[] = [];

  /** For the options of a socket. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (bytes) => this.#received(this.#slab!.subarray(this.#used, this.#used + bytes)),
  };

  /** From now on. */
  handTo(receiver: Receiver): void {
    this.#receiver = receiver;
    for (const chunk of this.#early.splice(0)) receiver.received(chunk);
  }

  #room(): Buffer {
    if (this.#slab === null || this.#used + BUFFER_BYTES > this.#slab.length) {
      // The first one is for a connection that may never need more.
      this.#slab = Buffer.allocUnsafeSlow(this.#slab === null ? BUFFER_BYTES : SLAB_BYTES);
      this.#used = 0;
    }
    return this.#slab.subarray(this.#used, this.#used + BUFFER_BYTES);
  }

  #received(chunk: Buffer): boolean {
    const receiver = this.#receiver;
    if (receiver === null) {
      this.#early.push(Buffer.from(chunk));
      return true;
    }
    if (receiver.received(chunk)) this.#used += chunk.length;
    return receiver.readsOn();
  }
}
