// A TCP proxy between a client and a real server, for what networks do to connections: delay, cut, stall, half-close.
// `up` is the way from the client to the server, `down` the way back.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Pipe, type PipeRules } from './tcp-proxy-pipe.ts';

export type Direction = 'up' | 'down';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const BOTH: readonly Direction[] = ['up', 'down'];

/** One connection of a client, and the one to the server that belongs to it. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;

  constructor(
    client: Socket,
    server: Socket,
    allow: (direction: Direction, bytes: number) => ReturnType<PipeRules['allow']>,
  ) {
    this.#client = client;
    this.#server = server;
    const pipe = (direction: Direction, from: Socket, to: Socket) =>
      new Pipe(from, to, {
        allow: (bytes) => allow(direction, bytes),
        exhausted: () => this.cut(),
      });
    this.#pipes = { up: pipe('up', client, server), down: pipe('down', server, client) };
  }

  get open(): boolean {
    return !(this.#client.destroyed && this.#server.destroyed);
  }

  /** Bytes that were read of one end and not passed on. */
  held(direction: Direction): number {
    return this.#pipes[direction].held;
  }

  /** Resets both ends at once. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /**
   * Passes nothing on any more: bytes and the end of either connection wait for resume(). Once a little is held, nothing more is
   * read: the sender meets a full window.
   */
  stall(directions: readonly Direction[] = BOTH): void {
    for (const direction of directions) this.#pipes[direction].stall();
  }

  resume(): void {
    for (const direction of BOTH) this.#pipes[direction].resume();
  }

  /** The receiver of this direction is told that nothing more comes (FIN); the other direction goes on. */
  halfClose(direction: Direction): void {
    this.#pipes[direction].end();
  }

  setDelay(ms: number): void {
    for (const direction of BOTH) this.#pipes[direction].delayMs = ms;
  }

  setRate(bytesPerSecond: number): void {
    for (const direction of BOTH) this.#pipes[direction].bytesPerSecond = bytesPerSecond;
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
    for (const direction of BOTH) this.#pipes[direction].close();
  }
}

export class TcpProxy {
  readonly host: string;
  port = 0;
  /** Connections that clients made, ever. */
  accepted = 0;
  /** Connections that cutAfter() has reset. */
  cuts = 0;
  /** Those that are open, oldest first. A connection that was accepted in silence is none. */
  readonly links: Link[] = [];
  /** Bytes passed on. */
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };
  /** New connections are accepted and never answered. */
  silent = false;
  /** New connections stall from the start. */
  stalling = false;
  /** Told of each new connection. */
  onLink: ((link: Link) => void) | null = null;
  #upstream: Address;
  #server: Server | null = null;
  #delayMs = 0;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #cut: { readonly direction: Direction; left: number } | null = null;
  readonly #silenced = new Set<Socket>();

  private constructor(upstream: Address, host: string) {
    this.#upstream = upstream;
    this.host = host;
  }

  /** @param at where it listens; a free port of the loopback unless said */
  static async start(upstream: Address, at: Partial<Address> = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(upstream, at.host ?? '127.0.0.1');
    proxy.port = at.port ?? 0;
    await proxy.accept();
    return proxy;
  }

  /** The link that was made last. */
  get newest(): Link {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('no connection goes through the proxy');
    return link;
  }

  /** Where new connections lead. */
  setUpstream(upstream: Address): void {
    this.#upstream = upstream;
  }

  /** Each way; of connections that are and will be. */
  delay(ms: number): void {
    this.#delayMs = ms;
    for (const link of this.links) link.setDelay(ms);
  }

  /** Each way; of connections that are and will be. */
  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    for (const link of this.links) link.setRate(bytesPerSecond);
  }

  /** Resets all connections. */
  cut(): void {
    for (const link of [...this.links]) link.cut();
  }

  /** Passes so many more bytes in one direction, of all connections together, then resets the one that brought the last. */
  cutAfter(direction: Direction, bytes: number): void {
    this.#cut = { direction, left: bytes };
  }

  /** As Link.stall, of connections that are and (`future`) will be. */
  stall(directions: readonly Direction[] = BOTH, future = true): void {
    this.stalling = future;
    for (const link of this.links) link.stall(directions);
  }

  resume(): void {
    this.stalling = false;
    for (const link of this.links) link.resume();
  }

  /** New connections are refused; those that are there stay. */
  refuse(): void {
    this.#server?.close();
    this.#server = null;
  }

  /** Listens again after refuse(). */
  async accept(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connected(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    this.port = address.port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const closed = server === null ? null : new Promise((resolve) => server.close(resolve));
    for (const link of this.links.splice(0)) link.destroy();
    for (const socket of this.#silenced) socket.destroy();
    await closed;
  }

  #connected(client: Socket): void {
    this.accepted++;
    if (this.silent) {
      this.#silence(client);
      return;
    }
    const server = connect({ ...this.#upstream, allowHalfOpen: true, noDelay: true });
    const link = new Link(client, server, (direction, bytes) => this.#allow(direction, bytes));
    link.setDelay(this.#delayMs);
    link.setRate(this.#bytesPerSecond);
    if (this.stalling) link.stall();
    this.links.push(link);
    for (const socket of [client, server]) {
      socket.on('close', () => {
        if (!link.open) this.#forget(link);
      });
    }
    this.onLink?.(link);
  }

  #silence(client: Socket): void {
    this.#silenced.add(client);
    client.on('error', () => client.destroy());
    client.on('end', () => client.end());
    client.on('close', () => this.#silenced.delete(client));
    client.resume();
  }

  #forget(link: Link): void {
    const at = this.links.indexOf(link);
    if (at >= 0) this.links.splice(at, 1);
  }

  #allow(direction: Direction, bytes: number): ReturnType<PipeRules['allow']> {
    const cut = this.#cut?.direction === direction ? this.#cut : null;
    const last = cut !== null && bytes >= cut.left;
    const allowed = last ? cut.left : bytes;
    if (cut !== null) cut.left -= allowed;
    if (last) {
      this.#cut = null;
      this.cuts++;
    }
    this.bytes[direction] += allowed;
    return { bytes: allowed, last };
  }
}
