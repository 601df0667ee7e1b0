// One client of the embedded server: what it has said about itself, and the commands it has queued.
import type { Protocol } from './replies.ts';
import type { ServerState } from './server-state.ts';

export interface SessionEnds {
  readonly address: string;
  readonly localAddress: string;
  /** Ends the connection; with `afterReply` once what is answered has been sent. */
  readonly close: (afterReply: boolean) => void;
}

export class Session {
  readonly id: number;
  readonly ends: SessionEnds;
  readonly createdAt: number;
  readonly #server: ServerState;
  name = '';
  database = 0;
  protocol: Protocol = 2;
  loggedIn: boolean;
  noEvict = false;
  lastCommand = 'NULL';
  lastCommandAt: number;
  /** Commands since MULTI; null outside. */
  queue: string[][] | null = null;
  /** A queued command was refused: EXEC does nothing. */
  queueBroken = false;
  /** A watched key changed: EXEC does nothing. */
  watchBroken = false;
  readonly #watches: (readonly [database: number, key: string])[] = [];

  constructor(server: ServerState, ends: SessionEnds) {
    this.#server = server;
    this.ends = ends;
    this.id = server.newSessionId();
    this.createdAt = server.clock.now();
    this.lastCommandAt = this.createdAt;
    this.loggedIn = server.password === '';
    server.sessions.set(this.id, this);
  }

  watch(key: string): void {
    if (this.#watches.some(([database, each]) => database === this.database && each === key)) return;
    this.#watches.push([this.database, key]);
    this.#server.watch(this.database, key, this);
  }

  unwatch(): void {
    for (const [database, key] of this.#watches.splice(0)) this.#server.unwatch(database, key, this);
    this.watchBroken = false;
  }

  /** Leaves MULTI, whatever was queued. */
  endMulti(): void {
    this.queue = null;
    this.queueBroken = false;
    this.unwatch();
  }

  /** As RESET leaves a connection. */
  reset(): void {
    this.endMulti();
    this.database = 0;
    this.protocol = 2;
    this.name = '';
    this.loggedIn = this.#server.password === '';
  }

  /** The connection is gone. */
  end(): void {
    this.unwatch();
    this.#server.sessions.delete(this.id);
  }
}
