// Hands bytes to a socket piece by piece, so that it is seen whether they go out: a network that is slow is told apart from one
// that stands still. Small batches of one turn of the event loop go out together: each call of the system costs as much as the
// encoding of a hundred rows.
//
// A server refuses a value that is too large for it at its first bytes, and hangs up; a write that meets the closed connection
// before the refusal was read loses the refusal. So, where a connection broke while it was sending, the next one pauses
// between pieces.
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../../types/clock.ts';

/** What is given to the socket at a time, when it takes no more for now. */
const PIECE_BYTES = 256 * 1024;
const PAUSE_MS = 1;
/** Batches shorter than this are gathered, until they are as long as that together. */
const SMALL_BYTES = 8 * 1024;
const GATHERED_BYTES = 32 * 1024;

export class Outbox {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #moved: () => void;
  readonly #waiting: Uint8Array[] = [];
  /** The small batches of this turn, so far; they go out at its end. */
  #gathered = Buffer.allocUnsafeSlow(0);
  #gatheredBytes = 0;
  #pause: Timer | null = null;
  /** The socket has enough for now: 'drain' will follow. */
  #full = false;
  /** The system did not take at once what the socket has: that it does later is the other side's doing. */
  #held = false;

  /** Pauses between the pieces of what is too long for one. */
  careful = false;

  /** @param moved told whenever bytes that had to wait have gone out */
  constructor(socket: Socket, clock: Clock, moved: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#moved = moved;
    socket.on('drain', () => this.#drained());
  }

  /** Some bytes have not been given to the system. */
  get busy(): boolean {
    return this.#gatheredBytes > 0 || this.#waiting.length > 0 || this.#socket.writableLength > 0;
  }

  /** The bytes must stay as they are until they are sent, or close() is called. */
  write(bytes: Uint8Array): void {
    if (bytes.length >= SMALL_BYTES) {
      this.#sendGathered();
      this.#send(bytes);
      return;
    }
    if (this.#gatheredBytes + bytes.length > GATHERED_BYTES) this.#sendGathered();
    // Asked once for several batches: after all that this turn has to do.
    if (this.#gatheredBytes === 0) process.nextTick(() => this.#sendGathered());
    if (this.#gathered.length === 0) this.#gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);
    this.#gathered.set(bytes, this.#gatheredBytes);
    this.#gatheredBytes += bytes.length;
  }

  close(): void {
    this.#gatheredBytes = 0;
    this.#waiting.length = 0;
    this.#pause?.cancel();
    this.#pause = null;
  }

  #sendGathered(): void {
    if (this.#gatheredBytes === 0) return;
    const bytes = this.#gathered.subarray(0, this.#gatheredBytes);
    this.#gatheredBytes = 0;
    this.#send(bytes);
    // What the system has not taken yet must stay as it is.
    if (this.busy) this.#gathered = Buffer.allocUnsafeSlow(0);
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length <= PIECE_BYTES && !this.#full && this.#pause === null) {
      this.#give(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      this.#waiting.push(bytes.subarray(at, at + PIECE_BYTES));
    this.#fill();
  }

  #give(bytes: Uint8Array): void {
    this.#full = !this.#socket.write(bytes);
    this.#held = this.#full && this.#socket.writableLength > 0;
  }

  #fill(): void {
    let given = 0;
    while (!this.#full && this.#pause === null && given < this.#waiting.length) {
      const piece = this.#waiting[given++]!;
      this.#give(piece);
      if (this.careful && piece.length === PIECE_BYTES) this.#pauseFor(PAUSE_MS);
    }
    this.#waiting.splice(0, given);
  }

  #pauseFor(ms: number): void {
    this.#pause = this.#clock.schedule(ms, () => {
      this.#pause = null;
      this.#fill();
    });
  }

  #drained(): void {
    if (this.#held) this.#moved();
    this.#full = false;
    this.#held = false;
    this.#fill();
  }
}
