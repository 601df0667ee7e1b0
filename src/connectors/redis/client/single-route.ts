// The way to one server: one connection, over which everything goes in the order of the calls.
import type { ConnectorError } from '../../../types/errors.ts';
import type { Connection } from './connection.ts';
import { connectionLost, portClosed } from './connection-errors.ts';
import { fenceOff } from './fences.ts';
import type { Job } from './job.ts';
import type { RedisReplyError, Reply } from './port.ts';
import { planResend } from './resend-plan.ts';
import type { Route, RouteUser } from './route.ts';

export interface SingleRouteSettings {
  readonly label: string;
  /** A connection ready for commands, those that were fenced off gone. */
  open(signal: AbortSignal): Promise<Connection>;
  /** A connection broke with commands unanswered, and cannot be fenced, because the server said `refusal`. */
  cannotFence(refusal: string): void;
}

export class SingleRoute implements Route {
  readonly stale = false;
  readonly #settings: SingleRouteSettings;
  readonly #user: RouteUser;
  #connection: Connection | null = null;
  #hadConnection = false;
  #mustReconnect = false;
  #careful = false;

  constructor(settings: SingleRouteSettings, user: RouteUser) {
    this.#settings = settings;
    this.#user = user;
  }

  get ready(): boolean {
    return this.#connection !== null;
  }

  get busy(): boolean {
    return this.#connection?.busy ?? false;
  }

  adjust(): void {
    // there is one way only
  }

  send(job: Job): boolean {
    if (this.#connection === null) return false;
    this.#user.sent(job.count, 0, job.bytes);
    this.#connection.send(job.batch.bytes(), job);
    return true;
  }

  async resend(window: readonly Job[], signal: AbortSignal): Promise<void> {
    const connection = await this.#connected(signal);
    const { batch, jobs, indexes } = planResend(window);
    if (batch.count === 0) return;
    let again = 0;
    for (let i = 0; i < batch.count; i++) {
      jobs[i]!.reopen(indexes[i]!);
      if (jobs[i]!.sentAt !== 0) again++;
    }
    this.#user.sent(batch.count, again, batch.byteLength);
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

  refused(error: RedisReplyError): void {
    // This server became a replica, or lost its own: its name may lead to the new master.
    if (error.code === 'READONLY' || error.code === 'NOREPLICAS') this.#mustReconnect = true;
  }

  redirected(): boolean {
    return false;
  }

  /** The name leads to another server now: the connection is given up. Nothing to do while there is none. */
  leave(error: ConnectorError): void {
    this.#connection?.destroy(error);
  }

  abandon(error: ConnectorError): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#mustReconnect = false;
    if (connection?.busy) this.#fenceOff(connection);
    connection?.destroy(error);
  }

  async #connected(signal: AbortSignal): Promise<Connection> {
    if (this.#mustReconnect) {
      this.#mustReconnect = false;
      const old = this.#connection;
      this.#connection = null; // nothing is in flight on it: no fence
      old?.destroy(portClosed(this.#settings.label));
    }
    if (this.#connection !== null) return this.#connection;
    const connection = await this.#settings.open(signal);
    if (signal.aborted) {
      connection.destroy(signal.reason as ConnectorError);
      throw signal.reason;
    }
    this.#adopt(connection);
    if (!connection.usable) throw connectionLost(this.#settings.label, null);
    return connection;
  }

  #adopt(connection: Connection): void {
    if (this.#hadConnection) this.#user.reconnected();
    if (this.#careful) connection.sendCarefully();
    this.#hadConnection = true;
    this.#connection = connection;
    connection.onClose = (error, unanswered) => this.#broken(connection, error, unanswered);
  }

  #broken(connection: Connection, error: ConnectorError, unanswered: boolean): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#careful = connection.brokeWhileSending;
    if (!unanswered) return; // an unused connection may go: the next call opens another
    // A fence is only needed for what may lie unread in the old connection's buffers.
    this.#fenceOff(connection);
    this.#user.broken(error);
  }

  #fenceOff(connection: Connection): void {
    if (connection.identity === null) this.#settings.cannotFence(connection.identityRefusal);
    else fenceOff(connection.label, connection.identity);
  }
}
