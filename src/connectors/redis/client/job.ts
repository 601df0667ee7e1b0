// One batch on its way through the ordered channel, with what is known of each of its commands.
//
// On the good path two numbers are enough: replies come in order. Only when something has to be sent again does a job keep a
// state for each command (`open`).
import type { ConnectorError } from '../../../types/errors.ts';
import type { CommandBatch } from './command-batch.ts';
import type { Exchange } from './connection.ts';
import { isPassing } from './connection-errors.ts';
import { RedisReplyError, type Reply, type WriteFailure } from './port.ts';

export interface JobOwner {
  /** The server refused a command for now: it is to be sent again. */
  refusedForNow(error: RedisReplyError): void;
  /** True when the refusal only says where else the command is to be sent. */
  redirected(job: Job, index: number, error: RedisReplyError): boolean;
  answered(job: Job): void;
}

export class Job implements Exchange {
  readonly batch: CommandBatch;
  readonly count: number;
  readonly wantsReplies: boolean;
  readonly bytes: number;
  /** The server that it is for, whatever its keys: by its index in a cluster; null: where the keys are. */
  readonly target: number | null;
  /** When it was sent first, on the monotonic clock; 0: not yet. */
  sentAt = 0;
  /** All of its replies have come, and none asks for another try. Where jobs go to several servers, they end in any order. */
  finished = false;
  readonly #owner: JobOwner;
  readonly #resolve: (job: Job) => void;
  readonly #reject: (error: ConnectorError) => void;
  readonly #replies: Reply[] = [];
  /** Refusals for good, by command. Only the first is reported, but a repeated command may clear one. */
  #refused: Map<number, RedisReplyError> | null = null;
  /** Commands that were refused for now, or not answered when the connection broke. */
  #open: Set<number> | null = null;

  constructor(
    batch: CommandBatch,
    wantsReplies: boolean,
    owner: JobOwner,
    resolve: (job: Job) => void,
    reject: (error: ConnectorError) => void,
    target: number | null = null,
  ) {
    this.batch = batch;
    this.count = batch.count;
    this.bytes = batch.byteLength;
    this.wantsReplies = wantsReplies;
    this.#owner = owner;
    this.#resolve = resolve;
    this.#reject = reject;
    this.target = target;
  }

  /** Replies by command; valid after the job resolved, when replies were wanted. */
  get replies(): readonly Reply[] {
    return this.#replies;
  }

  /** The first refusal for good. */
  get failure(): WriteFailure | null {
    if (this.#refused === null || this.#refused.size === 0) return null;
    const index = Math.min(...this.#refused.keys());
    return { index, error: this.#refused.get(index)! };
  }

  get hasOpen(): boolean {
    return this.#open !== null && this.#open.size > 0;
  }

  isOpen(index: number): boolean {
    return this.#open?.has(index) ?? false;
  }

  reopenAll(): void {
    for (let index = 0; index < this.count; index++) this.reopen(index);
  }

  reopen(index: number): void {
    this.#open ??= new Set();
    this.#open.add(index);
  }

  /** The reply to command `index`, now or when it was sent again. */
  reply(index: number, reply: Reply): void {
    const error = refusalIn(reply);
    if (error !== null && this.#again(index, error)) {
      this.reopen(index);
      return;
    }
    this.#open?.delete(index);
    if (this.wantsReplies) {
      this.#replies[index] = reply;
    } else if (error !== null) {
      this.#refused ??= new Map();
      this.#refused.set(index, error);
    } else {
      this.#refused?.delete(index);
    }
  }

  #again(index: number, error: RedisReplyError): boolean {
    if (!isPassing(error)) return this.#owner.redirected(this, index, error);
    this.#owner.refusedForNow(error);
    return true;
  }

  done(): void {
    this.#owner.answered(this);
  }

  failed(_error: ConnectorError, answered: number): void {
    for (let index = answered; index < this.count; index++) this.reopen(index);
  }

  resolve(): void {
    this.#resolve(this);
  }

  reject(error: ConnectorError): void {
    this.#reject(error);
  }
}

/** An error, also one of a command inside EXEC's reply. */
function refusalIn(reply: Reply): RedisReplyError | null {
  if (reply instanceof RedisReplyError) return reply;
  if (!Array.isArray(reply)) return null;
  return reply.find((item) => item instanceof RedisReplyError) ?? null;
}
