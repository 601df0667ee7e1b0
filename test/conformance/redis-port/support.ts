// What the suites over the port share: options for a server, batches from lists, TCP servers that misbehave.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { CommandBatch } from '../../../src/connectors/redis/client/command-batch.ts';
import type { PortOptions } from '../../../src/connectors/redis/client/port.ts';
import { ReplyParser } from '../../../src/connectors/redis/client/reply-parser.ts';

export function portOptions(
  server: { readonly host: string; readonly port: number },
  more: Partial<PortOptions> = {},
): PortOptions {
  return {
    host: server.host,
    port: server.port,
    database: 0,
    connectTimeoutMs: 3_000,
    socketTimeoutMs: 3_000,
    retryTimeoutMs: 20_000,
    pool: { maxTotal: 8, maxIdle: 8, minIdle: 0 },
    ...more,
  };
}

export function batchOf(commands: readonly (readonly (string | number | Uint8Array)[])[]): CommandBatch {
  const batch = new CommandBatch();
  for (const command of commands) batch.add(command);
  return batch;
}

export interface LocalServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A TCP server of the loopback that does with each connection what the test says. */
export async function startServer(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return {
    host: '127.0.0.1',
    port: address.port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A connection that shows the bytes of each reply. */
export class RawClient {
  readonly #socket: Socket;
  #bytes = '';
  #done: ((reply: string) => void) | null = null;
  #failed: ((error: Error) => void) | null = null;
  readonly #parser = new ReplyParser({
    countable: () => 0,
    encoded: () => false,
    counted: () => {},
    reply: () => {
      const bytes = this.#bytes;
      this.#bytes = '';
      this.#done?.(bytes);
    },
    push: () => {},
  });

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.toString('latin1');
      this.#parser.feed(chunk);
    });
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('closed')));
  }

  static async open(server: { readonly host: string; readonly port: number }): Promise<RawClient> {
    const socket = connect({ host: server.host, port: server.port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', resolve);
    });
    return new RawClient(socket);
  }

  /** The reply's bytes, one character a byte. */
  send(command: readonly (string | number | Uint8Array)[]): Promise<string> {
    return this.sendBytes(batchOf([command]).bytes());
  }

  sendBytes(bytes: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#failed = null;
    this.#socket.destroy();
  }
}
