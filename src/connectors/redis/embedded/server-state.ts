// What all connections of one embedded server share.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../types/clock.ts';
import type { Command } from './command.ts';
import { Database } from './database.ts';
import type { Session } from './session.ts';

const DATABASES = 16;
/** Reported by INFO and HELLO: the version whose replies this server gives. */
export const VERSION = '7.0.15';

export class ServerState {
  readonly clock: Clock;
  /** By lower-case name. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly databases: readonly Database[];
  readonly sessions = new Map<number, Session>();
  readonly runId = randomBytes(20).toString('hex');
  readonly startedAt: number;
  /** As CONFIG GET and CONFIG SET know them. */
  readonly config: Map<string, string>;
  /** Sessions that are told of changes. */
  readonly tracking = new Set<Session>();
  /** The sessions that watch a key, by `database:key`. */
  readonly #watched = new Map<string, Set<Session>>();
  port = 0;
  #nextId = 3; // Redis' own first clients are numbered from 3, too
  commandsProcessed = 0;
  connectionsReceived = 0;

  constructor(commands: ReadonlyMap<string, Command>, clock: Clock, password: string | undefined) {
    this.commands = commands;
    this.clock = clock;
    this.startedAt = clock.now();
    this.databases = Array.from(
      { length: DATABASES },
      (_, index) => new Database(clock, (key) => this.#touch(index, key)),
    );
    this.config = new Map([
      ['requirepass', password ?? ''],
      ['databases', String(DATABASES)],
      ['maxmemory', '0'],
      ['maxmemory-policy', 'noeviction'],
      ['maxclients', '10000'],
      ['timeout', '0'],
      ['save', ''],
      ['appendonly', 'no'],
      ['proto-max-bulk-len', '536870912'],
      ['notify-keyspace-events', ''],
    ]);
  }

  /** '' when none is needed. One latin1 character a byte. */
  get password(): string {
    return this.config.get('requirepass') ?? '';
  }

  newSessionId(): number {
    this.connectionsReceived++;
    return this.#nextId++;
  }

  watch(database: number, key: string, session: Session): void {
    const name = `${database}:${key}`;
    const watchers = this.#watched.get(name) ?? new Set();
    watchers.add(session);
    this.#watched.set(name, watchers);
  }

  unwatch(database: number, key: string, session: Session): void {
    const name = `${database}:${key}`;
    const watchers = this.#watched.get(name);
    watchers?.delete(session);
    if (watchers?.size === 0) this.#watched.delete(name);
  }

  /** After the commands that came together, as Redis does it. */
  tellChanges(): void {
    for (const session of this.tracking) session.tellChanges();
  }

  #touch(database: number, key: string): void {
    for (const session of this.tracking) session.noteChange(key);
    if (this.#watched.size === 0) return;
    for (const session of this.#watched.get(`${database}:${key}`) ?? []) session.watchBroken = true;
  }
}
