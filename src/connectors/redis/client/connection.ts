// One connection to one server: runs of commands go out, replies come back in the same order. It does not repair itself:
// when it breaks, it says so once, and its owner decides what is sent again.
//
// Waits are limited here: `connect.timeout` from the first packet to the end of the handshake, `socket.timeout` from one
// sign of life to the next while replies are due. Signs of life are bytes that come, and bytes that go out after the network
// had taken no more.
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../../types/clock.ts';
import type { ConnectorError } from '../../../types/errors.ts';
import type { CommandBatch } from './command-batch.ts';
import { connectionLost, noReply, notRedis } from './connection-errors.ts';
import type { Endpoint } from './endpoint.ts';
import { Outbox } from './outbox.ts';
import type { Reply } from './port.ts';
import { REST_MS, ReplyPace } from './reply-pace.ts';
import { ReplyParser, type ReplySink } from './reply-parser.ts';
import type { Receiver, SocketInput } from './socket-input.ts';

/** A run of commands that waits for its replies. Nothing here may throw. */
export interface Exchange {
  /** Replies that belong to it. At least 1. */
  readonly count: number;
  /** False: good replies of the forms `+OK` and `:1` are counted only. */
  readonly wantsReplies: boolean;
  /** Texts may stay bytes. */
  readonly encoded?: boolean;
  /** Reply `index`: each one when `wantsReplies`, else those that could not be counted (errors always). */
  reply(index: number, reply: Reply): void;
  /** All replies have come. */
  done(): void;
  /** The connection broke when only replies 0 to `answered - 1` had come. */
  failed(error: ConnectorError, answered: number): void;
}

/** How a server knows a connection: what CLIENT KILL needs. */
export interface ClientIdentity {
  readonly id: string;
  /** The client's address as the server sees it: with the id it names one connection, even after a restart of the server. */
  readonly address: string | null;
}

interface InFlight {
  readonly exchange: Exchange;
  answered: number;
}

export class Connection implements ReplySink, Receiver {
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  /** Of the server. */
  readonly label: string;
  readonly #clock: Clock;
  readonly #parser = new ReplyParser(this);
  readonly #inFlight: InFlight[] = [];
  /** Replies in flight that are only counted. */
  #countedDue = 0;
  /** Of those, what the last chunk had. */
  #countedNow = 0;
  /** Exchanges in flight that want their replies. */
  #wanting = 0;
  readonly #pace = new ReplyPace();
  /** Until then nothing is read. */
  #rest: Timer | null = null;
  #watchdog: Timer | null = null;
  #lastLife = 0;
  #socketError: Error | null = null;
  #closed: ConnectorError | null = null;

  /** How long the server may be silent while replies are due. No limit before the handshake is over: that has its own. */
  socketTimeoutMs = Number.POSITIVE_INFINITY;
  /** It broke before all that was to be sent had been given to the system. */
  brokeWhileSending = false;
  /** Known after the handshake; null where the user may not run CLIENT. */
  identity: ClientIdentity | null = null;
  /** The server's words when it would not tell the identity. */
  identityRefusal = 'the handshake was not finished';
  /** When its last reply came, on the monotonic clock. */
  lastUsed = 0;
  /** Told what the server says unasked; without it that is passed over. */
  onPush: ((message: readonly Reply[]) => void) | null = null;
  /** Told once, after the exchanges in flight, when the connection broke or was destroyed; and whether there were any. */
  onClose: ((error: ConnectorError, unanswered: boolean) => void) | null = null;

  /** @param socket connected, reading into `input`; the connection owns it from here on */
  constructor(socket: Socket, input: SocketInput, endpoint: Endpoint, clock: Clock) {
    this.#socket = socket;
    this.#outbox = new Outbox(socket, clock, () => {
      this.#lastLife = clock.monotonic();
    });
    this.label = endpoint.label;
    this.#clock = clock;
    socket.on('error', (error: Error) => {
      this.#socketError = error; // 'close' follows
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.destroy(connectionLost(this.label, this.#socketError)));
    input.handTo(this);
    socket.resume();
  }

  get usable(): boolean {
    return this.#closed === null;
  }

  get busy(): boolean {
    return this.#inFlight.length > 0;
  }

  /** Sends encoded commands. On a broken connection the exchange fails at once. */
  send(bytes: Uint8Array, exchange: Exchange): void {
    if (this.#closed !== null) {
      exchange.failed(this.#closed, 0);
      return;
    }
    if (this.#inFlight.length === 0) this.#lastLife = this.#clock.monotonic();
    this.#inFlight.push({ exchange, answered: 0 });
    if (exchange.wantsReplies) this.#wanting++;
    else this.#countedDue += exchange.count;
    this.#outbox.write(bytes);
    if (this.#watchdog === null && this.socketTimeoutMs !== Number.POSITIVE_INFINITY)
      this.#watch(this.socketTimeoutMs);
  }

  /** Sends a batch and waits for all of its replies. */
  request(batch: CommandBatch): Promise<Reply[]> {
    if (batch.count === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const replies: Reply[] = [];
      this.send(batch.bytes(), {
        count: batch.count,
        wantsReplies: true,
        encoded: batch.encodedReplies,
        reply: (_index, reply) => replies.push(reply),
        done: () => resolve(replies),
        failed: reject,
      });
    });
  }

  /** See Outbox.careful: for a connection in place of one that broke while sending. */
  sendCarefully(): void {
    this.#outbox.careful = true;
  }

  /** Closes at once. What is in flight fails with `error`. */
  destroy(error: ConnectorError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.brokeWhileSending = this.#outbox.busy;
    this.#watchdog?.cancel();
    this.#watchdog = null;
    this.#rest?.cancel();
    this.#rest = null;
    this.#socket.destroy();
    this.#outbox.close();
    const unanswered = this.#inFlight.splice(0);
    for (const { exchange, answered } of unanswered) exchange.failed(error, answered);
    this.onClose?.(error, unanswered.length > 0);
  }

  // What the parser asks and says.

  countable(): number {
    const first = this.#inFlight[0];
    return first === undefined || first.exchange.wantsReplies ? 0 : first.exchange.count - first.answered;
  }

  encoded(): boolean {
    return this.#inFlight[0]?.exchange.encoded === true;
  }

  counted(replies: number): void {
    const first = this.#inFlight[0]!;
    first.answered += replies;
    this.#countedDue -= replies;
    this.#countedNow += replies;
    this.#finish(first);
  }

  reply(reply: Reply): void {
    const first = this.#inFlight[0];
    if (first === undefined) throw new Error('a reply came that nobody asked for');
    if (!first.exchange.wantsReplies) {
      this.#countedDue--;
      this.#countedNow++;
    }
    first.exchange.reply(first.answered++, reply);
    this.#finish(first);
  }

  push(message: readonly Reply[]): void {
    this.onPush?.(message);
  }

  #finish(first: InFlight): void {
    if (first.answered < first.exchange.count) return;
    this.#inFlight.shift();
    if (first.exchange.wantsReplies) this.#wanting--;
    first.exchange.done();
  }

  // What the input says and asks.

  received(chunk: Buffer): boolean {
    if (this.#closed !== null) return false;
    this.#lastLife = this.#clock.monotonic();
    this.lastUsed = this.#lastLife;
    this.#countedNow = 0;
    try {
      return this.#parser.feed(chunk);
    } catch (error) {
      this.destroy(notRedis(this.label, error instanceof Error ? error : new Error(String(error))));
      return true;
    } finally {
      this.#pace.read(this.#countedNow, this.#lastLife);
    }
  }

  readsOn(): boolean {
    if (this.#wanting > 0 || this.#closed !== null || !this.#pace.mayRest(this.#countedDue)) return true;
    this.#rest ??= this.#clock.schedule(REST_MS, () => {
      this.#rest = null;
      this.#socket.resume();
    });
    return false;
  }

  #watch(delayMs: number): void {
    this.#watchdog = this.#clock.schedule(delayMs, () => this.#look(false));
  }

  #look(again: boolean): void {
    this.#watchdog = null;
    if (this.#closed !== null || this.#inFlight.length === 0) return;
    const silent = this.#clock.monotonic() - this.#lastLife;
    const left = this.socketTimeoutMs - silent;
    if (left > 0) this.#watch(left);
    else if (again) this.destroy(noReply(this.label, this.socketTimeoutMs));
    // If this process itself stood still, the replies may be there unread: let the event loop read once before judging.
    else setImmediate(() => this.#look(true));
  }
}
