// When a Kafka client first polls: connections go through here, and the first request that asks for records is noticed.

import { type AddressInfo, connect, createServer, type Server } from 'node:net';

const FETCH = 1;
/** A request begins with its length (4 bytes), then the number of its API (2). */
const PREFIX = 6;

export class FirstFetch {
  readonly #server: Server;
  #seen: (at: number) => void = () => {};

  private constructor(port: () => number) {
    this.#server = createServer((client) => {
      const broker = connect(port(), '127.0.0.1');
      let rest: Buffer = Buffer.alloc(0);
      client.on('data', (chunk: Buffer) => {
        rest = this.#look(Buffer.concat([rest, chunk]));
        broker.write(chunk);
      });
      broker.on('data', (chunk: Buffer) => client.write(chunk));
      for (const [from, to] of [
        [client, broker],
        [broker, client],
      ] as const) {
        from.setNoDelay(true);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    });
  }

  /** @param port of the broker, asked for at each connection */
  static async listen(port: () => number): Promise<FirstFetch> {
    const proxy = new FirstFetch(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The time (of `performance`) at which the next connections first ask for records. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#seen = resolve;
    });
  }

  /** Looks at the whole requests at hand. Answers what is left. */
  #look(bytes: Buffer): Buffer {
    let at = 0;
    while (bytes.length - at >= PREFIX) {
      if (bytes.readInt16BE(at + 4) === FETCH) this.#seen(performance.now());
      const end = at + 4 + bytes.readInt32BE(at);
      if (end > bytes.length) break;
      at = end;
    }
    return bytes.subarray(at);
  }

  close(): void {
    this.#server.close();
  }
}
