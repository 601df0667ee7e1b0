// Memory of larger frames, used again. Where each frame takes its own, V8 collects its whole heap by how much is taken outside of it.

/** Smaller frames are not worth it. */
const MIN_PIECE = 16 * 1024;
/** Pieces that are kept have a power of two of bytes, at most this. */
const MAX_PIECE = 8 * 1024 * 1024;
/** Bytes of all that are kept unused. */
const MAX_FREE = 16 * 1024 * 1024;

export class FrameMemory {
  /** By size. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  #freeBytes = 0;
  readonly #taken = new WeakSet<ArrayBuffer>();

  /** @returns `size` bytes with anything in them */
  take(size: number): Buffer {
    if (size < MIN_PIECE || size > MAX_PIECE) return Buffer.allocUnsafe(size);
    const bytes = 2 ** Math.ceil(Math.log2(size));
    let piece = this.#free.get(bytes)?.pop();
    if (piece === undefined) piece = Buffer.allocUnsafeSlow(bytes).buffer;
    else this.#freeBytes -= bytes;
    this.#taken.add(piece);
    return Buffer.from(piece, 0, size);
  }

  /** Takes back memory, of which nobody has anything any more. Of other memory than was taken here nothing is done. */
  give({ buffer }: Buffer): void {
    const piece = buffer as ArrayBuffer;
    const bytes = piece.byteLength;
    if (!this.#taken.delete(piece) || this.#freeBytes + bytes > MAX_FREE) return;
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [piece]);
    else free.push(piece);
    this.#freeBytes += bytes;
  }
}
