// The one connection over which changes go, in the order of the calls, several batches in flight.
//
// Law: every batch reaches the server at least once, and each key sees its changes in order, through breaks and refusals.
// When something is left over (the connection broke, the server answered LOADING or the like), nothing new is sent until it
// has been sent again; before a new connection sends anything, the old one is fenced.
//
// Bounds: so many batches and bytes in flight; what is submitted beyond waits unsent, and is the caller's to bound. A batch
// is retried for `retryTimeoutMs`, then it and all behind it fail.
import type { Clock } from '../../../types/clock.ts';
import type { ConnectorError } from '../../../types/errors.ts';
import { backOffMs } from './back-off.ts';
import type { CommandBatch } from './command-batch.ts';
import type { ClientIdentity, Connection } from './connection.ts';
import { gaveUp, portClosed, stillRefused } from './connection-errors.ts';
import { Job, type JobOwner } from './job.ts';
import type { PortStats, RedisReplyError, Reply } from './port.ts';
import { planResend, type ResendPlan } from './resend-plan.ts';

/** In flight at most; one batch always may be. */
const MAX_BATCHES = 64;
const MAX_BYTES = 16 * 1024 * 1024;

export interface ChannelSettings {
  readonly label: string;
  readonly clock: Clock;
  readonly retryTimeoutMs: number;
  readonly stats: PortStats;
  /** A connection ready for commands, the one named by `fence` gone. */
  open(fence: ClientIdentity | null, signal: AbortSignal): Promise<Connection>;
  /** A connection broke with commands unanswered, and cannot be fenced, because the server said `refusal`. */
  cannotFence(refusal: string): void;
}

export class OrderedChannel implements JobOwner {
  readonly #settings: ChannelSettings;
  #connection: Connection | null = null;
  #hadConnection = false;
  /** Sent, not all answered, in order. */
  #window: Job[] = [];
  #windowBytes = 0;
  /** Not sent yet. */
  readonly #queue: Job[] = [];
  /** Why something has to be sent again; null on the good path. */
  #trouble: ConnectorError | null = null;
  #mustReconnect = false;
  #recovering = false;
  #fence: ClientIdentity | null = null;
  #closed: ConnectorError | null = null;
  readonly #abort = new AbortController();
  #idle: (() => void)[] = [];

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
  }

  /** Work is under way: an earlier change may not have reached the server. */
  get busy(): boolean {
    return this.#window.length > 0 || this.#queue.length > 0;
  }

  /** Takes over a connection that is open already. */
  adopt(connection: Connection): void {
    if (this.#hadConnection) this.#settings.stats.reconnects++;
    this.#hadConnection = true;
    this.#connection = connection;
    connection.onClose = (error) => this.#broken(connection, error);
  }

  submit(batch: CommandBatch, wantsReplies: boolean): Promise<Job> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) {
        reject(this.#closed);
        return;
      }
      this.#queue.push(new Job(batch, wantsReplies, this, resolve, reject));
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

  refusedForNow(error: RedisReplyError): void {
    this.#trouble = stillRefused(this.#settings.label, error);
    // This server became a replica: its name may lead to the new master.
    if (error.code === 'READONLY') this.#mustReconnect = true;
  }

  answered(job: Job): void {
    this.#settings.stats.lastRoundTripMs = this.#settings.clock.monotonic() - job.sentAt;
    if (this.#trouble !== null) {
      if (!this.#connection?.busy) void this.#recover();
      return;
    }
    this.#window.shift();
    this.#windowBytes -= job.bytes;
    job.resolve();
    this.#pump();
  }

  #pump(): void {
    if (this.#recovering || this.#trouble !== null) return;
    if (this.#queue.length === 0) {
      if (this.#window.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const connection = this.#connection;
    if (connection === null) {
      void this.#recover();
      return;
    }
    while (this.#queue.length > 0 && this.#hasRoom(this.#queue[0]!))
      this.#send(connection, this.#queue.shift()!);
  }

  #hasRoom(job: Job): boolean {
    if (this.#window.length === 0) return true;
    return this.#window.length < MAX_BATCHES && this.#windowBytes + job.bytes <= MAX_BYTES;
  }

  #send(connection: Connection, job: Job): void {
    this.#window.push(job);
    this.#windowBytes += job.bytes;
    job.sentAt = this.#settings.clock.monotonic();
    this.#count(job.count, job.bytes);
    connection.send(job.batch.bytes(), job);
  }

  #count(commands: number, bytes: number): void {
    this.#settings.stats.commandsSent += commands;
    this.#settings.stats.bytesSent += bytes;
  }

  #broken(connection: Connection, error: ConnectorError): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    // A fence is only needed for what may lie unread in the old connection's buffers.
    if (this.#window.length > 0) this.#fenceOff(connection);
    if (this.#closed !== null || this.#recovering) return;
    if (this.#window.length === 0) return; // an unused connection may go: the next call opens another
    this.#trouble ??= error;
    void this.#recover();
  }

  #fenceOff(connection: Connection): void {
    this.#fence = connection.identity;
    if (this.#fence === null) this.#settings.cannotFence(connection.identityRefusal);
  }

  /** Brings everything sent so far to its end, over as many connections as it takes, or fails it. Never rejects. */
  async #recover(): Promise<void> {
    if (this.#recovering) return;
    this.#recovering = true;
    const { clock, retryTimeoutMs, label } = this.#settings;
    const start = clock.monotonic();
    // The first attempt on a broken connection is made at once; a server that refuses gets some time.
    let wait = this.#connection === null ? 0 : backOffMs(0);
    for (let attempt = 0; ; attempt++) {
      const spent = clock.monotonic() - start;
      if (this.#trouble !== null && spent + wait > retryTimeoutMs) {
        this.#giveUp(gaveUp(label, spent, this.#trouble));
        return;
      }
      try {
        if (wait > 0) await clock.sleep(wait, this.#abort.signal);
        const connection = await this.#connected();
        this.#trouble = null;
        await this.#resend(connection, planResend(this.#window));
      } catch (error) {
        if (this.#closed !== null) return; // everything failed with it
        this.#trouble = error as ConnectorError;
        if (!this.#trouble.retryable) {
          this.#giveUp(this.#trouble);
          return;
        }
      }
      if (this.#trouble === null && this.#connection !== null) break;
      wait = backOffMs(attempt);
    }
    this.#recovering = false;
    for (const job of this.#window.splice(0)) job.resolve();
    this.#windowBytes = 0;
    this.#pump();
  }

  async #connected(): Promise<Connection> {
    if (this.#mustReconnect) {
      this.#mustReconnect = false;
      const old = this.#connection;
      this.#connection = null; // nothing is in flight on it: no fence
      old?.destroy(this.#trouble ?? portClosed(this.#settings.label));
    }
    if (this.#connection !== null) return this.#connection;
    const connection = await this.#settings.open(this.#fence, this.#abort.signal);
    if (this.#closed !== null) {
      connection.destroy(this.#closed);
      throw this.#closed;
    }
    this.#fence = null;
    this.adopt(connection);
    if (!connection.usable) throw portClosed(this.#settings.label);
    return connection;
  }

  #resend(connection: Connection, plan: ResendPlan): Promise<void> {
    const { batch, jobs, indexes } = plan;
    if (batch.count === 0) return Promise.resolve();
    for (let i = 0; i < batch.count; i++) jobs[i]!.reopen(indexes[i]!);
    this.#settings.stats.resentCommands += batch.count;
    this.#count(batch.count, batch.byteLength);
    return new Promise((resolve, reject) => {
      connection.send(batch.bytes(), {
        count: batch.count,
        wantsReplies: true,
        reply: (i: number, reply: Reply) => jobs[i]!.reply(indexes[i]!, reply),
        done: resolve,
        failed: reject,
      });
    });
  }

  #giveUp(error: ConnectorError): void {
    this.#recovering = false;
    this.#failAll(error);
  }

  #failAll(error: ConnectorError): void {
    const jobs = [...this.#window.splice(0), ...this.#queue.splice(0)];
    const connection = this.#connection;
    this.#connection = null;
    if (connection?.busy) this.#fenceOff(connection);
    this.#windowBytes = 0;
    this.#trouble = null;
    this.#mustReconnect = false;
    connection?.destroy(error);
    for (const job of jobs) job.reject(error);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
