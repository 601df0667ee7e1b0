// One client of the embedded server: what it has said about itself, and the commands it has queued.
import { encodeReply, type Protocol } from './replies.ts';
import type { ServerState } from './server-state.ts';

export interface SessionEnds {
  readonly address: string;
  readonly localAddress: string;
  /** Ends the connection; with `afterReply` once what is answered has been sent. */
  readonly close: (afterReply: boolean) => void;
  /** Sends what was not asked for. */
  readonly push: (text: string) => void;
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
  /** CLIENT TRACKING: the beginnings of the keys whose changes it is told; null: it is off. */
  #tracked: readonly string[] | null = null;
  readonly #changes = new Set<string>();
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

  get tracks(): boolean {
    return this.#tracked !== null;
  }

  /** @param prefixes null: no more */
  track(prefixes: readonly string[] | null): void {
    this.#tracked = prefixes;
    this.#changes.clear();
    if (prefixes === null) this.#server.tracking.delete(this);
    else this.#server.tracking.add(this);
  }

  noteChange(key: string): void {
    if (this.#tracked?.some((prefix) => key.startsWith(prefix))) this.#changes.add(key);
  }

  /** Tells what has changed since the last time. RESP2 has no form for it. */
  tellChanges(): void {
    if (this.#changes.size === 0) return;
    const keys = encodeReply([...this.#changes], 3);
    this.#changes.clear();
    if (this.protocol === 3) this.ends.push(`>2\r\n${encodeReply('invalidate', 3)}${keys}`);
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
    this.track(null);
    this.database = 0;
    this.protocol = 2;
    this.name = '';
    this.loggedIn = this.#server.password === '';
  }

  /** The connection is gone. */
  end(): void {
    this.unwatch();
    this.track(null);
    this.#server.sessions.delete(this.id);
  }
}
