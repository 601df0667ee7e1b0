// Where the changes of an ordered channel go: to one server over one connection (single-route.ts), or to the masters of a
// cluster over one connection each (cluster/cluster-route.ts). The channel keeps the order and decides what is sent again; a
// route knows where each command belongs, connects and fences.
import type { ConnectorError } from '../../../types/errors.ts';
import type { Job } from './job.ts';
import type { RedisReplyError } from './port.ts';

export interface Route {
  /** The next job can be sent without connecting first. */
  readonly ready: boolean;
  /** Something that was sent is not answered yet. */
  readonly busy: boolean;
  /** The way has changed: nothing is sent until all that was sent is answered, then adjust() is called. */
  readonly stale: boolean;
  adjust(): void;
  /** Sends a job; the job is told the replies. False: nothing was sent, because a connection is missing. */
  send(job: Job): boolean;
  /**
   * Connects as far as is needed, sends again what the window has open (nothing is under way), and waits for the replies.
   * @throws ConnectorError when it could not be reached, or broke; what had been answered is done
   */
  resend(window: readonly Job[], signal: AbortSignal): Promise<void>;
  /** A refusal that time will change. */
  refused(error: RedisReplyError): void;
  /** True when the refusal only says where else the command is to be sent: the route takes note for the next resend(). */
  redirected(job: Job, index: number, error: RedisReplyError): boolean;
  /** Closes every connection. What is under way is fenced off when the route is used again. */
  abandon(error: ConnectorError): void;
}

/** What a route tells the channel that it works for. */
export interface RouteUser {
  /** A connection broke with commands unanswered: their jobs have been told. */
  broken(error: ConnectorError): void;
  /** Commands were sent: so many, so many of them not for the first time, so many bytes. */
  sent(commands: number, again: number, bytes: number): void;
  /** A connection was made in place of one that broke. */
  reconnected(): void;
  /** A part of a job was answered. */
  progressed(): void;
}
