// Where frames go, and how much of them is on its way.
import type { Socket } from 'node:net';

export interface Output {
  /** Takes a whole frame, in order. */
  send(bytes: Buffer): void;
  /** Resolves when there is room; what can wait until then does. */
  ready(): Promise<void>;
}

export class SocketOutput implements Output {
  readonly #socket: Socket;
  #drained: PromiseWithResolvers<void> | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => {
      this.#drained?.resolve();
      this.#drained = null;
    });
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  async ready(): Promise<void> {
    if (!this.#socket.writableNeedDrain) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }
}
