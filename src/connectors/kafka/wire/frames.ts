// Cuts a byte stream into responses (a 4-byte length, then the response). A response is received into a buffer of its own,
// so that record batches can be read where they arrived; a plain socket reads straight into it (`space`/`filled`).

/** First bytes of TLS records, when a broker speaks TLS to a client that does not. */
const TLS_ALERT_OR_HANDSHAKE = new Set([0x15, 0x16]);
/** Larger than any response to our requests: fetches are limited to what `fetch.max.bytes` says. */
const LARGEST = 1 << 30;
const SCRATCH = 64 * 1024;

/** What arrives is not Kafka's protocol. */
export class ProtocolError extends Error {}

export class FrameAssembler {
  readonly #onFrame: (frame: Buffer) => void;
  readonly #header = Buffer.alloc(4);
  #headerFilled = 0;
  #frame: Buffer | null = null;
  #frameFilled = 0;
  #scratch: Buffer | null = null;
  #lent: Buffer | null = null;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Where the next bytes of the stream may be put. */
  space(): Buffer {
    if (this.#frame !== null && this.#frame.length - this.#frameFilled >= SCRATCH / 4) {
      this.#lent = this.#frame.subarray(this.#frameFilled);
    } else {
      this.#scratch ??= Buffer.allocUnsafeSlow(SCRATCH);
      this.#lent = this.#scratch;
    }
    return this.#lent;
  }

  /** `count` bytes have been put into the space last given. */
  filled(count: number): void {
    const lent = this.#lent;
    if (lent === null) throw new Error('no space has been given');
    if (lent === this.#scratch) {
      this.append(lent.subarray(0, count));
      return;
    }
    this.#frameFilled += count;
    this.#completeFrame();
  }

  append(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame === null) {
        at += this.#readHeader(chunk, at);
        continue;
      }
      const count = Math.min(this.#frame.length - this.#frameFilled, chunk.length - at);
      chunk.copy(this.#frame, this.#frameFilled, at, at + count);
      this.#frameFilled += count;
      at += count;
      this.#completeFrame();
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    const count = Math.min(4 - this.#headerFilled, chunk.length - at);
    chunk.copy(this.#header, this.#headerFilled, at, at + count);
    this.#headerFilled += count;
    if (this.#headerFilled < 4) return count;
    this.#headerFilled = 0;
    const size = this.#header.readInt32BE(0);
    if (TLS_ALERT_OR_HANDSHAKE.has(this.#header[0] ?? 0) && this.#header[1] === 3) {
      throw new ProtocolError(
        "the broker answers with TLS; set 'properties.security.protocol' to SSL or SASL_SSL, or use its plain port",
      );
    }
    if (size < 4 || size > LARGEST) {
      throw new ProtocolError(`what answers is no Kafka broker (a response of ${size} bytes announced)`);
    }
    this.#frame = Buffer.allocUnsafeSlow(size);
    this.#frameFilled = 0;
    return count;
  }

  #completeFrame(): void {
    const frame = this.#frame;
    if (frame === null || this.#frameFilled < frame.length) return;
    this.#frame = null;
    this.#frameFilled = 0;
    this.#onFrame(frame);
  }
}
