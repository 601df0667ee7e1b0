// Changes, in the order of the calls, several batches in flight.
//
// Law: every batch reaches its server at least once, and each key sees its changes in order, through breaks, refusals and
// redirections. When something is left over (a connection broke, a server answered LOADING or MOVED or the like), nothing
// new is sent until it has been sent again; before a new connection sends anything, the old one is fenced.
//
// Bounds: so many batches and bytes in flight; what is submitted beyond waits unsent, and is the caller's to bound. A batch
// is retried for `retryTimeoutMs`, then it and all behind it fail.
import type { Clock } from '../../../types/clock.ts';
import type { ConnectorError } from '../../../types/errors.ts';
import { backOffMs } from './back-off.ts';
import type { CommandBatch } from './command-batch.ts';
import { gaveUp, portClosed, redirectedAway, stillRefused } from './connection-errors.ts';
import { Job, type JobOwner } from './job.ts';
import type { PortStats, RedisReplyError } from './port.ts';
import type { Route, RouteUser } from './route.ts';

/** In flight at most; one batch always may be. */
const MAX_BATCHES = 64;
const MAX_BYTES = 16 * 1024 * 1024;
/** Redirections that are followed at once; more of them than this mean that the cluster does not agree with itself yet. */
const QUICK_HOPS = 5;

export interface ChannelSettings {
  readonly label: string;
  readonly clock: Clock;
  readonly retryTimeoutMs: number;
  readonly stats: PortStats;
  /** Called once, by the constructor. */
  route(user: RouteUser): Route;
}

export class OrderedChannel implements JobOwner, RouteUser {
  readonly #settings: ChannelSettings;
  readonly #route: Route;
  /** Sent, not all answered, in order. */
  #window: Job[] = [];
  #windowBytes = 0;
  /** Not sent yet. */
  readonly #queue: Job[] = [];
  /** Nothing new is sent: something has to be sent again, or could not be sent. */
  #interrupted = false;
  /** Why; null where a connection is missing only. */
  #trouble: ConnectorError | null = null;
  /** The trouble is one that needs time: not a redirection only. */
  #patience = false;
  #recovering = false;
  #closed: ConnectorError | null = null;
  readonly #abort = new AbortController();
  #idle: (() => void)[] = [];

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
    this.#route = settings.route(this);
  }

  /** Work is under way: an earlier change may not have reached the server. */
  get busy(): boolean {
    return this.#window.length > 0 || this.#queue.length > 0;
  }

  /** @param target see Job.target */
  submit(batch: CommandBatch, wantsReplies: boolean, target: number | null = null): Promise<Job> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) {
        reject(this.#closed);
        return;
      }
      this.#queue.push(new Job(batch, wantsReplies, this, resolve, reject, target));
      this.#pump();
    });
  }

  /** Resolves when nothing is under way any more. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Closes at once: what is under way fails. */
  close(): void {
    if (this.#closed !== null) return;
    this.#closed = portClosed(this.#settings.label);
    this.#abort.abort(this.#closed);
    this.#failAll(this.#closed);
  }

  // What jobs and the route say.

  refusedForNow(error: RedisReplyError): void {
    this.#interrupted = true;
    this.#trouble = stillRefused(this.#settings.label, error);
    this.#patience = true;
    this.#route.refused(error);
  }

  redirected(job: Job, index: number, error: RedisReplyError): boolean {
    if (!this.#route.redirected(job, index, error)) return false;
    this.#interrupted = true;
    this.#trouble ??= redirectedAway(this.#settings.label, error);
    this.#settings.stats.redirects++;
    return true;
  }

  answered(job: Job): void {
    this.#settings.stats.lastRoundTripMs = this.#settings.clock.monotonic() - job.sentAt;
    if (this.#interrupted) {
      this.progressed();
      return;
    }
    job.finished = true;
    while (this.#window.length > 0 && this.#window[0]!.finished) {
      const first = this.#window.shift()!;
      this.#windowBytes -= first.bytes;
      first.resolve();
    }
    this.#pump();
  }

  progressed(): void {
    if (this.#interrupted && !this.#route.busy) void this.#recover();
  }

  broken(error: ConnectorError): void {
    if (this.#closed !== null || this.#recovering) return;
    this.#interrupted = true;
    this.#trouble ??= error;
    this.progressed();
  }

  reconnected(): void {
    this.#settings.stats.reconnects++;
  }

  sent(commands: number, again: number, bytes: number): void {
    const { stats } = this.#settings;
    stats.commandsSent += commands;
    stats.resentCommands += again;
    stats.bytesSent += bytes;
  }

  /** Sends what may be sent. */
  #pump(): void {
    if (this.#recovering || this.#interrupted) return;
    if (this.#queue.length === 0) {
      if (this.#window.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    if (this.#route.stale) {
      if (this.#window.length > 0) return;
      this.#route.adjust();
    }
    if (!this.#route.ready) {
      void this.#recover();
      return;
    }
    while (this.#queue.length > 0 && this.#hasRoom(this.#queue[0]!)) {
      if (!this.#send(this.#queue.shift()!)) return;
    }
  }

  #hasRoom(job: Job): boolean {
    if (this.#window.length === 0) return true;
    return this.#window.length < MAX_BATCHES && this.#windowBytes + job.bytes <= MAX_BYTES;
  }

  #send(job: Job): boolean {
    this.#window.push(job);
    this.#windowBytes += job.bytes;
    if (this.#route.send(job)) {
      job.sentAt = this.#settings.clock.monotonic();
      return true;
    }
    job.reopenAll();
    this.#interrupted = true;
    this.progressed();
    return false;
  }

  /** Brings everything sent so far to its end, over as many connections as it takes, or fails it. Never rejects. */
  async #recover(): Promise<void> {
    if (this.#recovering) return;
    this.#recovering = true;
    const { clock, retryTimeoutMs, label } = this.#settings;
    const start = clock.monotonic();
    // The first attempt on a broken connection is made at once; a server that refuses gets some time.
    let wait = this.#patience && this.#route.ready ? backOffMs(0) : 0;
    for (let attempt = 0; ; attempt++) {
      const spent = clock.monotonic() - start;
      if (this.#trouble !== null && spent + wait > retryTimeoutMs) {
        this.#giveUp(gaveUp(label, spent, this.#trouble));
        return;
      }
      try {
        if (wait > 0) await clock.sleep(wait, this.#abort.signal);
        this.#trouble = null;
        this.#patience = false;
        await this.#route.resend(this.#window, this.#abort.signal);
      } catch (error) {
        if (this.#closed !== null) return; // everything failed with it
        this.#trouble = error as ConnectorError;
        this.#patience = true;
        if (!this.#trouble.retryable) {
          this.#giveUp(this.#trouble);
          return;
        }
      }
      if (this.#trouble === null && this.#route.ready) break;
      wait = this.#patience || attempt >= QUICK_HOPS ? backOffMs(attempt) : 0;
    }
    this.#recovering = false;
    this.#interrupted = false;
    for (const job of this.#window.splice(0)) job.resolve();
    this.#windowBytes = 0;
    this.#pump();
  }

  #giveUp(error: ConnectorError): void {
    this.#recovering = false;
    this.#failAll(error);
  }

  #failAll(error: ConnectorError): void {
    const jobs = [...this.#window.splice(0), ...this.#queue.splice(0)];
    this.#windowBytes = 0;
    this.#interrupted = false;
    this.#trouble = null;
    this.#patience = false;
    this.#route.abandon(error);
    for (const job of jobs) job.reject(error);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
