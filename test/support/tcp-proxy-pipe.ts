// One direction of a connection through the proxy: what comes of one socket goes to the other, later or not at all.
import type { Socket } from 'node:net';

/** Read and not passed on: beyond this, nothing more is read. */
const MOST_HELD = 256 * 1024;
/** Written at a time where the rate is limited. */
const SLICE_MS = 5;

export interface PipeRules {
  /** Asked before bytes are written: how many may be; and whether they are the last, after which exhausted() is called. */
  allow(bytes: number): { readonly bytes: number; readonly last: boolean };
  exhausted(): void;
}

type Item = { readonly due: number } & (
  | { readonly kind: 'bytes'; bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
);

export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #rules: PipeRules;
  readonly #queue: Item[] = [];
  #stalled = false;
  #full = false;
  #ended = false;
  #timer: NodeJS.Timeout | null = null;
  /** When the next byte may go, where the rate is limited. */
  #free = 0;
  held = 0;
  delayMs = 0;
  bytesPerSecond = Number.POSITIVE_INFINITY;

  constructor(from: Socket, to: Socket, rules: PipeRules) {
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    from.on('data', (bytes: Buffer) => {
      this.held += bytes.length;
      this.#add({ kind: 'bytes', bytes, due: this.#due() });
    });
    let whole = false;
    from.on('end', () => {
      whole = true;
      this.#add({ kind: 'end', due: this.#due() });
    });
    from.on('error', () => {
      // 'close' follows
    });
    from.on('close', () => {
      if (!whole) this.#add({ kind: 'reset', due: this.#due() });
    });
    to.on('drain', () => {
      this.#full = false;
      this.#pump();
    });
  }

  stall(): void {
    this.#stalled = true;
  }

  resume(): void {
    this.#stalled = false;
    this.#pump();
  }

  end(): void {
    this.#add({ kind: 'end', due: this.#due() });
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue.length = 0;
    this.#stalled = true;
  }

  #due(): number {
    return performance.now() + this.delayMs;
  }

  #add(item: Item): void {
    this.#queue.push(item);
    this.#pump();
    if (this.held > MOST_HELD) this.#from.pause();
  }

  #pump(): void {
    while (!this.#stalled && !this.#full && this.#queue.length > 0) {
      const item = this.#queue[0]!;
      const wait = Math.max(item.due, this.#free) - performance.now();
      if (wait > 0) {
        this.#later(wait);
        return;
      }
      if (item.kind === 'bytes') this.#write(item);
      else this.#finish(item.kind);
    }
    if (this.held <= MOST_HELD / 2 && !this.#from.destroyed) this.#from.resume();
  }

  #later(wait: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, Math.ceil(wait));
  }

  #write(item: Item & { readonly kind: 'bytes' }): void {
    const slice = Math.min(item.bytes.length, Math.ceil((this.bytesPerSecond * SLICE_MS) / 1000));
    const bytes = item.bytes.subarray(0, slice);
    if (slice === item.bytes.length) this.#queue.shift();
    else item.bytes = item.bytes.subarray(slice);
    this.held -= slice;
    if (this.bytesPerSecond !== Number.POSITIVE_INFINITY)
      this.#free = Math.max(this.#free, performance.now() - SLICE_MS) + (1000 * slice) / this.bytesPerSecond;
    if (this.#ended || this.#to.destroyed) return;
    const allowed = this.#rules.allow(slice);
    if (!allowed.last) {
      this.#full = !this.#to.write(bytes);
      return;
    }
    this.#stalled = true;
    // Once the receiver's system has them.
    this.#to.write(bytes.subarray(0, allowed.bytes), () => this.#rules.exhausted());
  }

  #finish(how: 'end' | 'reset'): void {
    this.#queue.shift();
    if (how === 'end') {
      if (!this.#ended) this.#to.end();
      this.#ended = true;
      return;
    }
    this.#from.resetAndDestroy();
    this.#to.resetAndDestroy();
  }
}
